/** Where a run's id stands in a body, found before anything is decoded (DESIGN §6). */

/** Finds the offsets at which a run's id begins. */
export type RunIdFinder = (bytes: Buffer) => number[];

/**
 * A finder of a run's id. Services may upper-case it. Of a body it looks at two bytes in seven: wherever eight
 * characters stand, one such pair stands among them.
 * @param runId 8 lower-case hex digits
 */
export function runIdFinder(runId: string): RunIdFinder {
  const spelled = [...runId].map((digit) => [digit.charCodeAt(0), digit.toUpperCase().charCodeAt(0)]);
  const step = spelled.length - 1;
  const offsetsOfPair = pairsOf(spelled);
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found: number[] = [];
    for (let at = 0; at + 1 < bytes.length; at += step) {
      let offsets = offsetsOfPair[view.getUint16(at)] ?? 0;
      for (let offset = 0; offsets !== 0; offset++, offsets >>>= 1) {
        if ((offsets & 1) === 1 && standsAt(bytes, at - offset, spelled)) found.push(at - offset);
      }
    }
    return found.sort((one, other) => one - other);
  };
}

/** For every two bytes a bit for each offset in the id at which they may stand. */
function pairsOf(spelled: readonly number[][]): Uint8Array {
  const pairs = new Uint8Array(2 ** 16);
  spelled.slice(1).forEach((digit, offset) => {
    for (const first of spelled[offset] ?? []) {
      for (const second of digit) {
        const pair = first * 2 ** 8 + second;
        pairs[pair] = (pairs[pair] ?? 0) | (1 << offset);
      }
    }
  });
  return pairs;
}

function standsAt(bytes: Buffer, from: number, spelled: readonly number[][]): boolean {
  return from >= 0 && spelled.every((digit, at) => digit.includes(bytes[from + at] ?? 0));
}

/** Whether any of the ascending offsets lies in a stretch. */
export function anyWithin(offsets: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  const next = offsets[low];
  return next !== undefined && next < to;
}
