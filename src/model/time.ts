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

/** `2026-11-23T10:00:00.000Z` → ms since the epoch */
export function msOfTime(time: string): number {
  return Date.parse(time);
}

const MS_PER_DAY = 86_400_000;

/** Whole days from one `YYYY-MM-DD` to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / MS_PER_DAY);
}
