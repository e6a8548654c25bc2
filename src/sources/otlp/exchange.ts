/** One request to the receiver and what it is answered. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import type { IncomingMessage } from 'node:http';
import { type Body, CODINGS, readBody } from './body.ts';
import { isMalformed } from './malformed.ts';
import { noteRefusal, OTHER_SIGNALS, passOn, type Reception, TRACES_PATH, takeTraces } from './reception.ts';
import { accepted, type Encoding, encodingOf, type Reply, refused } from './reply.ts';

const RETRY_AFTER_S = '1';

/** Reads a request to its end and handles what it carries. Undefined where the client is gone. */
export async function answer(request: IncomingMessage, reception: Reception): Promise<Reply | undefined> {
  const path = pathOf(request.url ?? '/');
  const encoding = encodingOf(request.headers['content-type']);
  const other = OTHER_SIGNALS.find((each) => path.endsWith(each));
  if (path !== '/' && !path.endsWith(TRACES_PATH) && other === undefined) {
    return refused(encoding, 404, `${path} is not served here; traces go to ${TRACES_PATH}`);
  }
  if (request.method !== 'POST') {
    const reply = refused(encoding, 405, `${request.method} is not answered here; exporters use POST`);
    return { ...reply, headers: { ...reply.headers, allow: 'POST' } };
  }
  if (other === undefined) return answerTraces(request, encoding, reception);
  return reception.forward === undefined || encoding === undefined
    ? discard(request, encoding ?? 'json')
    : passOnOther(request, other, encoding, reception);
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

/** Another signal is only passed on, so what cannot be read of it costs the run no sight. */
async function passOnOther(
  request: IncomingMessage,
  path: string,
  encoding: Encoding,
  reception: Reception,
): Promise<Reply | undefined> {
  const coding = codingOf(request);
  if (!isKnown(coding)) return unknownCoding(refused(encoding, 415, unknownCodingMessage(coding)), reception);
  return withBody(request, coding, reception, (body) => {
    if (body === 'gone') return undefined;
    if ('refused' in body) return withRetryAfter(refused(encoding, body.refused, body.message));
    passOn(body.bytes, path, encoding, reception);
    return accepted(encoding, 0, '');
  });
}

async function answerTraces(
  request: IncomingMessage,
  encoding: Encoding | undefined,
  reception: Reception,
): Promise<Reply | undefined> {
  const began = reception.clock();
  const refuse = (status: number, message: string): Reply => {
    noteRefusal(reception, began, { status: String(status), message, isRetried: status === 503 });
    return withRetryAfter(refused(encoding, status, message));
  };
  const coding = codingOf(request);
  if (encoding === undefined) {
    const type = request.headers['content-type'] ?? 'none';
    return refuse(415, `content-type ${type} is not taken; OTLP is application/x-protobuf or application/json`);
  }
  if (!isKnown(coding)) return unknownCoding(refuse(415, unknownCodingMessage(coding)), reception);

  return withBody(request, coding, reception, (body) => {
    if (body === 'gone') {
      reception.keeper.gap(began, reception.clock(), 'a client broke off in the middle of a batch');
      return undefined;
    }
    if ('refused' in body) return refuse(body.refused, body.message);
    try {
      const { rejected, message } = takeTraces(body.bytes, encoding, reception);
      return accepted(encoding, rejected, message);
    } catch (error) {
      if (isMalformed(error)) return refuse(400, `the body is no ExportTraceServiceRequest: ${error.message}`);
      throw error;
    }
  });
}

/** Reads a body, and holds its memory as long as it is being handled. */
async function withBody(
  request: IncomingMessage,
  coding: string,
  reception: Reception,
  handle: (body: Body) => Reply | undefined,
): Promise<Reply | undefined> {
  const lease = reception.lease();
  try {
    const body = await readBody(request, coding, reception.largestBody, lease);
    if (body !== 'gone' && 'refused' in body && body.refused !== 503) reception.forward?.lose(body.message);
    return handle(body);
  } finally {
    lease.end();
  }
}

function codingOf(request: IncomingMessage): string {
  return (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
}

function isKnown(coding: string): boolean {
  return coding === 'identity' || CODINGS.includes(coding);
}

function unknownCodingMessage(coding: string): string {
  const newer = coding === 'zstd' ? '; zstd is taken where tracegap runs on Node 22.15, 23.8 or later' : '';
  return `content-encoding ${coding} is not taken; send ${CODINGS.join(', ')} or nothing${newer}`;
}

function unknownCoding(reply: Reply, { forward }: Reception): Reply {
  forward?.lose('it was compressed in a way that is not taken here');
  return { ...reply, headers: { ...reply.headers, 'accept-encoding': CODINGS.join(', ') } };
}

function withRetryAfter(reply: Reply): Reply {
  return reply.status === 503 ? { ...reply, headers: { ...reply.headers, 'retry-after': RETRY_AFTER_S } } : reply;
}
