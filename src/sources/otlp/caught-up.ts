/** When all that had come by some moment has been handed over. */
import { setImmediate as turn } from 'node:timers/promises';

/** Turns of the event loop in which a connection is accepted, its request read and its end seen; one is accepted a turn. */
const TURNS_TO_READ = 3;
/** How long catching up waits for a client that stopped in the middle of a body, or for the last of the new ones. */
const LONGEST_CATCH_UP_MS = 1000;

/** A port and what goes on there. */
export interface Port {
  /** `host:port` that it listens on. */
  address: string;
  /** How many connections were accepted so far. */
  accepted(): number;
  /** The exchanges that are going on, each a promise of its end. */
  exchanges(): Iterable<Promise<void>>;
  close(): Promise<void>;
}

/** Resolves once what the kernel held of these ports when it was called has been read and handed over. */
export async function caughtUp({ accepted, exchanges }: Port): Promise<void> {
  let isLate = false;
  const limit = new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_CATCH_UP_MS).unref();
  }).then(() => {
    isLate = true;
  });
  let before: number;
  do {
    before = accepted();
    for (let turns = 0; turns < TURNS_TO_READ; turns++) await turn();
  } while (accepted() > before && !isLate);
  await Promise.race([Promise.all(exchanges()), limit]);
}
