/** The RabbitMQ probe: publishes the declared message with its context and waits for the broker's confirm. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isRabbitmqError } from '../clients/rabbitmq-error.ts';
import { readProperties } from '../clients/rabbitmq-properties.ts';
import {
  exchangeName,
  type OutgoingMessage,
  openPublisher,
  type RabbitmqPublisher,
} from '../clients/rabbitmq-publisher.ts';
import { type Complaint, complaintOf } from '../model/problem.ts';
import type { RabbitmqConnection } from '../model/reach.ts';
import type { ProbeMessage, ProbeSender } from './probe.ts';

/** Where a probe publishes to; every text is expanded. */
export interface RabbitmqTarget {
  connection: RabbitmqConnection;
  /** '' is the default exchange, where the routing key is a queue's name. */
  exchange: string;
}

/** How long closing waits for a goodbye, or for a connection that is just being made. */
const GOODBYE_MS = 100;

/**
 * A probe towards an exchange, connected if the broker is up; if not, each send tries anew and says why it failed.
 * Messages are not `mandatory`: that would change what the user declared, so one that no queue gets counts as taken.
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openRabbitmqProbe({ connection, exchange }: RabbitmqTarget): Promise<ProbeSender> {
  const life = new AbortController();
  let opening: Promise<RabbitmqPublisher> | undefined;

  function publisher(): Promise<RabbitmqPublisher> {
    if (opening) return opening;
    const mine = openPublisher(connection, life.signal);
    const forget = (): void => {
      if (opening === mine) opening = undefined;
    };
    mine.then((open) => open.closed.then(forget), forget);
    opening = mine;
    return mine;
  }

  try {
    await publisher();
  } catch (error) {
    if (!isRabbitmqError(error)) throw error;
  }
  return {
    async send(message, signal) {
      try {
        signal.throwIfAborted();
        await (await publisher()).publish(outgoing(exchange, message), signal);
        return { status: 'acked' };
      } catch (error) {
        if (signal.aborted) return { error: givenUp(exchange) };
        const complaint = complaintOf(error);
        if (complaint === undefined) throw error;
        return { error: complaint };
      }
    },
    async close() {
      const goodbye = opening?.then(
        (open) => open.close(),
        () => undefined,
      );
      await Promise.race([goodbye, sleep(GOODBYE_MS)]);
      life.abort();
    },
  };
}

function outgoing(exchange: string, message: ProbeMessage): OutgoingMessage {
  const { routingKey, headers, body = Buffer.alloc(0) } = message;
  return { exchange, routingKey, headers, body, properties: readProperties(message.properties) };
}

function givenUp(exchange: string): Complaint {
  return { message: `publishing to ${exchangeName(exchange)} was given up`, hint: 'The run was interrupted.' };
}
