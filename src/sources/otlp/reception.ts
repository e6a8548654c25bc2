/** What HTTP and gRPC have in common: what becomes of a body that has come, and what is said of one that was refused. */
import type { HttpForward } from '../../clients/http-forward.ts';
import type { SayOnce } from '../say-once.ts';
import type { SightKeeper } from '../sight-keeper.ts';
import type { SourceSink } from '../source.ts';
import { type Decode, summaryOf, total } from './batch.ts';
import type { Lease } from './memory.ts';
import { CONTENT_TYPES, type Encoding } from './reply.ts';

/** What an exchange needs of the receiver. */
export interface Reception {
  decode: Record<Encoding, Decode>;
  /** Bytes of one body. */
  largestBody: number;
  lease: () => Lease;
  sink: SourceSink;
  sayOnce: SayOnce;
  keeper: SightKeeper;
  /** Where everything is sent on to, if anywhere. */
  forward: HttpForward | undefined;
  /** ms since the epoch */
  clock: () => number;
}

/** Where traces go over OTLP/HTTP. */
export const TRACES_PATH = '/v1/traces';

/** Signals that a trace receiver takes and lets go, so that an exporter of all of them is not in error. */
export const OTHER_SIGNALS = ['/v1/metrics', '/v1/logs', '/v1development/profiles'] as const;

/** Sends a body on as it is, decompressed. */
export function passOn(body: Buffer, path: string, encoding: Encoding, { forward }: Reception): void {
  forward?.send(path, CONTENT_TYPES[encoding], body);
}

/** What was left out of a body, to be told to whoever sent it; '' where there is nothing to tell. */
export interface Taken {
  rejected: number;
  message: string;
}

/**
 * Passes a body of traces on and hands over the spans in it.
 * @throws MalformedError where it is no OTLP
 */
export function takeTraces(body: Buffer, encoding: Encoding, reception: Reception): Taken {
  passOn(body, TRACES_PATH, encoding, reception);
  const batch = reception.decode[encoding](body, reception.clock());
  if (batch.spans.length > 0) reception.sink.spans(batch.spans);
  const rejected = total(batch.rejected);
  reception.keeper.dropped(rejected);
  for (const reason of batch.rejected.keys()) {
    reception.sayOnce(reason, {
      message: `spans were sent that cannot be told from one another (${reason}) and were left out`,
      hint: 'Look at the exporter or Collector that sends here: ids are 16 and 8 bytes, never all zero.',
    });
  }
  return { rejected, message: summaryOf(batch) };
}

/**
 * Notes that a batch was refused: no absence can rest on the time since it began to come.
 * @param status as the client gets it
 * @param isRetried whether exporters send it again
 */
export function noteRefusal(
  reception: Reception,
  began: number,
  refusal: { status: string; message: string; isRetried: boolean },
): void {
  const { status, message, isRetried } = refusal;
  const reason = `a batch was refused with ${status}: ${message}`;
  reception.keeper.gap(began, reception.clock(), reason, !isRetried);
  reception.sayOnce(`refused ${status}`, {
    message: `a batch of spans was refused (${status}): ${message}`,
    hint: isRetried
      ? 'Exporters send it again, but for that of JavaScript over gRPC. If that does not help, send less here: only what the audited services emit.'
      : 'Spans in it are lost to this run. Look at the exporter or Collector that sends here.',
  });
}
