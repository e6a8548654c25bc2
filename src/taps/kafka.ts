/** Watches a Kafka topic: every record that is written to it from now on, as it stands in the log. */
import { type KafkaComplaint, kafkaComplaint } from '../clients/kafka-complaint.ts';
import { groupComplaint } from '../clients/kafka-groups.ts';
import { pause } from '../clients/kafka-pause.ts';
import type { ReadPosition } from '../clients/kafka-positions.ts';
import { readTopic, type StartedOver, type TopicReader } from '../clients/kafka-reader.ts';
import type { SkippedRecords } from '../clients/kafka-records.ts';
import type { Sight } from '../model/evidence.ts';
import type { Complaint } from '../model/problem.ts';
import type { KafkaConnection } from '../model/reach.ts';
import { recordEvent } from './kafka-event.ts';
import { type GroupWatch, watchGroups } from './kafka-groups.ts';
import type { OpenTap, TapContext } from './tap.ts';

/** What to watch; the templates in it are expanded. */
export interface KafkaTapConfig {
  connection: KafkaConnection;
  topic: string;
  /** Consumer groups whose offsets are looked at, never joined. */
  groups?: string[];
}

/** How often a topic that could not be read yet is tried again, ms. */
const RETRY_MS = 1000;

/** How long a look at the groups is waited for, and the last one while closing, ms. */
const LOOK_MS = 2000;
const LAST_LOOK_MS = 1000;

interface Watch extends KafkaTapConfig, TapContext {
  closing: AbortController;
  reader: TopicReader | undefined;
  openedAt: number;
  closedAt: number | undefined;
  /** Why it cannot see now, and since when. */
  dark: { since: number; why: Complaint } | undefined;
  gaps: Sight['gaps'];
  dropped: number;
  /** Records that could not be read, by reason. */
  unreadable: Map<string, { from: number; until: number; count: number; first: string }>;
  /** By partition, how often it was created anew. */
  generations: Map<number, number>;
  /** Messages of the problems that were told. */
  told: Set<string>;
}

/**
 * Resolves when it stands at the end of every partition: nothing that is sent later is missed. Where the topic cannot be
 * read it resolves nevertheless, blind, and the problem is told. Unless it was refused it is tried again every second;
 * once that succeeds, it sees from then on and the time before is a gap. A topic that did not exist is read from its start.
 */
export async function openKafkaTap(config: KafkaTapConfig, context: TapContext): Promise<OpenTap> {
  const watch: Watch = {
    ...config,
    ...context,
    closing: new AbortController(),
    reader: undefined,
    openedAt: Date.now(),
    closedAt: undefined,
    dark: undefined,
    gaps: [],
    dropped: 0,
    unreadable: new Map(),
    generations: new Map(),
    told: new Set(),
  };
  const why = await tryToRead(watch, 'end');
  if (why !== undefined) void keepTrying(watch, why);
  const consumers = consumersOf(watch);
  return {
    sight: () => ({ ...sightOf(watch), ...consumers.seen() }),
    async caughtUp() {
      await Promise.all([watch.reader?.caughtUp(), consumers.look(LOOK_MS)]);
    },
    async close() {
      if (watch.closing.signal.aborted) return;
      await consumers.look(LAST_LOOK_MS);
      watch.closedAt ??= Date.now();
      watch.closing.abort();
    },
  };
}

function consumersOf(watch: Watch): GroupWatch {
  const { connection, topic, closing, groups = [] } = watch;
  return watchGroups(
    groups,
    async (group) => watch.reader?.committed(group),
    (error, group) => {
      if (!closing.signal.aborted) tell(watch, groupComplaint(error, group, { connection, topic, right: 'Read' }));
    },
  );
}

async function keepTrying(watch: Watch, first: KafkaComplaint): Promise<void> {
  let isNew = false;
  for (let why: KafkaComplaint | undefined = first; why !== undefined; ) {
    if (why.kind === 'refused') return;
    isNew ||= why.kind === 'no-topic';
    await pause(RETRY_MS, watch.closing.signal);
    if (watch.closing.signal.aborted) return;
    why = await tryToRead(watch, isNew ? 'start' : 'end');
  }
}

/** What was in the way, told as a problem, or nothing. */
async function tryToRead(watch: Watch, from: 'end' | 'start'): Promise<KafkaComplaint | undefined> {
  const { connection, topic, closing } = watch;
  try {
    watch.reader = await readTopic({
      connection,
      topic,
      from,
      goOn: new Map(Object.entries(watch.before?.offsets ?? {}).map(positionOf)),
      signal: closing.signal,
      onRecord(record) {
        const generation = watch.generations.get(record.partition) ?? 0;
        watch.sink.event(recordEvent(record, { ...watch, generation }, Date.now()));
      },
      onSkipped: (skipped) => noteUnreadable(watch, skipped),
      onStartedOver: (event) => noteStartedOver(watch, event),
      onLost(why, since) {
        watch.dark = { since, why };
        tell(watch, why);
      },
      onFound: () => endDark(watch, 'reading went on at the same offset'),
    });
    endDark(
      watch,
      from === 'start' ? 'it was read from its first record when it came to be' : 'it was read from then on',
    );
    return undefined;
  } catch (error) {
    const why = kafkaComplaint(error, { connection, topic, right: 'Read' });
    if (closing.signal.aborted) return why;
    watch.dark = { since: watch.openedAt, why };
    tell(watch, why);
    return why;
  }
}

function positionOf([partition, { from, until }]: [string, { from: string; until: string }]): [number, ReadPosition] {
  return [Number(partition), { first: BigInt(from), next: BigInt(until) }];
}

function tell(watch: Watch, { message, hint }: Complaint): void {
  if (watch.told.has(message)) return;
  watch.told.add(message);
  watch.sink.problem({ message, hint });
}

function endDark(watch: Watch, then: string): void {
  if (watch.dark === undefined) return;
  const { since, why } = watch.dark;
  watch.gaps.push({ from: since, until: Date.now(), reason: `${why.message}; ${then}` });
  watch.dark = undefined;
}

function noteUnreadable(watch: Watch, { partition, first, count, reason }: SkippedRecords): void {
  const now = Date.now();
  const before = watch.unreadable.get(reason) ?? { from: now, count: 0, first: `${partition}:${first}` };
  watch.unreadable.set(reason, { ...before, until: now, count: before.count + count });
  watch.dropped += count;
  tell(watch, {
    message: `records on topic ${watch.topic} cannot be read: ${reason}`,
    hint: 'What they carry stays unknown. Check with a consumer whether the records can be read at all; if so, have the producers write without compression while auditing.',
  });
}

function noteStartedOver(watch: Watch, { partition, before, start, replaced, since }: StartedOver): void {
  const reason = replaced
    ? `partition ${partition} of topic ${watch.topic} was created anew; it was read from offset ${start} on`
    : `offsets ${before} to ${start - 1n} of partition ${partition} were deleted before they could be read`;
  if (replaced) watch.generations.set(partition, (watch.generations.get(partition) ?? 0) + 1);
  else watch.dropped += Number(start - before);
  watch.gaps.push({ from: since, until: Date.now(), reason });
}

function sightOf(watch: Watch): Sight {
  const { node, openedAt, dark, reader, dropped } = watch;
  const until = watch.closedAt ?? Date.now();
  const sight: Sight = { part: 'tap', name: node, from: openedAt, until, gaps: [...watch.gaps], dropped };
  for (const [reason, { from, until, count, first }] of watch.unreadable) {
    sight.gaps.push({ from, until, reason: `${count} records from ${first} on could not be read: ${reason}` });
  }
  if (reader === undefined) {
    sight.blind = dark?.why.message ?? 'it was closed before it could be opened';
    return sight;
  }
  if (dark !== undefined) sight.gaps.push({ from: dark.since, until, reason: dark.why.message });
  const positions = [...reader.positions].sort(([one], [other]) => one - other);
  sight.offsets = Object.fromEntries(
    positions.map(([partition, { first, next }]) => [partition, { from: String(first), until: String(next) }]),
  );
  return sight;
}
