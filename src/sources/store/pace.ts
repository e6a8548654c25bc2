/** When a store is asked next: soon after a probe, then ever less often. */

/** In ms. */
const PACE = { first: 250, longest: 5000, growth: 1.6 };

export interface Pace {
  /** Whether it is time to ask; where somebody waits for it, at once unless the store wants to be left alone. */
  isDue(now: number, isAwaited: boolean): boolean;
  /** An answer came that took so long; so long is waited at least. */
  answered(at: number, tookMs: number): void;
  /** Something may be there soon, not before a time: it is asked often again. */
  quicken(at: number): void;
  /** The store wants to be left alone until then. */
  pause(until: number): void;
}

export function createPace(): Pace {
  const { first, longest, growth } = PACE;
  let interval = first;
  let due: number | undefined;
  let paused = 0;
  return {
    isDue: (now, isAwaited) => now >= paused && (isAwaited || (due !== undefined && now >= due)),
    answered: (at, tookMs) => {
      due = at + Math.max(interval, tookMs);
      interval = Math.min(interval * growth, longest);
    },
    quicken: (at) => {
      interval = first;
      due = due === undefined ? at + first : Math.min(due, at + first);
    },
    pause: (until) => {
      paused = until;
    },
  };
}
