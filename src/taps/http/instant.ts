/** The time at which bytes came, in the two units of a wire event. */

export interface Instant {
  /** ns since the epoch, decimal. */
  ns: string;
  /** ms since the epoch. */
  ms: number;
}

const ORIGIN_NS = BigInt(Math.round(performance.timeOrigin * 1e6));

/** Finer than a millisecond, and never backwards within a run. */
export function currentInstant(): Instant {
  const ns = ORIGIN_NS + BigInt(Math.round(performance.now() * 1e6));
  return { ns: String(ns), ms: Number(ns / 1_000_000n) };
}
