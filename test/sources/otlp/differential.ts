/**
 * Our reader of protobuf bodies next to protobufjs: where one accepts and the other refuses, and why that is right;
 * where both accept, that they read the same.
 */
import { isDeepStrictEqual } from 'node:util';
import { isMalformed } from '../../../src/sources/otlp/malformed.ts';
import { protobufDecoder } from '../../../src/sources/otlp/protobuf/request.ts';
import { expectedSpans } from './expected.ts';
import { mutated } from './mutate.ts';
import { random } from './random.ts';
import { randomRequest } from './random-request.ts';
import { type Decoded, decodeWith, lookedInto, request } from './schema.ts';
import { settingsFor } from './settings.ts';

/** Differences that are meant. Any other is a bug of one of the two, and ends the run. */
export const DIFFERENCES = {
  'protobufjs refuses what we do not look into':
    'Events, status, counts, and values of attributes that are not kept are stepped over by their length, and texts are not checked for UTF-8: it does not matter to a trace.',
  'we refuse what a kept attribute holds':
    'The schema that has only what we look into keeps attribute values closed; the whole schema refuses these too.',
} as const;

export type Difference = keyof typeof DIFFERENCES;

export interface Tally {
  /** Both accept, and read the same. */
  same: number;
  /** Both refuse. */
  refused: number;
  differences: Record<Difference, { count: number; example: string }>;
}

const RECEIVED_AT = 1;
/** Bodies that are made anew after so many, so that a long run does not circle around a few. */
const CORPUS_EVERY = 10_000;
const CORPUS_SIZE = 50;

/**
 * Mutates and compares.
 * @throws Error that holds the body in hex, where the two differ in a way that is not explained
 */
export function compareReaders(
  bodies: number,
  seed: number,
  onProgress: (done: number, tally: Tally) => void = () => {},
): Tally {
  const source = random(seed);
  const { filter } = settingsFor();
  const decode = protobufDecoder(settingsFor());
  const none = (): { count: number; example: string } => ({ count: 0, example: '' });
  const tally: Tally = {
    same: 0,
    refused: 0,
    differences: {
      'protobufjs refuses what we do not look into': none(),
      'we refuse what a kept attribute holds': none(),
    },
  };
  let corpus: Buffer[] = [];
  for (let count = 0; count < bodies; count++) {
    if (count % CORPUS_EVERY === 0) {
      corpus = Array.from({ length: CORPUS_SIZE }, () => randomRequest(source)).filter(({ length }) => length > 0);
      onProgress(count, tally);
    }
    const body = mutated(source, corpus);
    const ours = attempt(() => decode(body, RECEIVED_AT).spans);
    const whole = decoded(body);
    const difference = differenceOf(body, ours !== undefined, whole !== undefined);
    if (difference !== undefined) {
      note(tally.differences[difference], body);
    } else if (ours === undefined || whole === undefined) tally.refused++;
    else {
      const theirs = expectedSpans(whole, filter, RECEIVED_AT);
      if (!isDeepStrictEqual(ours, theirs)) throw new Error(`read differently: ${body.toString('hex')}`);
      tally.same++;
    }
  }
  return tally;
}

/** Counts one more, and keeps the shortest. */
function note(seen: Tally['differences'][Difference], body: Buffer): void {
  seen.count++;
  if (seen.example === '' || body.length * 2 < seen.example.length) seen.example = body.toString('hex');
}

/** Undefined where both accept or both refuse. */
function differenceOf(body: Buffer, isRead: boolean, isWhole: boolean): Difference | undefined {
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

/** As protobufjs reads it; undefined where it refuses. */
function decoded(body: Buffer): Decoded | undefined {
  try {
    return decodeWith(request, body);
  } catch {
    return undefined;
  }
}

/** What it gives, or undefined where it refuses; anything else that it throws is a bug. */
export function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!isMalformed(error)) throw error;
    return undefined;
  }
}
