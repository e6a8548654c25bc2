/** Keeps the distance between what is sent (`rate`). */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves when the next thing of a kind may be sent: at once where no distance is declared, and where the signal fired.
 * What comes back is to be called once it is sent; the next one's distance counts from there.
 */
export type Pace = (kind: string, distanceMs: number | undefined, signal: AbortSignal) => Promise<() => void>;

/** @param clock ms since the epoch */
export function createPace(clock: () => number): Pace {
  const lastOf = new Map<string, Promise<number>>();
  return async (kind, distanceMs, signal) => {
    let sent = (): void => undefined;
    if (distanceMs === undefined) return sent;
    const last = lastOf.get(kind) ?? Promise.resolve(Number.NEGATIVE_INFINITY);
    lastOf.set(
      kind,
      new Promise((resolve) => {
        sent = () => resolve(clock());
      }),
    );
    await waitUntil((await last) + distanceMs, clock, signal);
    return sent;
  };
}

async function waitUntil(at: number, clock: () => number, signal: AbortSignal): Promise<void> {
  // A timer may fire a moment early.
  for (let left = at - clock(); left > 0 && !signal.aborted; left = at - clock()) {
    await sleep(Math.ceil(left), undefined, { signal }).catch(() => undefined);
  }
}
