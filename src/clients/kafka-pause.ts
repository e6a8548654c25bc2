/** Waiting between tries. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; an abort ends the wait early and is no error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
