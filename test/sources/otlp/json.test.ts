import { expect, test } from 'vitest';
import type { SpanRecord } from '../../../src/model/evidence.ts';
import { REJECTED, REMARKS } from '../../../src/sources/otlp/batch.ts';
import { jsonDecoder } from '../../../src/sources/otlp/json/request.ts';
import { SPAN_ID, TRACE_ID } from './bytes.ts';
import { OTHER_PROBE, PROBE, settingsFor } from './settings.ts';

const decode = jsonDecoder(settingsFor());
const IDS = `"traceId":"${TRACE_ID}","spanId":"${SPAN_ID}"`;
const BASE64 = { traceId: base64(TRACE_ID), spanId: base64(SPAN_ID) };

/** A span of the service `checkout` with ids and nothing else. */
const BARE: SpanRecord = {
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  links: [],
  kind: 'unspecified',
  name: '',
  start: '0',
  end: '0',
  service: 'checkout',
  resource: { 'service.name': 'checkout' },
  attributes: {},
  tie: [],
  receivedAt: 1,
  sources: ['main'],
};

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** A body with one span of the service `checkout`, its fields as JSON text. */
function bodyWith(fields: string): Buffer {
  const resource = '{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]}';
  return Buffer.from(`{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"spans":[{${fields}}]}]}]}`);
}

const read: [string, string, Partial<SpanRecord>][] = [
  ['upper-case hex', `"traceId":"${TRACE_ID.toUpperCase()}","spanId":"${SPAN_ID.toUpperCase()}"`, {}],
  ['an empty parent', `${IDS},"parentSpanId":""`, {}],
  ['a parent of zeros', `${IDS},"parentSpanId":"0000000000000000"`, {}],
  ['a parent', `${IDS},"parentSpanId":"00F067AA0BA902B7"`, { parentSpanId: '00f067aa0ba902b7' }],
  [
    'null for everything',
    `${IDS},"parentSpanId":null,"name":null,"kind":null,"startTimeUnixNano":null,"endTimeUnixNano":null,
     "attributes":null,"links":null,"flags":null,"traceState":null`,
    {},
  ],
  ['unknown keys', `${IDS},"trace_id":"x","whatever":{"traceId":7},"name":"a"`, { name: 'a' }],
  ['a trace state', `${IDS},"traceState":"a=1"`, { traceState: 'a=1' }],
  ['times as strings', `${IDS},"startTimeUnixNano":"1795600000123456789"`, { start: '1795600000123456789' }],
  ['times as numbers', `${IDS},"startTimeUnixNano":1795600000123456789`, { start: '1795600000123456789' }],
  ['the largest time', `${IDS},"endTimeUnixNano" : 18446744073709551615 `, { end: '18446744073709551615' }],
  ['flags', `${IDS},"flags":769`, { flags: 0x301 }],
  ['a kind', `${IDS},"kind":5`, { kind: 'consumer' }],
  ['a kind that OTLP does not have', `${IDS},"kind":42`, { kind: 'unspecified' }],
  ['a link', `${IDS},"links":[{${IDS}}]`, { links: [{ traceId: TRACE_ID, spanId: SPAN_ID }] }],
  [
    'its flags',
    `${IDS},"links":[{${IDS},"flags":257}]`,
    { links: [{ traceId: TRACE_ID, spanId: SPAN_ID, flags: 257 }] },
  ],
  [
    'a text that looks like a time',
    `${IDS},"name":"\\"startTimeUnixNano\\":1795600000123456789,"`,
    { name: '"startTimeUnixNano":1795600000123456789,' },
  ],
];
test.each(read)('%s', (_, fields, expected) => {
  const batch = decode(bodyWith(fields), 1);
  expect(batch.spans).toStrictEqual([{ ...BARE, ...expected }]);
  expect([...batch.rejected, ...batch.remarks]).toEqual([]);
});

const remarked: [string, string, Partial<SpanRecord>, string][] = [
  ['a base64 trace id', `"traceId":"${BASE64.traceId}","spanId":"${SPAN_ID}"`, {}, REMARKS.base64],
  ['a base64 span id', `"traceId":"${TRACE_ID}","spanId":"${BASE64.spanId}"`, {}, REMARKS.base64],
  ['a kind by name', `${IDS},"kind":"SPAN_KIND_SERVER"`, { kind: 'server' }, REMARKS.enumName],
  ['a kind by short name', `${IDS},"kind":"client"`, { kind: 'client' }, REMARKS.enumName],
  ['a kind by no name', `${IDS},"kind":"SPAN_KIND_NONE"`, {}, REMARKS.enumName],
  ['a link without ids', `${IDS},"links":[{"traceId":"${TRACE_ID}"}]`, {}, REMARKS.link],
];
test.each(remarked)('taken and remarked upon: %s', (_, fields, expected, remark) => {
  const batch = decode(bodyWith(fields), 1);
  expect(batch.spans).toStrictEqual([{ ...BARE, ...expected }]);
  expect([...batch.remarks]).toEqual([[remark, 1]]);
});

const rejected: [string, string, string][] = [
  ['no trace id', `"spanId":"${SPAN_ID}"`, REJECTED.traceId],
  ['a trace id of zeros', `"traceId":"${'0'.repeat(32)}","spanId":"${SPAN_ID}"`, REJECTED.traceId],
  ['a trace id that is not hex', `"traceId":"${'g'.repeat(32)}","spanId":"${SPAN_ID}"`, REJECTED.traceId],
  ['a trace id of 64 bits', `"traceId":"${SPAN_ID}","spanId":"${SPAN_ID}"`, REJECTED.traceId],
  ['a span id of zeros', `"traceId":"${TRACE_ID}","spanId":"0000000000000000"`, REJECTED.spanId],
  ['base64 of the wrong length', `"traceId":"${TRACE_ID}","spanId":"AAAAAAAAAA=="`, REJECTED.spanId],
  ['a parent of three digits', `${IDS},"parentSpanId":"abc"`, REJECTED.parentSpanId],
];
test.each(rejected)('rejected: %s', (_, fields, reason) => {
  const batch = decode(bodyWith(fields), 1);
  expect(batch.spans).toEqual([]);
  expect([...batch.rejected]).toEqual([[reason, 1]]);
});

const values: [string, unknown][] = [
  ['{"stringValue":"a"}', 'a'],
  ['{"stringValue":""}', ''],
  ['{"boolValue":false}', false],
  ['{"intValue":7}', 7],
  ['{"intValue":"-7"}', -7],
  ['{"intValue":9007199254740993}', '9007199254740993'],
  ['{"intValue":"-9223372036854775808"}', '-9223372036854775808'],
  ['{"doubleValue":1.5}', 1.5],
  ['{"doubleValue":"NaN"}', 'NaN'],
  ['{"doubleValue":"-Infinity"}', '-Infinity'],
  ['{"bytesValue":"Z3LDvG4="}', 'grün'],
  [
    '{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"2"},{},{"arrayValue":{"values":[{"stringValue":"x"}]}}]}}',
    ['a', '2'],
  ],
  ['{"arrayValue":{}}', []],
  ['{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}', undefined],
  ['{}', undefined],
  ['null', undefined],
];
test.each(values)('a value: %s', (value, expected) => {
  const [span] = decode(bodyWith(`${IDS},"attributes":[{"key":"http.route","value":${value}}]`), 1).spans;
  expect(span?.attributes['http.route']).toEqual(expected);
});

const refused: [string, string, string][] = [
  ['nothing', '', 'not JSON'],
  ['half of it', '{"resourceSpans":[', 'not JSON'],
  ['a secret in what is not JSON', '{"resourceSpans": hunter2}', 'not JSON$'],
  ['a place that is known', '{"resourceSpans" []}', 'not JSON: something is wrong at character 17'],
  ['a list', '[]', 'expected a JSON object with resourceSpans'],
  ['no list of resources', '{"resourceSpans":{}}', 'resourceSpans: expected an array'],
  ['a resource that is none', '{"resourceSpans":[7]}', 'resourceSpans[0]: expected an object'],
];
test.each(refused)('refused: %s', (_, body, message) => {
  expect(() => decode(Buffer.from(body), 1)).toThrowError(
    expect.objectContaining({
      code: 'otlp-malformed',
      message: expect.stringMatching(new RegExp(`^${message.replace(/[[\]]/g, String.raw`\$&`)}`)),
    }),
  );
});

const PLACE = 'resourceSpans[0].scopeSpans[0].spans[0].';
const misshapen: [string, string][] = [
  ['"traceId":7', `${PLACE}traceId: expected a string`],
  [`${IDS},"name":{}`, `${PLACE}name: expected a string`],
  [`${IDS},"startTimeUnixNano":-1`, `${PLACE}startTimeUnixNano: expected an unsigned 64-bit number`],
  [
    `${IDS},"startTimeUnixNano":"18446744073709551616"`,
    `${PLACE}startTimeUnixNano: expected an unsigned 64-bit number`,
  ],
  [`${IDS},"endTimeUnixNano":"soon"`, `${PLACE}endTimeUnixNano: expected a whole number or a string of decimal digits`],
  [`${IDS},"flags":1.5`, `${PLACE}flags: expected a whole number or a string of decimal digits`],
  [`${IDS},"links":[{${IDS}},7]`, `${PLACE}links[1]: expected an object`],
  [
    `${IDS},"attributes":[{"key":"http.route","value":{"boolValue":1}}]`,
    `${PLACE}attributes[0].boolValue: expected true or false`,
  ],
  [
    `${IDS},"attributes":[{"key":"http.route","value":{"doubleValue":"x"}}]`,
    `${PLACE}attributes[0].doubleValue: expected a number, "NaN", "Infinity" or "-Infinity"`,
  ],
];
test.each(misshapen)('refused, with the place: %s', (fields, message) => {
  expect(() => decode(bodyWith(fields), 1)).toThrowError(expect.objectContaining({ code: 'otlp-malformed', message }));
});

test('depth is bounded, wherever the marker is looked for', () => {
  const deep = `${'{"arrayValue":{"values":['.repeat(5000)}{"stringValue":"${PROBE}"}${']}}'.repeat(5000)}`;
  const body = bodyWith(`${IDS},"attributes":[{"key":"a","value":${deep}}]`);
  expect(() => decode(body, 1)).toThrowError(expect.objectContaining({ code: 'otlp-malformed' }));
});

test('instrumentationLibrarySpans of old files', () => {
  const body = `{"resourceSpans":[{"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"old"},"spans":[{${IDS}}]}]}]}`;
  const batch = decode(Buffer.from(body), 1);
  expect(batch.spans).toMatchObject([{ traceId: TRACE_ID, scope: 'old', service: 'unknown_service' }]);
  expect([...batch.remarks]).toEqual([[REMARKS.instrumentationLibrary, 1]]);
});

test('markers in every kind of value, and in the name, name first', () => {
  const pair = (key: string, value: string): string => `{"key":"${key}","value":${value}}`;
  const nested = `{"kvlistValue":{"values":[${pair('k', `{"kvlistValue":{"values":[${pair(PROBE, '{}')}]}}`)}]}}`;
  const attributes = [
    pair('enduser.id', `{"stringValue":"a ${PROBE.toUpperCase()} b ${OTHER_PROBE}"}`),
    pair('http.request.header.x', `{"arrayValue":{"values":[{"stringValue":"x"},{"stringValue":"${PROBE}"}]}}`),
    pair('body', `{"bytesValue":"${Buffer.from(`\u0000${PROBE}`).toString('base64')}"}`),
    pair('nested', nested),
  ];
  const [span] = decode(bodyWith(`${IDS},"name":"order ${PROBE}","attributes":[${attributes}]`), 1).spans;
  expect(span?.tie).toEqual([
    { probe: PROBE, where: 'name' },
    { probe: PROBE, where: 'enduser.id' },
    { probe: OTHER_PROBE, where: 'enduser.id' },
    { probe: PROBE, where: 'http.request.header.x' },
    { probe: PROBE, where: 'body' },
    { probe: PROBE, where: 'nested' },
  ]);
});
