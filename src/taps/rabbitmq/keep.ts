/** Keeps a watch going: where the broker is down or goes down, it is tried again each second. */
import { isRabbitmqError, type RabbitmqFault, textOf } from '../../clients/rabbitmq-error.ts';
import { type Complaint, complaintOf } from '../../model/problem.ts';
import type { Watch } from './watch.ts';

/** What the keeper tells of. */
export interface WatchReport {
  opened(): void;
  lost(complaint: Complaint): void;
}

export interface Keeper {
  /** The watch that is open now. */
  current(): Watch | undefined;
  /** Whether it is being closed: what fails from then on is nobody's concern. */
  closing(): boolean;
  close(): Promise<void>;
}

const RETRY_MS = 1_000;

/** What may be over in a moment: the broker restarts, a service has yet to declare its exchange. */
const PASSING: ReadonlySet<RabbitmqFault> = new Set(['unreachable', 'timed-out', 'closed', 'protocol', 'not-found']);

/** Resolves once the first try has succeeded or failed; the others go on behind it until `close`. */
export async function keepWatch(start: (signal: AbortSignal) => Promise<Watch>, report: WatchReport): Promise<Keeper> {
  const stop = new AbortController();
  let closing = false;
  let watch: Watch | undefined;

  /** Whether there is, or may yet be, something to keep. */
  async function attempt(): Promise<boolean> {
    try {
      watch = await start(stop.signal);
      report.opened();
      return true;
    } catch (error) {
      if (!closing) report.lost(complaintFor(error));
      return isRabbitmqError(error) && PASSING.has(error.fault);
    }
  }

  async function goOn(hope: boolean): Promise<void> {
    for (let hopeful = hope; hopeful && !closing; hopeful = await attempt()) {
      if (watch) {
        const { complaint } = await watch.ended;
        if (closing) return;
        report.lost(complaint);
        await watch.close();
        watch = undefined;
      }
      await pause(RETRY_MS, stop.signal);
    }
  }

  const going = goOn(await attempt());
  return {
    current: () => watch,
    closing: () => closing,
    async close() {
      closing = true;
      await watch?.close();
      // Only now, since it also destroys the connection of a watch that is open.
      stop.abort();
      await going;
    },
  };
}

/** What is said of any error; one without a complaint is a bug of ours, and still must not end the run. */
export function complaintFor(error: unknown): Complaint {
  return (
    complaintOf(error) ?? {
      message: `the RabbitMQ tap failed: ${textOf(error)}`,
      hint: 'This was not foreseen; please report it with this message.',
    }
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
