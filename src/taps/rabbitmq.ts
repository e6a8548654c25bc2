/** The RabbitMQ tap: the very messages that senders published, from a private queue beside those of the consumers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Complaint } from '../model/problem.ts';
import { wireEventOf } from './rabbitmq/event.ts';
import { complaintFor, keepWatch } from './rabbitmq/keep.ts';
import type { QueueHandlers } from './rabbitmq/queue.ts';
import { openLedger } from './rabbitmq/sight.ts';
import { startWatch, type WatchedExchange } from './rabbitmq/watch.ts';
import type { OpenTap, TapContext } from './tap.ts';

/** What a tap watches; every text is expanded. */
export interface RabbitmqTapConfig extends WatchedExchange {
  /** The queue of the node's consumers, to be looked at. */
  queue?: string;
}

/** How long a look at the declared queue is waited for, and the last one while closing; it may end later. */
const LOOK_MS = 2_000;
const LAST_LOOK_MS = 80;

/**
 * Binds a private queue to the exchange, as the node's own is bound, if that changes nothing for anybody; else the sight
 * is `blind` with the reason. A broker that is down is tried again each second.
 *
 * What no AMQP client can see, and is therefore not checked: an alternate exchange that a policy sets does not get what
 * only the tap's queue took, and a `mandatory` publish that only the tap's queue took is not returned to its sender.
 */
export async function openRabbitmqTap(config: RabbitmqTapConfig, context: TapContext): Promise<OpenTap> {
  const { node, runId, sink } = context;
  const ledger = openLedger(node, Date.now);
  const complain = oncePerMessage((complaint) => sink.problem(complaint));
  let seen = 0;
  const handlers: QueueHandlers = {
    message(message) {
      ledger.heard();
      sink.event(wireEventOf(message, { id: `${node}:${++seen}`, node, runId, now: Date.now() }));
    },
    dropped: () => ledger.dropped(),
  };
  const keeper = await keepWatch((signal) => startWatch(config, handlers, signal), {
    opened: () => ledger.opened(),
    lost(complaint) {
      ledger.lost(complaint.message);
      complain(complaint);
    },
  });

  async function lookAtQueue(): Promise<void> {
    const watch = keeper.current();
    if (watch === undefined || config.queue === undefined) return;
    try {
      ledger.counted({ name: config.queue, ...(await watch.count(config.queue)) });
    } catch (error) {
      if (keeper.closing()) return;
      ledger.uncounted();
      complain(complaintFor(error));
    }
  }

  async function catchUp(): Promise<void> {
    const watch = keeper.current();
    if (watch === undefined) return;
    if (await watch.caughtUp()) ledger.heard();
    else ledger.late('the broker did not hand over what it had within 2 s');
  }

  return {
    sight: () => ledger.sight(),
    async caughtUp() {
      await Promise.all([catchUp(), within(LOOK_MS, lookAtQueue())]);
    },
    async close() {
      await within(LAST_LOOK_MS, lookAtQueue());
      ledger.closed();
      await keeper.close();
    },
  };
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, sleep(limitMs, undefined, { signal: timer.signal })]);
  timer.abort();
}

/** A broker that stays down is complained about once, not once a second. */
function oncePerMessage(say: (complaint: Complaint) => void): (complaint: Complaint) => void {
  const said = new Set<string>();
  return (complaint) => {
    if (said.has(complaint.message)) return;
    said.add(complaint.message);
    say(complaint);
  };
}
