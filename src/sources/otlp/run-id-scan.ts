/** Where a run's id stands in a body, found before anything is decoded (DESIGN §6). */

/**
 * Offsets at which the run's id begins, ascending. Services may upper-case it.
 * @param runId 8 lower-case hex digits
 */
export function findRunId(bytes: Buffer, runId: string): number[] {
  const found = [...new Set([runId, runId.toUpperCase()])].flatMap((spelled) => offsetsOf(bytes, spelled));
  return found.sort((one, other) => one - other);
}

function offsetsOf(bytes: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text, 0, 'latin1'); at !== -1; at = bytes.indexOf(text, at + 1, 'latin1')) found.push(at);
  return found;
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
