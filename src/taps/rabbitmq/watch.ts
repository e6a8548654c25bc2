/** One connection's worth of watching an exchange. */
import { connectRabbitmq, type RabbitmqLink } from '../../clients/rabbitmq.ts';
import { isRabbitmqError, type RabbitmqError, rabbitmqError } from '../../clients/rabbitmq-error.ts';
import { inspectExchange } from '../../clients/rabbitmq-exchange.ts';
import { complaintError } from '../../model/problem.ts';
import type { RabbitmqConnection } from '../../model/reach.ts';
import { defaultExchange, neutralBinding } from './binding.ts';
import { openPrivateQueue, type PrivateQueue, type QueueHandlers } from './queue.ts';

/** What is watched; every text is expanded. */
export interface WatchedExchange {
  connection: RabbitmqConnection;
  exchange: string;
  /** The key that the node's queue is bound with; may be a topic pattern. */
  binding?: string;
}

/** Messages and consumers of a queue, as the broker counts them. */
export interface QueueCounts {
  messages: number;
  consumers: number;
}

export interface Watch extends PrivateQueue {
  /** @throws RabbitmqError */
  count(queue: string): Promise<QueueCounts>;
  close(): Promise<void>;
}

/**
 * Connects, makes sure that a further queue changes nothing, and binds one.
 * @param signal destroys the connection, at any stage
 * @throws RabbitmqError, or ComplaintError where a tap would not be neutral
 */
export async function startWatch(
  watched: WatchedExchange,
  handlers: QueueHandlers,
  signal: AbortSignal,
): Promise<Watch> {
  const { connection, exchange, binding } = watched;
  if (exchange === '') throw complaintError(defaultExchange());
  const link = await connectRabbitmq(connection, signal);
  try {
    const neutral = neutralBinding(exchange, await inspectExchange(link, exchange), binding);
    if ('message' in neutral) throw complaintError(neutral);
    const queue = await openPrivateQueue(link, exchange, neutral, handlers);
    return { ...queue, count: (name) => countQueue(link, name), close: () => link.close() };
  } catch (error) {
    await link.close();
    throw isRabbitmqError(error) && error.fault === 'no-rights' ? withRights(error, link, exchange) : error;
  }
}

async function countQueue(link: RabbitmqLink, name: string): Promise<QueueCounts> {
  const { messageCount, consumerCount } = await link.aside(`look at queue "${name}"`, (channel) =>
    channel.checkQueue(name),
  );
  return { messages: messageCount, consumers: consumerCount };
}

/** The same refusal, with all the rights that a tap needs. */
function withRights(error: RabbitmqError, { vhost }: RabbitmqLink, exchange: string): RabbitmqError {
  const own = 'tracegap\\.tap\\.';
  const watched = `${exchange.replace(/[.*+?^$(){}|[\]\\]/g, '\\$&')}$`;
  const rights = [`^(${own}|${watched})`, `^(${own}|amq\\.default$)`, `^(${own}|${watched})`];
  return rabbitmqError('no-rights', {
    message: error.complaint.message,
    hint: `A tap needs: rabbitmqctl set_permissions -p '${vhost}' <user> ${rights.map((each) => `'${each}'`).join(' ')}. Without them set \`tap: false\`.`,
  });
}
