/** Times as reports show them: UTC, to the millisecond. Pure: no clock is read. */

const NS_PER_MS = 1_000_000n;

/** ms since the epoch → `2026-11-23T10:00:00.000Z` */
export function timeOfMs(ms: number): string {
  return new Date(ms).toISOString();
}

/** ns since the epoch → `2026-11-23T10:00:00.000Z` */
export function timeOfNs(ns: string): string {
  return timeOfMs(Number(BigInt(ns) / NS_PER_MS));
}
