/**
 * How far a consumer group has read, as somebody may ask who is no member of it. By the internals of kafkajs 2.2.4 as in
 * `kafka-session.ts`: its public admin loses what a broker said of the group.
 */
import type { Complaint } from '../model/problem.ts';
import { type KafkaAttempt, kafkaComplaint } from './kafka-complaint.ts';
import { pause } from './kafka-pause.ts';

/** What of kafkajs's broker is used here. */
export interface GroupBroker {
  metadata(topics: string[]): Promise<unknown>;
  findGroupCoordinator(of: { groupId: string; coordinatorType: number }): Promise<{ coordinator: { nodeId: number } }>;
  offsetFetch(of: {
    groupId: string;
    topics: { topic: string; partitions: { partition: number }[] }[];
  }): Promise<{ responses: { partitions: { partition: number; offset: string }[] }[] }>;
}

export interface GroupQuestion {
  group: string;
  topic: string;
  partitions: number[];
  /** Any broker of the cluster, by node id. */
  ask: number;
}

/** Kafka keeps the offsets of all groups here, and makes it when the first group comes, or is asked for. */
const OFFSETS_TOPIC = '__consumer_offsets';
const GROUP = 0;
const TRIES = 5;
const RETRY_MS = 100;

/** A coordinator that is just taking over. */
const PASSING = new Set(['GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);

/**
 * The offset that the group is to read next, by partition, where it has committed one; none of a group that there is not.
 * @throws what {@link groupComplaint} can put into words
 */
export async function committedOffsets(
  brokerOf: (nodeId: number) => Promise<GroupBroker>,
  question: GroupQuestion,
  signal: AbortSignal,
): Promise<Map<number, bigint>> {
  const broker = await brokerOf(question.ask);
  if (!(await hasOffsets(broker))) return new Map();
  for (let tries = 1; ; tries++) {
    try {
      const { coordinator } = await broker.findGroupCoordinator({ groupId: question.group, coordinatorType: GROUP });
      return await fetchOffsets(await brokerOf(coordinator.nodeId), question);
    } catch (error) {
      if (!PASSING.has(typeOf(error)) || tries === TRIES || signal.aborted) throw error;
      await pause(RETRY_MS, signal);
    }
  }
}

/** Without the topic there is no group. Where it may not be seen, that is not known, and the group is asked for. */
async function hasOffsets(broker: GroupBroker): Promise<boolean> {
  try {
    await broker.metadata([OFFSETS_TOPIC]);
    return true;
  } catch (error) {
    if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
    if (typeOf(error) === '') throw error;
    return true;
  }
}

async function fetchOffsets(
  coordinator: GroupBroker,
  { group, topic, partitions }: GroupQuestion,
): Promise<Map<number, bigint>> {
  const { responses } = await coordinator.offsetFetch({
    groupId: group,
    topics: [{ topic, partitions: partitions.map((partition) => ({ partition })) }],
  });
  const offsets = responses.flatMap((response) => response.partitions);
  // -1: none was committed.
  return new Map(
    offsets.flatMap(({ partition, offset }): [number, bigint][] =>
      offset.startsWith('-') ? [] : [[partition, BigInt(offset)]],
    ),
  );
}

function typeOf(error: unknown): string {
  return error instanceof Error && 'type' in error ? String(error.type) : '';
}

/** Words for why a group's offsets could not be looked at. */
export function groupComplaint(error: unknown, group: string, attempt: KafkaAttempt): Complaint {
  if (typeOf(error) === 'GROUP_AUTHORIZATION_FAILED') {
    return {
      message: `${attempt.connection.brokers.join(', ')} does not allow this user to look at consumer group ${group}`,
      hint: `Grant Describe on group ${group}; how far it has read stays unknown without.`,
    };
  }
  const { message, hint } = kafkaComplaint(error, attempt);
  return { message: `the offsets of consumer group ${group} could not be looked at: ${message}`, hint };
}
