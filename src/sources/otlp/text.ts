/** Texts out of a body's bytes, with as few new strings as can be. Bytes are compared four at a time. */

/** Texts that are worth keeping are short: keys, methods, hosts, names of topics. */
const LONGEST_KEPT = 64;
/** A power of two; a text that comes to another's place takes it. */
const PLACES = 4096;
const WORD = 4;

/** A body, and the same as words. */
export interface Bytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes UTF-8 between two offsets. */
export type TextReader = (body: Bytes, from: number, to: number) => string;

/**
 * A reader that remembers short texts, so that what stands in each of a million spans is made once.
 * What it remembers is bounded, whatever is sent.
 */
export function rememberingReader(): TextReader {
  const texts: string[] = new Array<string>(PLACES).fill('');
  const lengths = new Uint8Array(PLACES);
  const spelled = viewOf(Buffer.alloc(PLACES * LONGEST_KEPT));
  return ({ bytes, view }, from, to) => {
    const length = to - from;
    if (length === 0) return '';
    if (length > LONGEST_KEPT) return bytes.toString('utf8', from, to);
    const place = hashOf(view, from, length) & (PLACES - 1);
    const keptAt = place * LONGEST_KEPT;
    if (lengths[place] === length && areSame(view, from, spelled, keptAt, length)) return texts[place] ?? '';
    const text = bytes.toString('utf8', from, to);
    texts[place] = text;
    lengths[place] = length;
    copy(view, from, spelled, keptAt, length);
    return text;
  };
}

/** Finds what belongs to a name that stands between two offsets, without making the name. */
export type NameFinder<Value> = (body: Bytes, from: number, to: number) => Value | undefined;

interface Named<Value> {
  spelled: DataView;
  value: Value;
}

/** A finder of a few names. */
export function nameFinder<Value>(named: ReadonlyMap<string, Value>): NameFinder<Value> {
  const size = 2 ** Math.ceil(Math.log2(named.size * 8 + 8));
  const places: (Named<Value> | undefined)[] = new Array(size).fill(undefined);
  for (const [name, value] of named) {
    const spelled = viewOf(Buffer.from(name));
    let place = hashOf(spelled, 0, spelled.byteLength) & (size - 1);
    while (places[place] !== undefined) place = (place + 1) & (size - 1);
    places[place] = { spelled, value };
  }
  return ({ view }, from, to) => {
    const length = to - from;
    let place = hashOf(view, from, length) & (size - 1);
    for (let there = places[place]; there !== undefined; there = places[place]) {
      const { spelled, value } = there;
      if (spelled.byteLength === length && areSame(view, from, spelled, 0, length)) return value;
      place = (place + 1) & (size - 1);
    }
    return undefined;
  };
}

/** A hash of a text's length and of its first, middle and last bytes. */
function hashOf(view: DataView, from: number, length: number): number {
  let hash = length;
  if (length < WORD) {
    for (let at = 0; at < length; at++) hash = Math.imul(hash, 31) + view.getUint8(from + at);
  } else {
    hash = Math.imul(hash, 0x9e3779b1) ^ view.getUint32(from, true);
    hash = Math.imul(hash, 0x85ebca6b) ^ view.getUint32(from + ((length - WORD) >> 1), true);
    hash = Math.imul(hash, 0xc2b2ae35) ^ view.getUint32(from + length - WORD, true);
    hash = Math.imul(hash, 0x9e3779b1);
  }
  return hash ^ (hash >>> 15);
}

function areSame(one: DataView, oneAt: number, other: DataView, otherAt: number, length: number): boolean {
  let at = 0;
  for (; at + WORD <= length; at += WORD) {
    if (one.getUint32(oneAt + at, true) !== other.getUint32(otherAt + at, true)) return false;
  }
  for (; at < length; at++) {
    if (one.getUint8(oneAt + at) !== other.getUint8(otherAt + at)) return false;
  }
  return true;
}

function copy(from: DataView, fromAt: number, to: DataView, toAt: number, length: number): void {
  let at = 0;
  for (; at + WORD <= length; at += WORD) to.setUint32(toAt + at, from.getUint32(fromAt + at));
  for (; at < length; at++) to.setUint8(toAt + at, from.getUint8(fromAt + at));
}
