/** Tells that nobody ever connected: what is missing then may be the exporters' address and not the spans. */
import type { Needles, SourceSink } from '../source.ts';
import type { Port } from './caught-up.ts';

/** Says nothing where somebody connected, or no probe was taken: then there was nothing to export. */
export function sayNobodyCame(ports: readonly Port[], { sent }: Needles, sink: SourceSink): void {
  if (sent.taken !== true || ports.some(({ accepted }) => accepted() > 0)) return;
  sink.problem({
    message: `nobody connected to the OTLP receiver on ${ports.map(({ address }) => address).join(' and ')}`,
    hint:
      'Let exporters send here (docs/pointing-services.md). Over gRPC a client that found nobody here waits up to ' +
      'two minutes until it tries again: start it after tracegap, or let it export over HTTP.',
  });
}
