/** Texts out of a body's bytes, with as few new strings as can be. */

/** Texts that are worth keeping are short: keys, methods, hosts, names of topics. */
const LONGEST_KEPT = 64;
/** A power of two; a text that comes to another's place takes it. */
const PLACES = 4096;

/** Decodes UTF-8 between two offsets. */
export type TextReader = (bytes: Buffer, from: number, to: number) => string;

/**
 * A reader that remembers short ASCII texts, so that what stands in each of a million spans is made once.
 * What it remembers is bounded, whatever is sent.
 */
export function rememberingReader(): TextReader {
  const places: string[] = new Array<string>(PLACES).fill('');
  return (bytes, from, to) => {
    if (to === from) return '';
    if (to - from > LONGEST_KEPT) return bytes.toString('utf8', from, to);
    const place = placeOf(bytes, from, to) & (PLACES - 1);
    const remembered = places[place] ?? '';
    if (standsThere(remembered, bytes, from, to)) return remembered;
    const text = bytes.toString('utf8', from, to);
    if (isAscii(text)) places[place] = text;
    return text;
  };
}

/** Finds what belongs to a name that stands between two offsets, without making the name. */
export type NameFinder<Value> = (bytes: Buffer, from: number, to: number) => Value | undefined;

/** A finder of a few names. */
export function nameFinder<Value>(named: ReadonlyMap<string, Value>): NameFinder<Value> {
  const size = 2 ** Math.ceil(Math.log2(named.size * 8 + 8));
  const places: ({ spelled: string; value: Value } | undefined)[] = new Array(size).fill(undefined);
  for (const [name, value] of named) {
    const bytes = Buffer.from(name);
    let place = placeOf(bytes, 0, bytes.length) & (size - 1);
    while (places[place] !== undefined) place = (place + 1) & (size - 1);
    places[place] = { spelled: bytes.toString('latin1'), value };
  }
  return (bytes, from, to) => {
    let place = placeOf(bytes, from, to) & (size - 1);
    for (let there = places[place]; there !== undefined; there = places[place]) {
      if (standsThere(there.spelled, bytes, from, to)) return there.value;
      place = (place + 1) & (size - 1);
    }
    return undefined;
  };
}

/** A hash of a text's length and five of its bytes, most of them from its end, where names differ. */
function placeOf(bytes: Buffer, from: number, to: number): number {
  const length = to - from;
  let hash = length;
  hash = Math.imul(hash, 31) + (bytes[to - 1] ?? 0);
  hash = Math.imul(hash, 31) + (bytes[to - 1 - (length >> 3)] ?? 0);
  hash = Math.imul(hash, 31) + (bytes[to - 1 - (length >> 2)] ?? 0);
  hash = Math.imul(hash, 31) + (bytes[from + (length >> 1)] ?? 0);
  hash = Math.imul(hash, 31) + (bytes[from] ?? 0);
  return hash ^ (hash >>> 12);
}

/** Whether a text stands between two offsets, a byte for each character. */
function standsThere(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text.charCodeAt(at) !== bytes[from + at]) return false;
  }
  return true;
}

/** Whether each character is one byte: only then may a text be compared with bytes. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}
