/** Where a run's id stands in a body, found before anything is decoded (DESIGN §6). */

/**
 * Offsets at which the run's id begins, in any case, ascending. Horspool's search with a table that knows both
 * cases: one pass that looks at about every eighth byte.
 * @param runId 8 hex digits
 */
export function findRunId(bytes: Buffer, runId: string): number[] {
  const needle = Buffer.from(runId.toLowerCase(), 'latin1');
  const steps = stepsFor(needle);
  const last = needle.length - 1;
  const found: number[] = [];
  for (let at = last; at < bytes.length; at += steps[bytes[at] ?? 0] ?? 1) {
    if (endsAt(bytes, at, needle)) found.push(at - last);
  }
  return found;
}

/** How far the search may go on from a byte that stands under the needle's last. */
function stepsFor(needle: Buffer): Uint8Array {
  const steps = new Uint8Array(256).fill(needle.length);
  for (let at = 0; at < needle.length - 1; at++) {
    const byte = needle[at] ?? 0;
    steps[byte] = needle.length - 1 - at;
    steps[upperCase(byte)] = needle.length - 1 - at;
  }
  return steps;
}

function endsAt(bytes: Buffer, end: number, needle: Buffer): boolean {
  for (let back = 0; back < needle.length; back++) {
    if (lowerCase(bytes[end - back] ?? 0) !== needle[needle.length - 1 - back]) return false;
  }
  return true;
}

/** Of the letters A to F only: nothing else stands in an id. */
function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x46 ? byte + 0x20 : byte;
}

function upperCase(byte: number): number {
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x20 : byte;
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
