/** What each request is answered. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import { randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { CODINGS } from '../../../src/sources/otlp/body.ts';
import { field, fixed32Field, hex, IDS, requestWith, SPAN_ID, TRACE_ID, varintField } from './bytes.ts';
import {
  CONTENT_TYPES,
  closeAll,
  jsonWith,
  keepAlive,
  ONE_SPAN,
  openRig,
  readReply,
  type Sent,
} from './receiver-rig.ts';
import { zstdFrame } from './zstd-frame.ts';

afterEach(closeAll);

const ENCODINGS = ['protobuf', 'json'] as const;
const GZIP = { 'content-encoding': 'gzip' };
/** `google.rpc.Code`: NOT_FOUND, UNIMPLEMENTED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED. */
const CODES: Record<number, number> = { 404: 5, 405: 12, 400: 3, 415: 3, 413: 8 };
const SMALL = { body: 10_000, memory: 100_000 };

const taken: [string, Omit<Sent, 'body'>, ((body: Buffer) => Buffer)?][] = [
  ['plain', {}],
  ['chunked, without content-length', { isChunked: true }],
  ['gzip', { headers: GZIP }, gzipSync],
  ['gzip, chunked', { headers: GZIP, isChunked: true }, gzipSync],
  ['gzip of two members', { headers: GZIP }, (body) => Buffer.concat([gzipSync(body), gzipSync(Buffer.alloc(0))])],
  ['GZIP in capitals', { headers: { 'content-encoding': ' GZIP ' } }, gzipSync],
  ['an encoding that is none', { headers: { 'content-encoding': 'identity' } }],
  ['to /', { path: '/' }],
  ['below a prefix', { path: '/prefix/v1/traces' }],
  ['with a slash at the end', { path: '/v1/traces/' }],
  ['with a query', { path: '/v1/traces?tenant=1' }],
];

for (const encoding of ENCODINGS) {
  test.each(taken)(`${encoding} %s: 200, and the span is handed over`, async (_, sent, encode = (body) => body) => {
    const { send, spans, problems, receiver } = await openRig();
    const headers = { 'content-type': CONTENT_TYPES[encoding], ...sent.headers };
    const answer = await send({ ...sent, headers, body: encode(ONE_SPAN[encoding]) });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': CONTENT_TYPES[encoding] } });
    expect(answer.body.toString()).toBe(encoding === 'json' ? '{}' : '');
    expect(spans).toMatchObject([{ traceId: TRACE_ID, spanId: SPAN_ID, service: 'checkout', sources: ['main'] }]);
    expect(problems).toEqual([]);
    expect(receiver.sight()).toMatchObject({ gaps: [], dropped: 0 });
  });
}

test.each([
  ['application/json; charset=utf-8', 'json'],
  ['Application/JSON', 'json'],
  ['application/X-Protobuf;a=b', 'protobuf'],
] as const)('content-type %s is %s', async (type, encoding) => {
  const { send, spans } = await openRig();
  const answer = await send({ headers: { 'content-type': type }, body: ONE_SPAN[encoding] });
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': CONTENT_TYPES[encoding] } });
  expect(spans).toHaveLength(1);
});

test.each([
  ['protobuf', ''],
  ['json', '{}'],
  ['json', '{"resourceSpans":[]}'],
] as const)('an empty request in %s (%s) succeeds', async (encoding, body) => {
  const { send, spans, problems } = await openRig();
  const headers = { 'content-type': CONTENT_TYPES[encoding] };
  expect(await send({ headers, body: Buffer.from(body) })).toMatchObject({ status: 200 });
  expect([spans, problems]).toEqual([[], []]);
});

for (const path of ['/v1/metrics', '/v1/logs', '/prefix/v1/logs', '/v1development/profiles']) {
  test.each(ENCODINGS)(`${path} in %s is taken and let go`, async (encoding) => {
    const { send, spans, problems, receiver } = await openRig();
    const headers = { 'content-type': CONTENT_TYPES[encoding] };
    const answer = await send({ path, headers, body: Buffer.concat([ONE_SPAN[encoding], Buffer.alloc(200_000)]) });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': CONTENT_TYPES[encoding] } });
    expect(answer.body.toString()).toBe(encoding === 'json' ? '{}' : '');
    expect([spans, problems, receiver.sight().gaps]).toEqual([[], [], []]);
  });
}

/** Refused, with what the message says. `isLoss`: spans were in it, so it is told and no absence can rest on it. */
const refused: { what: string; sent: Sent; status: number; says: RegExp; isLoss: boolean; with?: object }[] = [
  { what: 'another path', sent: { path: '/v1/trace' }, status: 404, says: /\/v1\/traces/, isLoss: false },
  { what: 'a path that only ends alike', sent: { path: '/xv1/metrics/x' }, status: 404, says: /x/, isLoss: false },
  { what: 'PUT', sent: { method: 'PUT' }, status: 405, says: /PUT.*POST/, isLoss: false, with: { allow: 'POST' } },
  {
    what: 'brotli',
    sent: { headers: { 'content-encoding': 'br' }, body: brotliCompressSync(ONE_SPAN.protobuf) },
    status: 415,
    says: /br .*gzip/,
    isLoss: true,
    with: { 'accept-encoding': CODINGS.join(', ') },
  },
  {
    what: 'bytes that are nothing',
    sent: { body: Buffer.alloc(50, 0xff) },
    status: 400,
    says: /byte|not JSON/,
    isLoss: true,
  },
  {
    what: 'a body that was cut',
    sent: { body: ONE_SPAN.protobuf.subarray(0, -1) },
    status: 400,
    says: /length|cut off|JSON/,
    isLoss: true,
  },
  { what: 'gzip that is none', sent: { headers: GZIP }, status: 400, says: /gzip/, isLoss: true },
  {
    what: 'gzip that was cut',
    sent: { headers: GZIP, body: gzipSync(ONE_SPAN.protobuf).subarray(0, -9) },
    status: 400,
    says: /gzip/,
    isLoss: true,
  },
  {
    what: 'nothing that is said to be gzip',
    sent: { headers: GZIP, body: Buffer.alloc(0) },
    status: 400,
    says: /gzip/,
    isLoss: true,
  },
  { what: 'too large', sent: { body: randomBytes(10_001) }, status: 413, says: /10000 bytes/, isLoss: true },
  {
    what: 'too large, chunked',
    sent: { body: randomBytes(500_000), isChunked: true },
    status: 413,
    says: /10000 bytes/,
    isLoss: true,
  },
  {
    what: 'too large gzip',
    sent: { headers: GZIP, body: gzipSync(randomBytes(20_000)) },
    status: 413,
    says: /10000 bytes/,
    isLoss: true,
  },
  {
    what: 'a gzip bomb',
    sent: { headers: GZIP, body: gzipSync(Buffer.alloc(8_000_000)) },
    status: 413,
    says: /10000 bytes/,
    isLoss: true,
  },
];

for (const encoding of ENCODINGS) {
  test.each(refused)(`${encoding}: $what is refused with $status, and the connection goes on`, async (row) => {
    const { send, spans, problems, receiver } = await openRig({ limits: SMALL });
    const agent = keepAlive();
    const headers = { 'content-type': CONTENT_TYPES[encoding], ...row.sent.headers };
    // Bytes that are no protobuf are no JSON either.
    const answer = await send({ ...row.sent, headers, agent });
    expect(answer).toMatchObject({
      status: row.status,
      headers: { 'content-type': CONTENT_TYPES[encoding], ...row.with },
    });
    expect(readReply(answer)).toEqual({ code: CODES[row.status], message: expect.stringMatching(row.says) });
    expect(spans).toEqual([]);
    expect(problems).toHaveLength(row.isLoss ? 1 : 0);
    expect(receiver.sight().gaps.map(({ reason }) => reason)).toEqual(
      row.isLoss ? [expect.stringMatching(row.says)] : [],
    );

    const next = await send({ agent });
    expect(next).toMatchObject({ status: 200, localPort: answer.localPort });
    expect(spans).toHaveLength(1);
  });
}

test('bad data is INVALID_ARGUMENT, in which field is said, and nothing of the body', async () => {
  const { send, problems } = await openRig();
  const body = jsonWith({ traceId: TRACE_ID, spanId: SPAN_ID, name: 7, attributes: 'hunter2' });
  const answer = await send({ headers: { 'content-type': CONTENT_TYPES.json }, body });
  const message = expect.stringContaining('resourceSpans[0].scopeSpans[0].spans[0].name: expected a string');
  expect(readReply(answer)).toEqual({ code: 3, message });
  expect(problems).toEqual([{ message, hint: expect.stringContaining('exporter') }]);
});

test.each([
  ['text/plain', 'text/plain'],
  ['no content-type', null],
])('%s: 415, answered in JSON', async (_, type) => {
  const { send, spans } = await openRig();
  const answer = await send({ headers: { 'content-type': type } });
  expect(answer).toMatchObject({ status: 415, headers: { 'content-type': CONTENT_TYPES.json } });
  expect(readReply(answer)).toMatchObject({ message: expect.stringContaining(`${type ?? 'none'} is not taken`) });
  expect(spans).toEqual([]);
});

test.each(['GET', 'HEAD', 'OPTIONS', 'DELETE'])('%s: 405', async (method) => {
  const { send } = await openRig();
  const headers = { 'content-type': null };
  const answer = await send({ method, headers, body: Buffer.alloc(0) });
  expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
});

const hasZstd = CODINGS.includes('zstd');

test(`zstd, which this runtime ${hasZstd ? 'has' : 'has not'}`, async () => {
  const { send, spans } = await openRig({ limits: SMALL });
  const headers = { 'content-encoding': 'zstd' };
  const whole = await send({ headers, body: zstdFrame(ONE_SPAN.protobuf) });
  const bomb = await send({ headers, body: zstdFrame(...Array(200).fill({ byte: 0, times: 100_000 })) });
  const cut = await send({ headers, body: zstdFrame(ONE_SPAN.protobuf).subarray(0, -5) });
  const answers = [whole, bomb, cut].map(({ status }) => status);
  expect(answers).toEqual(hasZstd ? [200, 413, 400] : [415, 415, 415]);
  expect(spans).toHaveLength(hasZstd ? 1 : 0);
  if (!hasZstd) {
    expect(whole.headers['accept-encoding']).toBe('gzip');
    expect(readReply(whole)).toMatchObject({ message: expect.stringMatching(/send gzip or nothing; .*Node 22\.15/) });
  }
});

test('a body of exactly the most that is taken is taken', async () => {
  const body = requestWith(IDS, field(5, 'x'.repeat(200)));
  const { send, spans } = await openRig({ limits: { body: body.length, memory: body.length } });
  expect(await send({ body })).toMatchObject({ status: 200 });
  expect(await send({ headers: GZIP, body: gzipSync(body) })).toMatchObject({ status: 200 });
  expect(spans).toHaveLength(2);
});

test('partial success: what cannot be told apart is rejected, the rest handed over', async () => {
  const { send, spans, problems, receiver } = await openRig();
  const zero = '0'.repeat(32);
  const bad = [{ traceId: zero, spanId: SPAN_ID }, { traceId: TRACE_ID, spanId: 'b7ad' }, { traceId: TRACE_ID }];
  const json = jsonWith({ traceId: TRACE_ID, spanId: SPAN_ID }, ...bad);
  const asJson = await send({ headers: { 'content-type': CONTENT_TYPES.json }, body: json });
  const errorMessage =
    '1 rejected: trace id is not 16 bytes, or all zero; 2 rejected: span id is not 8 bytes, or all zero';
  expect(asJson.status).toBe(200);
  expect(readReply(asJson)).toEqual({ partialSuccess: { rejectedSpans: '3', errorMessage } });

  const protobuf = Buffer.concat(
    [IDS, field(1, hex(zero)), ...Array.from({ length: 199 }, () => field(1, hex('0af7')))].map((ids) =>
      requestWith(ids, field(2, hex(SPAN_ID)), varintField(6, 2), fixed32Field(16, 0x301)),
    ),
  );
  const asProtobuf = await send({ body: protobuf });
  expect(readReply(asProtobuf)).toEqual({
    partialSuccess: { rejectedSpans: '200', errorMessage: '200 rejected: trace id is not 16 bytes, or all zero' },
  });
  expect(spans.map(({ spanId }) => spanId)).toEqual([SPAN_ID, SPAN_ID]);
  expect(receiver.sight()).toMatchObject({ dropped: 203, gaps: [] });
  expect(problems).toHaveLength(2);
});

test('a warning: nothing is rejected, and what is odd is said to whoever sent it', async () => {
  const { send, spans, problems } = await openRig();
  const base64 = (id: string): string => hex(id).toString('base64');
  const body = jsonWith({ traceId: base64(TRACE_ID), spanId: base64(SPAN_ID), kind: 'SPAN_KIND_SERVER' });
  const answer = await send({ headers: { 'content-type': CONTENT_TYPES.json }, body });
  const errorMessage = expect.stringMatching(/base64.*\(2 times\).*a kind was a name.*\(1 times\)/);
  expect(readReply(answer)).toEqual({ partialSuccess: { rejectedSpans: '0', errorMessage } });
  expect(spans).toMatchObject([{ traceId: TRACE_ID, spanId: SPAN_ID, kind: 'server' }]);
  expect(problems).toEqual([]);
});
