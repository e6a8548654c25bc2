import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { expect, test } from 'vitest';
import { jsonDecoder } from '../../../src/sources/otlp/json/request.ts';
import { protobufDecoder } from '../../../src/sources/otlp/protobuf/request.ts';
import {
  attribute,
  field,
  fixed32Field,
  fixed64Field,
  hex,
  IDS,
  requestWith,
  SPAN_ID,
  TRACE_ID,
  varintField,
} from './bytes.ts';
import { expectedSpans } from './expected.ts';
import { random } from './random.ts';
import { randomRequest } from './random-request.ts';
import { realSpans } from './real-spans.ts';
import { decodeWith, request } from './schema.ts';
import { OTHER_PROBE, PROBE, settingsFor } from './settings.ts';

const decode = protobufDecoder(settingsFor());

test('500 random requests: what protobufjs reads in them', () => {
  const source = random(1);
  let spans = 0;
  for (let count = 0; count < 500; count++) {
    const body = randomRequest(source);
    const batch = decode(body, count);
    expect(batch.spans).toEqual(expectedSpans(decodeWith(request, body), settingsFor().filter, count));
    spans += batch.spans.length;
  }
  expect(spans).toBeGreaterThan(1000);
});

test('what the JavaScript exporter sends, field by field', () => {
  const body = Buffer.from(ProtobufTraceSerializer.serializeRequest(realSpans()) ?? []);
  const [producer, server, consumer] = decode(body, 99).spans;
  expect(server).toEqual({
    traceId: TRACE_ID,
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    parentSpanId: SPAN_ID,
    links: [],
    flags: 0x301,
    kind: 'server',
    name: 'POST /checkout',
    start: '1795600000123456789',
    end: '1795600001000000007',
    service: 'checkout',
    resource: { 'service.name': 'checkout', 'service.instance.id': 'c-1', 'process.pid': 4242 },
    scope: 'shop',
    attributes: {
      'http.request.method': 'POST',
      'url.path': '/checkout',
      'http.response.status_code': 200,
      'network.peer.port': 40123,
    },
    tie: [{ probe: PROBE, where: 'url.query' }],
    receivedAt: 99,
    sources: ['main'],
  });
  expect(producer).toMatchObject({ kind: 'producer', parentSpanId: server?.spanId, flags: 0x101, tie: [] });
  expect(consumer).toMatchObject({ service: 'billing', links: [{ traceId: TRACE_ID, spanId: SPAN_ID, flags: 0x301 }] });
  expect(consumer?.parentSpanId).toBeUndefined();
});

test('the same spans in JSON come out the same', () => {
  const spans = realSpans();
  const protobuf = decode(Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) ?? []), 1);
  const json = jsonDecoder(settingsFor())(Buffer.from(JsonTraceSerializer.serializeRequest(spans) ?? []), 1);
  expect(json).toEqual(protobuf);
  expect(protobuf.spans).toHaveLength(3);
});

const EARLY = Buffer.concat([varintField(6, 2), field(5, 'early')]);
const text = (value: string): Buffer => field(1, value);
const order: [string, Buffer, object][] = [
  ['fields before the ids', requestWith(EARLY, IDS), { name: 'early', kind: 'server' }],
  [
    'the last scalar wins',
    requestWith(IDS, field(5, 'first'), varintField(6, 3), EARLY),
    { name: 'early', kind: 'server' },
  ],
  ['an id that was wrong at first', requestWith(field(1, 'short'), IDS), { traceId: TRACE_ID }],
  [
    'unknown fields of every wire type',
    requestWith(IDS, varintField(99, 1), field(98, 'x'), fixed32Field(97, 1), fixed64Field(96, 1n)),
    { traceId: TRACE_ID },
  ],
  [
    'an unknown group',
    requestWith(IDS, hex('f306'), varintField(1, 7), field(2, 'x'), hex('f406'), field(5, 'after')),
    { name: 'after' },
  ],
  ['a known field of another wire type', requestWith(IDS, varintField(5, 7)), { name: '' }],
  ['a parent of zeros is a root', requestWith(IDS, field(4, Buffer.alloc(8))), { spanId: SPAN_ID }],
  ['a kind that OTLP does not have', requestWith(IDS, varintField(6, 77)), { kind: 'unspecified' }],
  ['a negative kind', requestWith(IDS, varintField(6, -1)), { kind: 'unspecified' }],
  ['the largest time', requestWith(IDS, fixed64Field(7, 2n ** 64n - 1n)), { start: '18446744073709551615' }],
  ['a time below a second', requestWith(IDS, fixed64Field(7, 5n)), { start: '5' }],
  ['a text cut within a character', requestWith(IDS, field(5, hex('61c3'))), { name: 'a\ufffd' }],
  [
    'the resource after the spans',
    field(1, field(2, field(2, IDS)), field(1, attribute(1, 'service.name', text('late')))),
    { service: 'late' },
  ],
  ['the scope after the spans', field(1, field(2, field(2, IDS), field(1, field(1, 'late')))), { scope: 'late' }],
  [
    'a resource in two parts',
    field(
      1,
      field(1, attribute(1, 'service.name', text('two'))),
      field(1, attribute(1, 'host.name', text('h'))),
      field(2, field(2, IDS)),
    ),
    { resource: { 'service.name': 'two', 'host.name': 'h' } },
  ],
  ['no resource', field(1, field(2, field(2, IDS))), { service: 'unknown_service', resource: {} }],
];
test.each(order)('%s', (_, body, expected) => {
  const [span, ...others] = decode(body, 1).spans;
  expect(span).toMatchObject(expected);
  expect(span?.parentSpanId).toBeUndefined();
  expect(others).toEqual([]);
});

const values: [string, Buffer[], unknown][] = [
  ['text', [field(1, 'a')], 'a'],
  ['true', [varintField(2, 1)], true],
  ['a false of two bytes', [hex('108000')], false],
  ['the largest exact integer', [varintField(3, 2n ** 53n - 1n)], 2 ** 53 - 1],
  ['the first that is not', [varintField(3, 2n ** 53n)], '9007199254740992'],
  ['the smallest', [varintField(3, -(2n ** 63n))], '-9223372036854775808'],
  ['minus one', [varintField(3, -1)], -1],
  ['a double', [fixed64Field(4, 0x3ff8000000000000n)], 1.5],
  ['not a number', [fixed64Field(4, 0x7ff8000000000000n)], 'NaN'],
  ['bytes', [field(7, 'grün')], 'grün'],
  ['an array', [field(5, field(1, field(1, 'a')), field(1, varintField(3, 2)))], ['a', '2']],
  ['an array in an array', [field(5, field(1, field(5, field(1, field(1, 'deep')))), field(1, field(1, 'b')))], ['b']],
  ['an empty array', [field(5)], []],
  ['a list of pairs', [field(6, attribute(1, 'k', field(1, 'v')))], undefined],
  ['nothing', [], undefined],
  ['two kinds: the last', [field(1, 'a'), varintField(3, 5)], 5],
  ['two arrays: both', [field(5, field(1, field(1, 'a'))), field(5, field(1, field(1, 'b')))], ['a', 'b']],
];
test.each(values)('a value: %s', (_, parts, expected) => {
  const together = requestWith(IDS, attribute(9, 'http.route', ...parts));
  const merged = requestWith(IDS, field(9, field(1, 'http.route'), ...parts.map((part) => field(2, part))));
  const valueFirst = requestWith(IDS, field(9, field(2, ...parts), field(1, 'http.route')));
  for (const body of [together, merged, valueFirst]) {
    expect(decode(body, 1).spans[0]?.attributes['http.route']).toEqual(expected);
  }
});

const rejected: [string, Buffer, string][] = [
  ['no ids', requestWith(field(5, 'x')), 'trace id is not 16 bytes, or all zero'],
  [
    'a trace id of zeros',
    requestWith(field(1, Buffer.alloc(16)), field(2, hex(SPAN_ID))),
    'trace id is not 16 bytes, or all zero',
  ],
  [
    'a trace id of 8 bytes',
    requestWith(field(1, hex(SPAN_ID)), field(2, hex(SPAN_ID))),
    'trace id is not 16 bytes, or all zero',
  ],
  [
    'a span id of zeros',
    requestWith(field(1, hex(TRACE_ID)), field(2, Buffer.alloc(8))),
    'span id is not 8 bytes, or all zero',
  ],
  [
    'a span id of 16 bytes',
    requestWith(field(1, hex(TRACE_ID)), field(2, hex(TRACE_ID))),
    'span id is not 8 bytes, or all zero',
  ],
  ['a parent of 3 bytes', requestWith(IDS, field(4, 'abc')), 'parent span id is not 8 bytes'],
];
test.each(rejected)('rejected: %s', (_, body, reason) => {
  const batch = decode(body, 1);
  expect(batch.spans).toEqual([]);
  expect([...batch.rejected]).toEqual([[reason, 1]]);
});

test('a link without ids is left out and remarked upon; its span stays', () => {
  const batch = decode(requestWith(IDS, field(13, IDS), field(13, field(1, hex(TRACE_ID)))), 1);
  expect(batch.spans[0]?.links).toEqual([{ traceId: TRACE_ID, spanId: SPAN_ID }]);
  expect([...batch.remarks.values()]).toEqual([1]);
});

const refused: [string, Buffer, RegExp][] = [
  ['text', Buffer.from('hello, world'), /./],
  ['a length beyond the body', hex('0a05'), /length of 5 bytes at byte 2 reaches beyond its message/],
  ['a length beyond its own message', field(1, hex('0a7f'), Buffer.alloc(200)).subarray(0, -1), /reaches beyond/],
  ['a length of more than 32 bits', hex('0affffffffff01'), /length that does not fit 32 bits/],
  ['field number 0', hex('0000'), /field number 0 at byte 0/],
  ['wire type 6', hex('0e'), /wire type 6/],
  ['the end of a group that never began', hex('0c'), /wire type 4/],
  ['a group that never ends', hex('1b0801'), /cut off at byte 3/],
  ['a group that another ends', hex('1b24'), /wire type 4/],
  ['groups nested too deep', Buffer.alloc(200, 0x1b), /nested deeper than 100/],
  ['a varint of 11 bytes', Buffer.from(`10${'ff'.repeat(10)}01`, 'hex'), /longer than 10 bytes/],
  ['a fixed64 of 7 bytes', hex('1101020304050607'), /cut off/],
];
test.each(refused)('refused: %s', (_, body, message) => {
  expect(() => decode(body, 1)).toThrowError(
    expect.objectContaining({ code: 'otlp-malformed', message: expect.stringMatching(message) }),
  );
});

test('an empty body is an empty request', () => {
  expect(decode(Buffer.alloc(0), 1).spans).toEqual([]);
});

test('a body inside a larger buffer is read within its bounds', () => {
  const body = requestWith(IDS, EARLY);
  const around = Buffer.concat([Buffer.alloc(100, 0x0a), body, Buffer.alloc(100, 0x0a)]);
  expect(decode(around.subarray(100, 100 + body.length), 1)).toEqual(decode(body, 1));
});

test('texts that share a place in memory, and bytes that only look like a text remembered', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `orders-${index}`);
  const body = field(1, field(2, ...names.map((name) => field(2, IDS, field(5, name)))));
  expect(decode(body, 1).spans.map(({ name }) => name)).toEqual(names);
  const lookalikes = ['Ã©', 'é'].map((name) => field(2, IDS, field(5, name)));
  const latin1 = field(2, IDS, field(5, hex('c3a9')));
  expect(decode(field(1, field(2, ...lookalikes, latin1)), 1).spans.map(({ name }) => name)).toEqual(['Ã©', 'é', 'é']);
});

test('markers in every kind of value, and in the name, name first', () => {
  const body = requestWith(
    IDS,
    attribute(9, 'enduser.id', field(1, `a ${PROBE.toUpperCase()} b ${OTHER_PROBE}`)),
    attribute(9, 'http.request.header.x', field(5, field(1, field(1, 'x')), field(1, field(1, PROBE)))),
    attribute(9, 'body', field(7, `\u0000${PROBE}`)),
    attribute(9, 'nested', field(6, attribute(1, 'k', field(6, attribute(1, 'k', field(1, PROBE)))))),
    field(5, `order ${PROBE}`),
  );
  expect(decode(body, 1).spans[0]?.tie).toEqual([
    { probe: PROBE, where: 'name' },
    { probe: PROBE, where: 'enduser.id' },
    { probe: OTHER_PROBE, where: 'enduser.id' },
    { probe: PROBE, where: 'http.request.header.x' },
    { probe: PROBE, where: 'body' },
    { probe: PROBE, where: 'nested' },
  ]);
});
