/** The fixtures' Kafka for a file of tests, taps on its topics, and what they have told so far. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { WireEvent } from '../../src/model/evidence.ts';
import type { Complaint } from '../../src/model/problem.ts';
import { type KafkaTapConfig, openKafkaTap } from '../../src/taps/kafka.ts';
import type { OpenTap } from '../../src/taps/tap.ts';
import { type Broker, connectUser, startKafka, type User } from '../clients/kafka-broker.ts';
import { type BrokerProxy, startProxy } from '../clients/kafka-proxy.ts';

export const RUN_ID = 'c0ffee00';

export interface Watched extends OpenTap {
  events: WireEvent[];
  problems: Complaint[];
  /** `partition:offset` of each event, in the order in which they came. */
  places(): string[];
}

/** A broker, a user of it, and what a test opened; all is closed again. */
export interface Kafka {
  broker: Broker;
  user: User;
  newTopic(partitions?: number, config?: Record<string, string>): Promise<string>;
  /** A name that no topic has had. */
  newName(): string;
  /** A tap on a topic, by way of the broker unless another connection is given. */
  tapOn(topic: string, connection?: KafkaTapConfig['connection'], groups?: string[]): Promise<Watched>;
  proxy(): Promise<BrokerProxy>;
  /** One more user, who knows nothing of the topics' past. */
  freshUser(): Promise<User>;
  /** Writes to partition 0. */
  send(topic: string, ...values: string[]): Promise<unknown>;
  /** Kills the broker; the function brings it back. */
  kill(): Promise<() => Promise<void>>;
}

/** To be called at the top of a file of tests, which then has one broker. */
export function useKafka(): Kafka {
  vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 });
  const open: { close(): Promise<void> }[] = [];
  let dataDir: string;
  let names = 0;

  const kafka = {
    newName: () => `topic-${++names}`,
    async newTopic(partitions = 1, config = {}) {
      const topic = kafka.newName();
      const { admin } = kafka.user;
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      // kafkajs's own wait for leaders gives up on a broker that is slow to have the topic.
      await admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic, numPartitions: partitions, configEntries }],
      });
      await vi.waitFor(async () => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        expect(topics[0]?.partitions.filter(({ leader }) => leader >= 0)).toHaveLength(partitions);
      }, 20_000);
      return topic;
    },
    tapOn: (topic, connection = { brokers: [kafka.broker.brokers] }, groups = []) =>
      opened(watch({ connection, topic, groups })),
    proxy: () => opened(startProxy(kafka.broker.port)),
    freshUser: () => opened(connectUser(kafka.broker)),
    send: (topic, ...values) =>
      kafka.user.producer.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) }),
    async kill() {
      const { port, saslPort } = kafka.broker;
      await kafka.broker.kill();
      return async () => {
        kafka.broker = await startKafka({ port, saslPort, dataDir });
      };
    },
  } as Kafka;

  async function opened<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> {
    const each = await opening;
    open.push(each);
    return each;
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tracegap-test-kafka-'));
    kafka.broker = await startKafka({ dataDir });
    kafka.user = await connectUser(kafka.broker);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  afterAll(async () => {
    await kafka.user.close();
    await kafka.broker.stop();
    await rm(dataDir, { recursive: true });
  });
  return kafka;
}

async function watch(config: KafkaTapConfig): Promise<Watched> {
  const events: WireEvent[] = [];
  const problems: Complaint[] = [];
  const sink = {
    event: (event: WireEvent): void => void events.push(event),
    problem: (problem: Complaint): void => void problems.push(problem),
  };
  const tap = await openKafkaTap(config, { node: 'orders', runId: RUN_ID, sink });
  const places = (): string[] => events.map(({ kafka }) => `${kafka?.partition}:${kafka?.offset}`);
  return { ...tap, events, problems, places };
}
