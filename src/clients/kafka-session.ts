/**
 * One connection to a Kafka cluster for reading without a consumer group, by the internals of kafkajs 2.2.4: its public
 * consumer would leave a group behind and have the broker create `__consumer_offsets`. Only this file and
 * `kafka-groups.ts` know the internals.
 */
import { createRequire } from 'node:module';
import { complaintError } from '../model/problem.ts';
import type { KafkaConnection } from '../model/reach.ts';
import { clientOptions, type KafkaOptions } from './kafka.ts';
import { committedOffsets, type GroupBroker } from './kafka-groups.ts';
import { type FetchedPartition, readFetchAnswer } from './kafka-records.ts';

/** Which offset of a partition is asked for. `committed` is the end of what a reader of committed records gets. */
export type OffsetOf = 'start' | 'end' | 'committed';

/** Methods reject with kafkajs's errors, for kafkaComplaint; after one, the session is to be destroyed. */
export interface KafkaSession {
  /** Each partition's leader, by node id, as the brokers have it now. */
  leaders(): Promise<Map<number, number>>;
  offsets(of: OffsetOf, leaders: ReadonlyMap<number, number>): Promise<Map<number, bigint>>;
  /**
   * What is at the positions, of partitions that `leader` leads; waits a while for records where there is nothing. Of a
   * broker's errors only `OFFSET_OUT_OF_RANGE` is handed over, any other rejects.
   * @param waitMs the longest that the broker holds back an empty answer; records end the wait
   */
  fetch(leader: number, positions: ReadonlyMap<number, bigint>, waitMs: number): Promise<FetchedPartition[]>;
  /**
   * The offset that a consumer group is to read next, by partition of the topic; none of a group that there is not. Its
   * errors are about the group alone.
   */
  committed(group: string): Promise<Map<number, bigint>>;
  /** Destroys the sockets at once; what is waited for rejects. */
  destroy(): void;
}

/** Kafka's code for an offset that a partition does not have. */
export const OFFSET_OUT_OF_RANGE = 1;

const ANSWER_BYTES = 8 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;

/** Kafka's own numbers. */
const TIMES = { start: -2, end: -1, committed: -1 } as const;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const FETCH = 1;
const LAST_FETCH_VERSION = 11;
const FIRST_FETCH_VERSION_WITH_HEADERS = 4;

/**
 * Connects, and asks for the topic. An abort of `signal` destroys it, also while it connects.
 * @throws kafkajs's errors, for kafkaComplaint; ComplaintError for a TLS file that cannot be read
 */
export async function openSession(
  connection: KafkaConnection,
  topic: string,
  signal: AbortSignal,
): Promise<KafkaSession> {
  const { options, destroy } = await clientOptions(connection, signal);
  const { Cluster, fetchRequest, createErrorFromCode } = internals();
  const cluster = new Cluster({
    ...options,
    logger: SILENT,
    enforceRequestTimeout: true,
    metadataMaxAge: 0,
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
  });
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
  } catch (error) {
    destroy();
    throw error;
  }
  return {
    destroy,
    async leaders() {
      await cluster.refreshMetadata();
      const partitions = cluster.findTopicPartitionMetadata(topic);
      return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]));
    },
    async offsets(of, leaders) {
      const isolationLevel = of === 'end' ? READ_UNCOMMITTED : READ_COMMITTED;
      const answers = await Promise.all(
        [...new Set(leaders.values())].map(async (nodeId) => {
          const led = [...leaders].filter(([, leader]) => leader === nodeId);
          const partitions = led.map(([partition]) => ({ partition, timestamp: TIMES[of] }));
          const broker = await cluster.findBroker({ nodeId: String(nodeId) });
          return broker.listOffsets({ isolationLevel, topics: [{ topic, partitions }] });
        }),
      );
      const found = answers.flatMap(({ responses }) => responses.flatMap(({ partitions }) => partitions));
      return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
    },
    async committed(group) {
      const known = cluster.findTopicPartitionMetadata(topic);
      const partitions = known.map(({ partitionId }) => partitionId);
      const question = { group, topic, partitions, ask: known.find(({ leader }) => leader >= 0)?.leader ?? -1 };
      return committedOffsets((nodeId) => cluster.findBroker({ nodeId: String(nodeId) }), question, signal);
    },
    async fetch(leader, positions, waitMs) {
      const broker = await cluster.findBroker({ nodeId: String(leader) });
      const version = fetchVersion(broker.versions);
      const partitions = [...positions].map(([partition, offset]) => {
        return { partition, fetchOffset: String(offset), maxBytes: PARTITION_BYTES };
      });
      const { request, requestTimeout } = fetchRequest({ version })({
        maxWaitTime: waitMs,
        minBytes: 1,
        maxBytes: ANSWER_BYTES,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic, partitions }],
      });
      return broker.connectionPool.send({
        request,
        requestTimeout,
        response: fetchResponse(version, createErrorFromCode),
      });
    },
  };
}

function fetchVersion(versions: Broker['versions']): number {
  const version = Math.min(versions[FETCH]?.maxVersion ?? 0, LAST_FETCH_VERSION);
  if (version >= FIRST_FETCH_VERSION_WITH_HEADERS) return version;
  throw complaintError({
    message: 'the Kafka broker is older than 0.11: its records have no headers that could carry context',
    hint: 'Take the node out of the chains, or set `tap: false` on it.',
  });
}

/** Stands in for kafkajs's own reader of the answer. */
function fetchResponse(version: number, createErrorFromCode: Internals['createErrorFromCode']): FetchResponse {
  return {
    async decode(bytes) {
      const { throttleMs, partitions } = readFetchAnswer(bytes, version);
      return { clientSideThrottleTime: throttleMs, partitions };
    },
    async parse({ partitions }) {
      const codes = partitions.map(({ errorCode }) => errorCode);
      const error = codes.find((code) => code !== 0 && code !== OFFSET_OUT_OF_RANGE);
      if (error !== undefined) throw createErrorFromCode(error);
      return partitions;
    },
  };
}

interface FetchResponse {
  decode(bytes: Buffer): Promise<{ clientSideThrottleTime: number; partitions: FetchedPartition[] }>;
  parse(decoded: { partitions: FetchedPartition[] }): Promise<FetchedPartition[]>;
}

interface Broker extends GroupBroker {
  /** By API key. */
  versions: Record<number, { maxVersion: number }>;
  connectionPool: {
    /** Sends fetches over a connection of their own, so that a poll delays nothing else. */
    send(call: FetchCall & { response: FetchResponse }): Promise<FetchedPartition[]>;
  };
  listOffsets(request: {
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
  }): Promise<{ responses: { partitions: { partition: number; offset: string }[] }[] }>;
}

interface FetchCall {
  request: object;
  requestTimeout: number;
}

interface Cluster {
  connect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(of: { nodeId: string }): Promise<Broker>;
}

interface Logger extends Record<'debug' | 'info' | 'warn' | 'error', () => void> {
  namespace(): Logger;
}

const quiet = (): void => undefined;
const SILENT: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, namespace: () => SILENT };

interface Internals {
  Cluster: new (
    options: KafkaOptions & {
      logger: Logger;
      enforceRequestTimeout: boolean;
      metadataMaxAge: number;
      allowAutoTopicCreation: boolean;
      isolationLevel: number;
    },
  ) => Cluster;
  fetchRequest: (of: {
    version: number;
  }) => (options: {
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }) => FetchCall;
  createErrorFromCode: (code: number) => Error;
}

/** kafkajs types only its public parts; what is used of the others is typed above, after its source. */
function internals(): Internals {
  const load = createRequire(import.meta.url);
  return {
    Cluster: load('kafkajs/src/cluster'),
    fetchRequest: load('kafkajs/src/protocol/requests/fetch').protocol,
    createErrorFromCode: load('kafkajs/src/protocol/error').createErrorFromCode,
  };
}
