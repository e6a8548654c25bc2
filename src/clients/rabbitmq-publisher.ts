/** Publishing with confirms. */
import type { RabbitmqConnection } from '../model/reach.ts';
import { connectRabbitmq, type OpenChannel, type RabbitmqConfirmChannel } from './rabbitmq.ts';
import { type RabbitmqError, rabbitmqError, textOf } from './rabbitmq-error.ts';
import type { MessageProperties } from './rabbitmq-properties.ts';

/** A message to publish. */
export interface OutgoingMessage {
  /** '' is the default exchange. */
  exchange: string;
  routingKey: string;
  /** Written as long strings (`S`), as instrumentations do. A name that is repeated becomes an array of its values. */
  headers: [name: string, value: string][];
  properties: MessageProperties;
  body: Buffer;
}

export interface RabbitmqPublisher {
  /**
   * Resolves once the broker has taken the message. It is not `mandatory`: one that no queue gets is taken too.
   * @param signal gives the wait up; what is thrown then is not for a person
   * @throws RabbitmqError; after `timed-out` and `closed` the broker may have the message nevertheless
   */
  publish(message: OutgoingMessage, signal: AbortSignal): Promise<void>;
  /** Resolves once nothing can be published with it any more: the broker closes the channel on which it refuses. */
  closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects and opens a channel with confirms.
 * @param life destroys the connection, at any stage
 * @throws RabbitmqError or ComplaintError
 */
export async function openPublisher(connection: RabbitmqConnection, life: AbortSignal): Promise<RabbitmqPublisher> {
  const link = await connectRabbitmq(connection, life);
  try {
    const open = await link.openConfirm();
    return {
      publish: (message, signal) => {
        const where = exchangeName(message.exchange);
        return link.step(`publish to ${where}`, async () => {
          if (!(await confirmed(open, message, signal))) throw nacked(link.address, where);
        });
      },
      closed: open.closed.then(() => link.close()),
      close: () => link.close(),
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** How an exchange is called in a message to a person. */
export function exchangeName(exchange: string): string {
  return exchange === '' ? 'the default exchange' : `exchange "${exchange}"`;
}

/** Whether the broker took the message (`basic.ack`) or not (`basic.nack`). */
function confirmed(
  { channel, closed }: OpenChannel<RabbitmqConfirmChannel>,
  { exchange, routingKey, headers, properties, body }: OutgoingMessage,
  signal: AbortSignal,
): Promise<boolean> {
  // A signal of its own: many sends may share the caller's, and Node warns of more than ten listeners.
  const wait = AbortSignal.any([signal]);
  return new Promise<boolean>((resolve, reject) => {
    wait.onabort = () => reject(signal.reason);
    void closed.then(reject);
    const options = { ...properties, headers: headerTable(headers) };
    channel.publish(exchange, routingKey, body, options, (error: unknown) => {
      // Where the channel was closed, only `closed` knows why.
      if (error === null || textOf(error) !== 'channel closed') resolve(error === null);
    });
  }).finally(() => {
    wait.onabort = null;
  });
}

function headerTable(headers: OutgoingMessage['headers']): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(values);
}

function nacked(address: string, where: string): RabbitmqError {
  return rabbitmqError('refused', {
    message: `RabbitMQ at ${address} did not take the message for ${where} (basic.nack)`,
    hint: 'A queue behind it may be full (`x-overflow: reject-publish`), or without a majority of its nodes.',
  });
}
