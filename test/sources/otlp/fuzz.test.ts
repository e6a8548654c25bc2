import { expect, test } from 'vitest';
import { jsonDecoder } from '../../../src/sources/otlp/json/request.ts';
import { isMalformed } from '../../../src/sources/otlp/malformed.ts';
import { protobufDecoder } from '../../../src/sources/otlp/protobuf/request.ts';
import { expectedSpans } from './expected.ts';
import { type Random, random } from './random.ts';
import { randomRequest } from './random-request.ts';
import { decodeWith, lookedInto, request } from './schema.ts';
import { settingsFor } from './settings.ts';

const BODIES = 20_000;
const RECEIVED_AT = 1;
const decode = protobufDecoder(settingsFor());

/**
 * Where our reader and protobufjs may differ on whether a body is to be refused, and why that is right. Anything else
 * fails the test; so does a difference that does not come up any more.
 */
const DIFFERENCES = {
  'protobufjs refuses what we do not look into':
    'Events, status, counts, and values of attributes that are not kept are stepped over by their length, and texts are not checked for UTF-8: it does not matter to a trace.',
  'we refuse what a kept attribute holds':
    'The schema that has only what we look into keeps attribute values closed; the whole schema refuses these too.',
} as const;

type Difference = keyof typeof DIFFERENCES;

test(`${BODIES} mutated bodies: refused in our words or read as protobufjs reads them`, { timeout: 120_000 }, () => {
  const source = random(20_261_123);
  const corpus = Array.from({ length: 50 }, () => randomRequest(source)).filter(({ length }) => length > 0);
  const differences = new Set<Difference>();
  const outcomes = { read: 0, refused: 0 };
  for (let count = 0; count < BODIES; count++) {
    const body = mutated(source, corpus);
    const ours = attempt(() => decode(body, RECEIVED_AT).spans);
    outcomes[ours === undefined ? 'refused' : 'read']++;
    const difference = differenceOf(body, ours !== undefined);
    if (difference !== undefined) differences.add(difference);
    else if (ours !== undefined) {
      const theirs = expectedSpans(decodeWith(request, body), settingsFor().filter, RECEIVED_AT);
      expect(ours, body.toString('hex')).toEqual(theirs);
    }
  }
  expect(differences).toEqual(new Set(Object.keys(DIFFERENCES)));
  expect(outcomes.read).toBeGreaterThan(BODIES / 10);
  expect(outcomes.refused).toBeGreaterThan(BODIES / 10);
});

/** Undefined where both accept or both refuse. */
function differenceOf(body: Buffer, isRead: boolean): Difference | undefined {
  const isWhole = isReadBy(request, body);
  const isWhereLooked = isReadBy(lookedInto, body);
  if (isRead === isWhole && isRead === isWhereLooked) return undefined;
  if (isRead && isWhereLooked) return 'protobufjs refuses what we do not look into';
  if (!(isRead || isWhole)) return 'we refuse what a kept attribute holds';
  throw new Error(`${body.toString('hex')}: ours ${isRead}, whole ${isWhole}, where looked ${isWhereLooked}`);
}

function isReadBy(type: typeof request, body: Buffer): boolean {
  try {
    type.decode(body);
    return true;
  } catch {
    return false;
  }
}

test('5,000 mutated JSON bodies: read or refused in our words', { timeout: 60_000 }, () => {
  const decodeJson = jsonDecoder(settingsFor());
  const source = random(7);
  const corpus = Array.from({ length: 20 }, () => jsonOf(randomRequest(source)));
  const outcomes = { read: 0, refused: 0 };
  for (let count = 0; count < 5000; count++) {
    const body = mutated(source, corpus);
    outcomes[attempt(() => decodeJson(body, RECEIVED_AT)) === undefined ? 'refused' : 'read']++;
  }
  expect(outcomes.read).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(1000);
});

function jsonOf(body: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify(request.toObject(request.decode(body), { longs: String, bytes: String, json: true })),
  );
}

/** What it gives, or undefined where it refuses; anything else that it throws is a bug. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!isMalformed(error)) throw error;
    return undefined;
  }
}

function mutated(source: Random, corpus: Buffer[]): Buffer {
  let body: Buffer = corpus[source.int(corpus.length)] ?? Buffer.alloc(0);
  for (let times = 1 + source.int(3); times > 0; times--) body = mutate(source, body, corpus);
  return body;
}

function mutate(source: Random, body: Buffer, corpus: Buffer[]): Buffer {
  const at = source.int(body.length + 1);
  const to = at + source.int(Math.min(20, body.length + 1 - at));
  const before = body.subarray(0, at);
  const after = body.subarray(to);
  switch (source.int(7)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, source.bytes(to - at), after]);
    case 3:
      return Buffer.concat([before, body.subarray(at, to), body.subarray(at)]);
    case 4:
      return flipped(source, body);
    case 5:
      return flipped(source, body, [0, 1, 0x7f, 0x80, 0xff]);
    default: {
      const other = corpus[source.int(corpus.length)] ?? body;
      return Buffer.concat([before, other.subarray(source.int(other.length))]);
    }
  }
}

/** One byte is another: any, or one of those that say most to a reader. */
function flipped(source: Random, body: Buffer, to?: number[]): Buffer {
  const copy = Buffer.from(body);
  const value = to === undefined ? source.int(256) : (to[source.int(to.length)] ?? 0);
  if (copy.length > 0) copy[source.int(copy.length)] = value;
  return copy;
}
