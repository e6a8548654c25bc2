/** Lets the run sleep until something arrives; what comes in one burst is looked at once. */

/** How long a burst may go on before it is looked at, ms. */
const BURST_MS = 5;
/** Looking takes at most one part in so many of the time, however much there is to be looked at. */
const SHARE_OF_LOOKING = 4;

export interface Arrivals {
  /** Something arrived. */
  came(): void;
  /**
   * Resolves soon after something arrived, after `limitMs` at the latest, or when the signal fires.
   * @param lookMs how long the look before took: where that was long, a burst is waited for longer
   */
  next(limitMs: number | undefined, lookMs: number, signal: AbortSignal): Promise<void>;
}

export function createArrivals(): Arrivals {
  let waiting: (() => void) | undefined;
  let missed = false;
  return {
    came() {
      missed = true;
      waiting?.();
    },
    next(limitMs, lookMs, signal) {
      return new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          waiting = undefined;
          missed = false;
          resolve();
        };
        const soon = (): void => {
          waiting = undefined;
          clearTimeout(timer);
          timer = setTimeout(done, Math.max(BURST_MS, lookMs * SHARE_OF_LOOKING));
        };
        signal.addEventListener('abort', done);
        if (signal.aborted) done();
        else if (missed) soon();
        else {
          waiting = soon;
          if (limitMs !== undefined) timer = setTimeout(done, Math.max(limitMs, 0));
        }
      });
    },
  };
}
