/** Every source that there is. A new one is a file and a case here. */
import type { SourceConfig } from '../model/reach.ts';
import type { Needles, OpenSource, SourceSink } from './source.ts';
import { openStore } from './store/poll.ts';

/**
 * Opens a source; what it needs is loaded only then.
 * @param declaredAttributes names of attributes that the topology tells its nodes apart by
 * @param signal ends what is done before it is open
 * @throws an `in-the-way` error where a port of this machine is taken
 */
export async function openSource(
  config: SourceConfig,
  needles: Needles,
  declaredAttributes: ReadonlySet<string>,
  sink: SourceSink,
  signal: AbortSignal,
): Promise<OpenSource> {
  const asked = { needles, declaredAttributes, sink, signal };
  switch (config.kind) {
    case 'otlp': {
      const { openOtlpReceiver } = await import('./otlp/receiver.ts');
      return openOtlpReceiver(config, needles, declaredAttributes, sink);
    }
    case 'otlp-file': {
      const { openOtlpFile } = await import('./otlp-file.ts');
      return openOtlpFile(config, needles, declaredAttributes, sink);
    }
    case 'jaeger': {
      const { openJaeger } = await import('./jaeger.ts');
      return openStore({ config, ...asked }, openJaeger);
    }
    case 'tempo': {
      const { openTempo } = await import('./tempo.ts');
      return openStore({ config, ...asked }, openTempo);
    }
    case 'zipkin': {
      const { openZipkin } = await import('./zipkin.ts');
      return openStore({ config, ...asked }, openZipkin);
    }
    case 'clickhouse': {
      const { openClickhouse } = await import('./clickhouse.ts');
      return openStore({ config, ...asked }, openClickhouse);
    }
  }
}
