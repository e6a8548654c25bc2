/** Export requests of every shape that the schema allows, valid ids or not. */
import { attributeFilter } from '../../../src/sources/otlp/attributes.ts';
import type { Random } from './random.ts';
import { request } from './schema.ts';

const KEPT: [string, ...string[]] = ['http.route', ...attributeFilter(new Set()).span.keys()];
const KEYS: [string, ...string[]] = [
  'enduser.id',
  'größe',
  '',
  'http.url.not',
  ...KEPT.filter((key) => !key.includes('url') && key !== 'http.target'),
];
const TEXTS: [string, ...string[]] = ['', 'GET', 'grüße 🎉', 'x'.repeat(300), '/checkout', '0', '\u0000'];

/** @returns its bytes, fields in the order in which protobufjs writes them */
export function randomRequest(random: Random): Buffer {
  const resourceSpans = several(random, 3, () => ({
    resource: random.chance(0.9)
      ? { attributes: pairs(random, ['service.name', 'host.name', 'service.name']) }
      : undefined,
    scopeSpans: several(random, 3, () => ({
      scope: random.chance(0.8) ? { name: random.pick(TEXTS), version: '1' } : undefined,
      spans: several(random, 4, () => span(random)),
    })),
    schemaUrl: 'https://opentelemetry.io/schemas/1.40.0',
  }));
  return Buffer.from(request.encode(request.fromObject({ resourceSpans })).finish());
}

function span(random: Random): object {
  return {
    traceId: id(random, 16),
    spanId: id(random, 8),
    parentSpanId: random.chance(0.3) ? Buffer.alloc(0) : id(random, 8),
    traceState: random.chance(0.3) ? 'tracegap=1,rojo=00f067aa0ba902b7' : '',
    name: random.pick(TEXTS),
    kind: random.int(7),
    startTimeUnixNano: String(random.bytes(8).readBigUInt64LE()),
    endTimeUnixNano: random.chance(0.1) ? '0' : String(1_795_600_000_000_000_000n + BigInt(random.int(2 ** 31))),
    attributes: pairs(random, KEYS),
    events: several(random, 2, () => ({ name: 'e', timeUnixNano: '1', attributes: pairs(random, KEYS) })),
    links: several(random, 3, () => ({ traceId: id(random, 16), spanId: id(random, 8), flags: random.int(3) * 0x100 })),
    status: { code: 2, message: 'broken' },
    flags: random.pick([0, 0x101, 0x301, 0xffffffff]),
  };
}

/** Now and then one that is none. */
function id(random: Random, length: number): Buffer {
  if (random.chance(0.05)) return Buffer.alloc(length);
  return random.bytes(random.chance(0.05) ? random.int(20) : length);
}

function pairs(random: Random, keys: [string, ...string[]]): object[] {
  return several(random, 6, () => ({ key: random.pick(keys), value: value(random, 2) }));
}

function value(random: Random, depth: number): object {
  const kinds: [() => object, ...(() => object)[]] = [
    () => ({ stringValue: random.pick(TEXTS) }),
    () => ({ boolValue: random.chance(0.5) }),
    () => ({
      intValue: random.pick(['0', '1', '-1', '40123', '9007199254740991', '9007199254740992', '-9223372036854775808']),
    }),
    () => ({ doubleValue: random.pick([0.5, -1e300, Number.NaN, Number.POSITIVE_INFINITY]) }),
    () => ({ bytesValue: random.bytes(random.int(5)) }),
    () => ({}),
  ];
  if (depth > 0) {
    kinds.push(
      () => ({ arrayValue: { values: several(random, 3, () => value(random, depth - 1)) } }),
      () => ({ kvlistValue: { values: several(random, 2, () => ({ key: 'k', value: value(random, depth - 1) })) } }),
    );
  }
  return random.pick(kinds)();
}

function several<Item>(random: Random, most: number, make: () => Item): Item[] {
  return Array.from({ length: random.int(most + 1) }, make);
}
