/** The fixtures' Kafka with types, and a user's own client of it. */
import { type Admin, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { startKafka as start } from '../../fixtures/parts/kafka.mjs';

export interface Broker {
  brokers: string;
  sasl: { brokers: string; username: string; password: string; mechanism: 'plain' };
  port: number;
  saslPort: number;
  dataDir: string;
  pid: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
  createTopics(topics: { topic: string; partitions?: number }[]): Promise<void>;
}

interface Options {
  port?: number;
  saslPort?: number;
  /** `host:port` by which the SASL listener is made known. */
  saslName?: string;
  dataDir?: string;
}

/** A broker that comes back after `kill` is started with the same ports and data folder. */
export const startKafka: (options?: Options) => Promise<Broker> = start;

export interface User {
  admin: Admin;
  producer: Producer;
  kafka: Kafka;
  close(): Promise<void>;
}

/** A client such as the user's services have. */
export async function connectUser(broker: Broker): Promise<User> {
  const kafka = new Kafka({ clientId: 'user', brokers: [broker.brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  return {
    kafka,
    admin,
    producer,
    async close() {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}
