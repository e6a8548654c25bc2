/** Sends probes as Kafka records, each written once and acknowledged by all in-sync replicas. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openWriter, type WriteRecord } from '../clients/kafka.ts';
import { kafkaComplaint } from '../clients/kafka-complaint.ts';
import { pastElection } from '../clients/kafka-election.ts';
import { complaintOf } from '../model/problem.ts';
import type { KafkaConnection } from '../model/reach.ts';
import type { ProbeMessage, ProbeOutcome, ProbeSender } from './probe.ts';

/** Where a Kafka probe is sent; the templates in it are expanded. */
export interface KafkaTarget {
  connection: KafkaConnection;
  topic: string;
}

/** The longest that a send may take, with a connection that has to be made first, ms. */
const SEND_LIMIT_MS = 10_000;

/**
 * A sender for one topic. Brokers that cannot be reached are the outcome of each `send`, which tries them again.
 * @throws ComplaintError that names a TLS file which cannot be read
 */
export async function openKafkaProbe({ connection, topic }: KafkaTarget): Promise<ProbeSender> {
  const attempt = { connection, topic, right: 'Write' } as const;
  const closing = new AbortController();
  let opening: Promise<WriteRecord> | undefined;

  /** Once it is connected, kafkajs finds its way back to brokers that were gone; a first connection it does not retry. */
  function writer(): Promise<WriteRecord> {
    if (opening) return opening;
    const mine = openWriter(connection, closing.signal);
    mine.catch(() => {
      if (opening === mine) opening = undefined;
    });
    opening = mine;
    return mine;
  }

  async function deliver({ key, body, headers }: ProbeMessage): Promise<ProbeOutcome> {
    const record = { topic, key: key ?? null, value: body ?? null, headers };
    try {
      const write = await writer();
      return { status: 'acked', ...(await pastElection(attempt, closing.signal, () => write(record))) };
    } catch (error) {
      const { message, hint } = kafkaComplaint(error, attempt);
      return { error: { message, hint } };
    }
  }

  await writer().catch((error: unknown) => {
    if (complaintOf(error)) throw error;
  });
  return {
    async send(message, signal) {
      const done = new AbortController();
      const ended = AbortSignal.any([signal, closing.signal, done.signal]);
      if (ended.aborted) return INTERRUPTED;
      try {
        return await Promise.race([deliver(message), givenUp(connection, topic, ended)]);
      } finally {
        done.abort();
      }
    },
    async close() {
      closing.abort();
    },
  };
}

const INTERRUPTED: ProbeOutcome = {
  error: { message: 'the record was given up', hint: 'The run was interrupted; the record may have been stored.' },
};

/** What to say once the time limit is over, or at the signal. */
async function givenUp({ brokers }: KafkaConnection, topic: string, signal: AbortSignal): Promise<ProbeOutcome> {
  try {
    await sleep(SEND_LIMIT_MS, undefined, { signal });
  } catch {
    return INTERRUPTED;
  }
  return {
    error: {
      message: `${brokers.join(', ')} did not acknowledge the record on topic ${topic} within ${SEND_LIMIT_MS / 1000} s`,
      hint: 'Check the broker and its in-sync replicas; the record may have been stored nevertheless.',
    },
  };
}
