/** The tap's own queue: exclusive, bounded, never acknowledged, and gone with the connection however that ends. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitmqChannel, RabbitmqLink, RabbitmqMessage } from '../../clients/rabbitmq.ts';
import { endedError, type RabbitmqError, rabbitmqError } from '../../clients/rabbitmq-error.ts';
import type { Binding } from './binding.ts';

export interface QueueHandlers {
  message(message: RabbitmqMessage): void;
  /** The broker threw a message away because the queue was full. */
  dropped(): void;
}

export interface PrivateQueue {
  /** Resolves with the reason once nothing comes in any more. */
  ended: Promise<RabbitmqError>;
  /** Whether everything that the broker took before the call is here or counted as dropped; false after 2 s. */
  caughtUp(): Promise<boolean>;
}

const FENCE_LIMIT_MS = 2_000;
const MAX_MESSAGES = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Declares, consumes and binds the queue. What it has no room for goes to a second one, to be counted there: it must not
 * go unnoticed, nor into the dead letters of a policy that is meant for everybody's queues.
 * @throws RabbitmqError
 */
export async function openPrivateQueue(
  link: RabbitmqLink,
  exchange: string,
  binding: Binding,
  handlers: QueueHandlers,
): Promise<PrivateQueue> {
  const { channel, closed } = await link.open();
  const cancelled = new Promise<RabbitmqError>((resolve) => {
    channel.once('cancel', () => resolve(queueDeleted(link)));
  });
  const gone = closed.then((reason) => endedError(reason, link.address));
  const ended = Promise.race([cancelled, gone, link.ended]);
  const queue = `tracegap.tap.${randomUUID()}`;
  const overflow = `${queue}.overflow`;
  const fences = fencesFor(channel, ended);

  await link.step(`declare queue "${queue}"`, async () => {
    await channel.assertQueue(queue, declaration(overflow));
    await channel.assertQueue(overflow, declaration(`${overflow}.none`));
  });
  await link.step(`read queue "${queue}"`, async () => {
    await channel.consume(
      overflow,
      (message) => {
        if (message && !fences.isFence(message)) handlers.dropped();
      },
      { noAck: true },
    );
    await channel.consume(
      queue,
      (message) => {
        if (message && !fences.isFence(message)) handlers.message(message);
      },
      { noAck: true },
    );
  });
  await link.step(`bind a queue to exchange "${exchange}"`, () =>
    channel.bindQueue(queue, exchange, binding.key, binding.arguments),
  );
  // What fell out of the first queue before its fence is in the second one by now.
  return { ended, caughtUp: async () => (await fences.pass(queue)) && (await fences.pass(overflow)) };
}

/** @param deadLetters the queue that gets what does not fit; if there is none of that name, it is gone */
function declaration(deadLetters: string): Parameters<RabbitmqChannel['assertQueue']>[1] {
  return {
    exclusive: true,
    autoDelete: true,
    durable: false,
    maxLength: MAX_MESSAGES,
    overflow: 'drop-head',
    deadLetterExchange: '',
    deadLetterRoutingKey: deadLetters,
    arguments: { 'x-queue-type': 'classic', 'x-max-length-bytes': MAX_BYTES },
  };
}

interface Fences {
  isFence(message: RabbitmqMessage): boolean;
  /** Whether a fence came through the queue, in time. */
  pass(queue: string): Promise<boolean>;
}

/**
 * Fences are empty messages straight into a private queue, through the default exchange. A queue keeps its order: when
 * one is here, so is all that was in the queue before it.
 */
function fencesFor(channel: RabbitmqChannel, ended: Promise<unknown>): Fences {
  const prefix = `tracegap.fence.${randomUUID()}`;
  const waiting = new Map<string, (arrived: true) => void>();
  let sent = 0;
  return {
    isFence({ properties }) {
      const id = String(properties.messageId);
      waiting.get(id)?.(true);
      return id.startsWith(prefix);
    },
    async pass(queue) {
      const messageId = `${prefix}.${++sent}`;
      const timer = new AbortController();
      const arrived = new Promise<boolean>((resolve) => {
        waiting.set(messageId, resolve);
      });
      try {
        channel.publish('', queue, Buffer.alloc(0), { messageId });
        const inVain = [ended, sleep(FENCE_LIMIT_MS, undefined, { signal: timer.signal })];
        return await Promise.race([arrived, ...inVain.map((each) => each.then(() => false))]);
      } catch {
        return false; // the channel closed just now; `ended` says why
      } finally {
        timer.abort();
        waiting.delete(messageId);
      }
    },
  };
}

function queueDeleted(link: RabbitmqLink): RabbitmqError {
  return rabbitmqError('closed', {
    message: `RabbitMQ at ${link.address} ended the tap: its queue was deleted`,
    hint: "Check the broker's log at that time: somebody deleted the queue, or a node of the cluster went down.",
  });
}
