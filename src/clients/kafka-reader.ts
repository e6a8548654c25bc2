/**
 * Reads a Kafka topic without a consumer group: nothing is registered, committed or left behind, however this process
 * ends. It keeps its own positions, so it goes on without loss or repetition when brokers die and come back.
 */
import type { KafkaConnection } from '../model/reach.ts';
import { type KafkaComplaint, kafkaComplaint } from './kafka-complaint.ts';
import { pastElection } from './kafka-election.ts';
import { pause } from './kafka-pause.ts';
import {
  follow,
  leadersOf,
  ledBy,
  moveOn,
  noPositions,
  type Positions,
  type ReadPosition,
  reached,
  startOver,
} from './kafka-positions.ts';
import { type FetchedPartition, type KafkaRecord, readRecords, type SkippedRecords } from './kafka-records.ts';
import { type KafkaSession, OFFSET_OUT_OF_RANGE, openSession } from './kafka-session.ts';

export interface TopicReaderOptions {
  connection: KafkaConnection;
  topic: string;
  /** `end`: what is written from now on. `start`: all, for a topic that is known to be new. */
  from: 'end' | 'start';
  /** Where an earlier reading of partitions left off; these are read on from there. */
  goOn?: ReadonlyMap<number, ReadPosition>;
  /** Ends the reading at once. */
  signal: AbortSignal;
  onRecord(record: KafkaRecord): void;
  /** Records that cannot be read; it goes on behind them. */
  onSkipped(skipped: SkippedRecords): void;
  /** The position was no longer there. */
  onStartedOver(event: StartedOver): void;
  /**
   * The brokers do not answer; it keeps trying from where it was, unless they refused. Told once until it succeeds.
   * @param since ms since the epoch of the last answer before
   */
  onLost(why: KafkaComplaint, since: number): void;
  /** It reads again. */
  onFound(): void;
}

/** Reading a partition stood at `before`, which is no longer there, and goes on at `start`. */
export interface StartedOver {
  partition: number;
  before: bigint;
  start: bigint;
  /** The log is not the one from before: the topic was created anew. */
  replaced: boolean;
  /** ms since the epoch of the last answer before. */
  since: number;
}

export interface TopicReader {
  /** By partition. */
  positions: ReadonlyMap<number, ReadPosition>;
  /** Resolves once all that was committed when it was called has been handed over, or after 2 s. */
  caughtUp(): Promise<void>;
  /**
   * The offset that a consumer group is to read next, by partition; none of a group that there is not, undefined while the
   * brokers do not answer.
   * @throws what groupComplaint can put into words
   */
  committed(group: string): Promise<Map<number, bigint> | undefined>;
}

/** How long a broker holds back an empty answer, ms. */
const POLL_MS = 250;
/** How often new partitions and leaders are looked for, ms. */
const METADATA_MS = 1000;
const RETRY_MS = 250;
const CAUGHT_UP_LIMIT_MS = 2000;

interface Reading extends TopicReaderOptions {
  /** None while the brokers do not answer. */
  session: KafkaSession | undefined;
  positions: Positions;
  /** ms since the epoch. */
  answeredAt: number;
  lost: boolean;
}

/**
 * Resolves when it is positioned at every partition and every leader has let it read there.
 * @throws what kafkaComplaint can put into words
 */
export async function readTopic(options: TopicReaderOptions): Promise<TopicReader> {
  const { connection, topic, signal } = options;
  const reading: Reading = {
    ...options,
    session: undefined,
    positions: noPositions(options.goOn),
    answeredAt: Date.now(),
    lost: false,
  };
  const session = await pastElection({ connection, topic, right: 'Read' }, signal, () => takeUp(reading));
  void keepReading(reading, session);
  return {
    positions: reading.positions.at,
    caughtUp: () => caughtUp(reading),
    committed: async (group) => reading.session?.committed(group),
  };
}

/** A session with every position taken up and one answer had from every leader: only a fetch shows the right to read. */
async function takeUp(reading: Reading): Promise<KafkaSession> {
  const { connection, topic, from, signal, positions } = reading;
  const session = await openSession(connection, topic, signal);
  try {
    await follow(positions, session, from);
    await Promise.all(leadersOf(positions).map((leader) => fetchOnce(reading, session, leader, 0)));
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/** After an error a new session is made: kafkajs does not recover from every one, and what it leaves behind adds up. */
async function keepReading(reading: Reading, first: KafkaSession): Promise<void> {
  const { connection, topic, signal } = reading;
  let session: KafkaSession | undefined = first;
  while (!signal.aborted) {
    try {
      session ??= await openSession(connection, topic, signal);
      reading.session = session;
      await readUntilBroken(reading, session);
    } catch (error) {
      session?.destroy();
      session = undefined;
      reading.session = undefined;
      if (signal.aborted) return;
      const why = kafkaComplaint(error, { connection, topic, right: 'Read' });
      if (!reading.lost) reading.onLost(why, reading.answeredAt);
      reading.lost = true;
      if (why.kind === 'refused') return;
      await pause(RETRY_MS, signal);
    }
  }
}

/** One poll at each leader at a time; new leaders and partitions are looked for meanwhile. */
async function readUntilBroken(reading: Reading, session: KafkaSession): Promise<never> {
  const { positions, signal } = reading;
  const polls = new Map<number, Promise<void>>();
  for (;;) {
    await follow(positions, session, 'start');
    for (const leader of leadersOf(positions)) {
      if (!polls.has(leader)) polls.set(leader, pollUntilBroken(reading, session, leader));
    }
    await Promise.race([...polls.values(), pause(METADATA_MS, signal)]);
  }
}

async function pollUntilBroken(reading: Reading, session: KafkaSession, leader: number): Promise<void> {
  while (reading.session === session && !reading.signal.aborted) {
    const any = await fetchOnce(reading, session, leader, POLL_MS);
    if (!any) await pause(METADATA_MS, reading.signal);
  }
}

/** False when the leader has no partition to read. */
async function fetchOnce(reading: Reading, session: KafkaSession, leader: number, waitMs: number): Promise<boolean> {
  const wanted = ledBy(reading.positions, leader);
  if (wanted.size === 0) return false;
  for (const fetched of await session.fetch(leader, wanted, waitMs)) {
    const from = wanted.get(fetched.partition);
    if (from === undefined) continue;
    if (fetched.errorCode === OFFSET_OUT_OF_RANGE) await takeFromStart(reading, session, fetched.partition, from);
    else await take(reading, fetched, from);
  }
  reading.answeredAt = Date.now();
  if (reading.lost) {
    reading.lost = false;
    reading.onFound();
  }
  return true;
}

async function take(reading: Reading, fetched: FetchedPartition, from: bigint): Promise<void> {
  const { records, skipped, next } = await readRecords(fetched, from);
  if (next === from || reading.signal.aborted) return;
  // Whoever waits for the position goes on in a later microtask, when the records have been handed over.
  if (!moveOn(reading.positions, fetched.partition, from, next)) return;
  for (const record of records) reading.onRecord(record);
  for (const each of skipped) reading.onSkipped(each);
}

/** The log was cut off before the position (retention), or it is a shorter one (the topic was created anew). */
async function takeFromStart(
  reading: Reading,
  session: KafkaSession,
  partition: number,
  before: bigint,
): Promise<void> {
  const leader = reading.positions.leaders.get(partition);
  if (leader === undefined) return;
  const start = (await session.offsets('start', new Map([[partition, leader]]))).get(partition);
  if (start === undefined || !startOver(reading.positions, partition, before, start)) return;
  reading.onStartedOver({ partition, before, start, replaced: start < before, since: reading.answeredAt });
}

async function caughtUp(reading: Reading): Promise<void> {
  const done = new AbortController();
  const signal = AbortSignal.any([reading.signal, done.signal]);
  try {
    await Promise.race([pastCommittedEnds(reading, signal), pause(CAUGHT_UP_LIMIT_MS, signal)]);
  } finally {
    done.abort();
  }
}

async function pastCommittedEnds(reading: Reading, signal: AbortSignal): Promise<void> {
  let ends = await committedEnds(reading);
  while (ends === undefined && !signal.aborted) {
    await pause(RETRY_MS, signal);
    ends = await committedEnds(reading);
  }
  if (ends !== undefined) await reached(reading.positions, ends, signal);
}

async function committedEnds({ session, positions }: Reading): Promise<Map<number, bigint> | undefined> {
  if (session === undefined) return undefined;
  try {
    await follow(positions, session, 'start');
    return await session.offsets('committed', positions.leaders);
  } catch {
    // The next poll meets the same trouble, and tells of it.
    return undefined;
  }
}
