import { expect, test } from 'vitest';
import type { Decode, DecodeSettings } from '../../../src/sources/otlp/batch.ts';
import { jsonDecoder } from '../../../src/sources/otlp/json/request.ts';
import { protobufDecoder } from '../../../src/sources/otlp/protobuf/request.ts';
import { random } from './random.ts';
import { decodeWith, request } from './schema.ts';
import { PROBE, RUN, settingsFor } from './settings.ts';

const WANTED = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const OTHER = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';

interface Given {
  service: string;
  span?: object;
}

/** A request of one span for each service, in protobuf. Spans are OTLP/JSON's, but for the ids. */
function protobufOf(given: Given[]): Buffer {
  const resourceSpans = given.map(({ service, span }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [
      {
        spans: [
          { traceId: OTHER, spanId: '1'.repeat(16), ...span },
          { traceId: OTHER, spanId: '2'.repeat(16) },
        ],
      },
    ],
  }));
  const withBytes = JSON.parse(JSON.stringify({ resourceSpans }), (key, value) =>
    ['traceId', 'spanId'].includes(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  );
  return Buffer.from(request.encode(request.fromObject(withBytes)).finish());
}

function jsonOf(protobuf: Buffer): Buffer {
  const hex = (key: string, value: unknown): unknown =>
    ['traceId', 'spanId'].includes(key) && value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  const decoded = decodeWith(request, protobuf);
  for (const span of decoded.resourceSpans
    ?.flatMap((each) => each.scopeSpans ?? [])
    .flatMap(({ spans }) => spans ?? []) ?? []) {
    for (const each of [span, ...(span.links ?? [])]) {
      for (const key of ['traceId', 'spanId'] as const) Object.assign(each, { [key]: hex(key, each[key]) });
    }
  }
  return Buffer.from(JSON.stringify(decoded));
}

const encodings: [string, (settings: DecodeSettings) => Decode, (protobuf: Buffer) => Buffer][] = [
  ['protobuf', protobufDecoder, (body) => body],
  ['JSON', jsonDecoder, jsonOf],
];
const attributes = (value: string): object => ({ attributes: [{ key: 'k', value: { stringValue: value } }] });
const undeclared: [string, object, boolean][] = [
  ['nothing of ours', {}, false],
  ['a trace that is looked for', { traceId: WANTED }, true],
  ['a link to one', { links: [{ traceId: WANTED, spanId: '3'.repeat(16) }] }, true],
  ['a marker', attributes(PROBE), true],
  ['a marker in upper case', attributes(PROBE.toUpperCase()), true],
  ['a marker in an event', { events: [attributes(PROBE)] }, true],
  ['a marker of another run', attributes('deadbeef-aaaa-4bbb-8ccc-0123456789ab'), false],
  ['the trace as text', attributes(WANTED), false],
];

for (const [encoding, decoder, encode] of encodings) {
  const settings = settingsFor({ services: ['checkout'], traceIds: [WANTED] });

  test.each(undeclared)(`${encoding}: an undeclared service with %s`, (_, span, isWanted) => {
    const body = encode(protobufOf([{ service: 'foreign', span }, { service: 'checkout' }]));
    const services = decoder(settings)(body, 1).spans.map(({ service }) => service);
    expect(services).toEqual([...(isWanted ? ['foreign', 'foreign'] : []), 'checkout', 'checkout']);
  });

  test(`${encoding}: what is looked for may grow`, () => {
    const traceIds = new Set<string>();
    const decode = decoder({ ...settings, needles: { ...settings.needles, traceIds } });
    const body = encode(protobufOf([{ service: 'foreign', span: { traceId: WANTED } }]));
    expect(decode(body, 1).spans).toEqual([]);
    traceIds.add(WANTED);
    expect(decode(body, 1).spans).toHaveLength(2);
  });

  test(`${encoding}: without declared services every one is wanted`, () => {
    expect(decoder(settingsFor())(encode(protobufOf([{ service: 'foreign' }])), 1).spans).toHaveLength(2);
  });

  test(`${encoding}: an undeclared service that is not wanted rejects nothing`, () => {
    const body = encode(protobufOf([{ service: 'foreign', span: { traceId: '' } }]));
    expect([...decoder(settings)(body, 1).rejected]).toEqual([]);
  });
}

test('a search of the bytes gives every place, in small letters, capitals or both, as a plain search does', async () => {
  const { anyWithin, runIdFinder } = await import('../../../src/sources/otlp/run-id-scan.ts');
  const source = random(3);
  let found = 0;
  for (let count = 0; count < 2000; count++) {
    const id = source.pick([RUN, 'aaaaaaaa', '12121212', '00000000', 'abababab']);
    const pieces = Array.from({ length: source.int(12) }, () =>
      source.pick([id, id.toUpperCase(), id.slice(1), id.slice(0, 5), 'a', '1']),
    );
    const text = pieces.join('');
    const plain = [...text].flatMap((_, at) => (text.toLowerCase().startsWith(id, at) ? [at] : []));
    expect(runIdFinder(id)(Buffer.from(text)), text).toEqual(plain);
    const [from, to] = [source.int(40), source.int(40)];
    expect(anyWithin(plain, from, to)).toBe(plain.some((at) => at >= from && at < to));
    found += plain.length;
  }
  expect(found).toBeGreaterThan(1000);
});
