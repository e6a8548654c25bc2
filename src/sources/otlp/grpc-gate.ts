/**
 * How many gRPC calls are read at once. The library keeps a whole message in memory before it is seen here, so memory
 * is bounded by the number of calls: each is taken to be as large as may be, and the others wait, held by flow control.
 */
import type { Lease } from './memory.ts';

/** In ms. How long a call waits for its turn, and how long it may take to come. */
export interface GatePatience {
  waiting: number;
  reading: number;
}

/** One call at the gate. */
export interface Caller {
  /** Its turn has come: read it. */
  admit(): void;
  /** It waited, or took, too long. */
  refuse(why: string): void;
}

export interface Gate {
  /** @returns to be called once the call is over or gone, however it ended */
  enter(caller: Caller): () => void;
}

const TOO_MANY = 'too many calls are being read at once; send this one again';
const TOO_SLOW = 'the call took too long to come; send it again';

/**
 * @param most calls that are read together
 * @param largest bytes that each is taken to hold
 */
export function gateOf(most: number, largest: number, lease: () => Lease, patience: GatePatience): Gate {
  const waiting = new Set<() => void>();
  let reading = 0;
  const next = (): void => {
    const [first] = waiting;
    if (first !== undefined && reading < most) first();
  };
  return {
    enter: ({ admit, refuse }) => {
      const held = lease();
      let isRead = false;
      let timer: NodeJS.Timeout | undefined;
      const limit = (ms: number, why: string): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          leave();
          refuse(why);
        }, ms);
        timer.unref();
      };
      const begin = (): void => {
        waiting.delete(begin);
        reading += 1;
        isRead = true;
        held.take(largest);
        limit(patience.reading, TOO_SLOW);
        admit();
      };
      const leave = (): void => {
        clearTimeout(timer);
        waiting.delete(begin);
        if (!isRead) return;
        isRead = false;
        reading -= 1;
        held.end();
        next();
      };
      if (reading < most) begin();
      else {
        waiting.add(begin);
        limit(patience.waiting, TOO_MANY);
      }
      return leave;
    },
  };
}
