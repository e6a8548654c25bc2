/** Keeps the distance between what is sent (`rate`). */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the next thing of a kind may be sent, or at once where no distance is declared or the signal fired. */
export type Pace = (kind: string, distanceMs: number | undefined, signal: AbortSignal) => Promise<void>;

/** @param clock ms since the epoch */
export function createPace(clock: () => number): Pace {
  const queues = new Map<string, Promise<number>>();
  return async (kind, distanceMs, signal) => {
    if (distanceMs === undefined) return;
    const before = queues.get(kind) ?? Promise.resolve(Number.NEGATIVE_INFINITY);
    const turn = before.then((last) => waitUntil(last + distanceMs, clock, signal));
    queues.set(kind, turn);
    await turn;
  };
}

/** @returns when it came to its end */
async function waitUntil(at: number, clock: () => number, signal: AbortSignal): Promise<number> {
  // A timer may fire a moment early.
  for (let left = at - clock(); left > 0 && !signal.aborted; left = at - clock()) {
    await sleep(Math.ceil(left), undefined, { signal }).catch(() => undefined);
  }
  return clock();
}
