/** One request to the receiver and what it is answered. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import type { IncomingMessage } from 'node:http';
import type { SayOnce } from '../say-once.ts';
import type { SightKeeper } from '../sight-keeper.ts';
import type { SourceSink } from '../source.ts';
import { type Decode, summaryOf, total } from './batch.ts';
import { readBody } from './body.ts';
import { isMalformed } from './malformed.ts';
import type { Lease } from './memory.ts';
import { accepted, type Encoding, encodingOf, type Reply, refused } from './reply.ts';

/** What an exchange needs of the receiver. */
export interface Reception {
  decode: Record<Encoding, Decode>;
  /** Bytes of one body. */
  largestBody: number;
  lease: () => Lease;
  sink: SourceSink;
  sayOnce: SayOnce;
  keeper: SightKeeper;
  /** ms since the epoch */
  clock: () => number;
}

/** Signals that a trace receiver takes and lets go, so that an exporter of all three is not in error. */
const OTHER_SIGNALS = /\/v1\/(metrics|logs)$|\/v1development\/profiles$/;
const RETRY_AFTER_S = '1';

/** Reads a request to its end and handles what it carries. Undefined where the client is gone. */
export async function answer(request: IncomingMessage, reception: Reception): Promise<Reply | undefined> {
  const path = pathOf(request.url ?? '/');
  const encoding = encodingOf(request.headers['content-type']);
  if (path !== '/' && !path.endsWith('/v1/traces') && !OTHER_SIGNALS.test(path)) {
    return refused(encoding, 404, `${path} is not served here; traces go to /v1/traces`);
  }
  if (request.method !== 'POST') {
    const reply = refused(encoding, 405, `${request.method} is not answered here; exporters use POST`);
    return { ...reply, headers: { ...reply.headers, allow: 'POST' } };
  }
  return OTHER_SIGNALS.test(path) ? discard(request, encoding ?? 'json') : takeTraces(request, encoding, reception);
}

function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '/';
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

function discard(request: IncomingMessage, encoding: Encoding): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    request.on('end', () => resolve(accepted(encoding, 0, '')));
    request.on('close', () => resolve(undefined));
    request.on('error', () => resolve(undefined));
    request.resume();
  });
}

async function takeTraces(
  request: IncomingMessage,
  encoding: Encoding | undefined,
  reception: Reception,
): Promise<Reply | undefined> {
  const began = reception.clock();
  const refuse = (status: number, message: string): Reply => {
    const now = reception.clock();
    reception.keeper.gap(began, now, `a batch was refused with ${status}: ${message}`);
    reception.sayOnce(`refused ${status}`, complaintOf(status, message));
    return refused(encoding, status, message);
  };
  const coding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === undefined) {
    const type = request.headers['content-type'] ?? 'none';
    return refuse(415, `content-type ${type} is not taken; OTLP is application/x-protobuf or application/json`);
  }
  if (coding !== 'gzip' && coding !== 'identity') {
    const reply = refuse(415, `content-encoding ${coding} is not taken; send gzip or nothing`);
    return { ...reply, headers: { ...reply.headers, 'accept-encoding': 'gzip' } };
  }

  const lease = reception.lease();
  try {
    const body = await readBody(request, coding === 'gzip', reception.largestBody, lease);
    if (body === 'gone') {
      reception.keeper.gap(began, reception.clock(), 'a client broke off in the middle of a batch');
      return undefined;
    }
    if ('bytes' in body) return takeBody(body.bytes, encoding, reception);
    const reply = refuse(body.refused, body.message);
    return body.refused === 503 ? { ...reply, headers: { ...reply.headers, 'retry-after': RETRY_AFTER_S } } : reply;
  } catch (error) {
    if (isMalformed(error)) return refuse(400, `the body is no ExportTraceServiceRequest: ${error.message}`);
    throw error;
  } finally {
    lease.end();
  }
}

function takeBody(bytes: Buffer, encoding: Encoding, reception: Reception): Reply {
  const batch = reception.decode[encoding](bytes, reception.clock());
  if (batch.spans.length > 0) reception.sink.spans(batch.spans);
  const rejected = total(batch.rejected);
  reception.keeper.dropped(rejected);
  for (const reason of batch.rejected.keys()) {
    reception.sayOnce(reason, {
      message: `spans were sent that cannot be told from one another (${reason}) and were left out`,
      hint: 'Look at the exporter or Collector that sends here: ids are 16 and 8 bytes, never all zero.',
    });
  }
  return accepted(encoding, rejected, summaryOf(batch));
}

function complaintOf(status: number, message: string): { message: string; hint: string } {
  const hint =
    status === 503
      ? 'Exporters send it again. If that does not help, send less here: only what the audited services emit.'
      : 'Spans in it are lost to this run. Look at the exporter or Collector that sends here.';
  return { message: `a batch of spans was refused (${status}): ${message}`, hint };
}
