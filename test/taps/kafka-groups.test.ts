import { expect, test, vi } from 'vitest';
import type { KafkaAttempt } from '../../src/clients/kafka-complaint.ts';
import { committedOffsets, type GroupBroker, groupComplaint } from '../../src/clients/kafka-groups.ts';
import { useKafka } from './kafka-watch.ts';

const kafka = useKafka();

/** Joins the group as a member does, commits, and leaves. */
async function commit(groupId: string, topic: string, offsets: Record<number, string>): Promise<void> {
  const consumer = kafka.user.kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic });
    const reading = new Promise((resolve) => consumer.on(consumer.events.FETCH, resolve));
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
    // A commit before that is dropped without a word.
    await reading;
    await consumer.commitOffsets(
      Object.entries(offsets).map(([partition, offset]) => ({ topic, partition: Number(partition), offset })),
    );
  } finally {
    await consumer.disconnect();
  }
}

async function groupIds(): Promise<string[]> {
  return (await kafka.user.admin.listGroups()).groups.map(({ groupId }) => groupId).sort();
}

// The first test: the broker has had no group yet.
test('a look at a group that there is not shows nothing of it, and creates nothing', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic, undefined, ['nobody']);
  expect(tap.sight()).not.toHaveProperty('groups');
  await tap.caughtUp();
  expect(tap.sight().groups).toEqual({ nobody: {} });
  expect(await groupIds()).toEqual([]);
  expect(await kafka.user.admin.listTopics()).not.toContain('__consumer_offsets');
  expect(tap.problems).toEqual([]);
});

test('committed offsets are shown exactly, by group and partition, also those of the last moment', async () => {
  const topic = await kafka.newTopic(3);
  const other = await kafka.newTopic();
  const messages = Array.from({ length: 15 }, (_, at) => ({ value: 'v', partition: at % 3 }));
  await kafka.user.producer.send({ topic, messages });
  await kafka.user.producer.send({ topic: other, messages: [{ value: 'v' }] });
  await commit('billing', topic, { 0: '2', 2: '5' });
  await commit('mailer', other, { 0: '1' });
  const before = await groupIds();
  const tap = await kafka.tapOn(topic, undefined, ['billing', 'mailer', 'nobody']);
  await tap.caughtUp();
  expect(tap.sight().groups).toEqual({ billing: { 0: '2', 2: '5' }, mailer: {}, nobody: {} });
  await commit('billing', topic, { 0: '3', 1: '0' });
  await tap.caughtUp();
  expect(tap.sight().groups?.billing).toEqual({ 0: '3', 1: '0', 2: '5' });
  await commit('billing', topic, { 1: '1' });
  await tap.close();
  expect(tap.sight().groups?.billing).toEqual({ 0: '3', 1: '1', 2: '5' });
  expect(before).toEqual(['billing', 'mailer']);
  expect(await groupIds()).toEqual(before);
  expect(tap.problems).toEqual([]);
});

test('a tap without groups asks for none', async () => {
  const tap = await kafka.tapOn(await kafka.newTopic());
  await tap.caughtUp();
  expect(tap.sight()).not.toHaveProperty('groups');
});

test('while the brokers do not answer nothing is shown, and what was seen before is not held on to', async () => {
  const topic = await kafka.newTopic();
  await kafka.send(topic, 'a', 'b', 'c');
  await commit('stock', topic, { 0: '2' });
  const proxy = await kafka.proxy();
  const tap = await kafka.tapOn(topic, { brokers: [proxy.address] }, ['stock']);
  await tap.caughtUp();
  expect(tap.sight().groups).toEqual({ stock: { 0: '2' } });
  proxy.cut();
  await vi.waitFor(() => expect(tap.problems).toHaveLength(1), 10_000);
  await tap.caughtUp();
  expect(tap.sight()).not.toHaveProperty('groups');
  proxy.mend();
  await vi.waitFor(async () => {
    await tap.caughtUp();
    expect(tap.sight().groups).toEqual({ stock: { 0: '2' } });
  }, 15_000);
});

const attempt: KafkaAttempt = { connection: { brokers: ['mq:9092'] }, topic: 'orders', right: 'Read' };
const question = { group: 'billing', topic: 'orders', partitions: [0], ask: 1 };
const failing = (type: string): Error => Object.assign(new Error(type), { type });

/** A broker that answers to the look as told; only its refusals are of interest. */
function broker(answers: Partial<GroupBroker>): () => Promise<GroupBroker> {
  return async () => ({
    metadata: async () => undefined,
    findGroupCoordinator: async () => ({ coordinator: { nodeId: 1 } }),
    offsetFetch: async () => ({ responses: [{ partitions: [{ partition: 0, offset: '5' }] }] }),
    ...answers,
  });
}

test('a refusal is put into words that name the group and the right', async () => {
  const refuse = async (): Promise<never> => {
    throw failing('GROUP_AUTHORIZATION_FAILED');
  };
  const { signal } = new AbortController();
  const error: unknown = await committedOffsets(broker({ findGroupCoordinator: refuse }), question, signal).catch(
    (thrown: unknown) => thrown,
  );
  expect(groupComplaint(error, 'billing', attempt)).toEqual({
    message: 'mq:9092 does not allow this user to look at consumer group billing',
    hint: expect.stringContaining('Grant Describe on group billing'),
  });
  expect(groupComplaint(failing('REQUEST_TIMED_OUT'), 'billing', attempt).message).toMatch(
    /^the offsets of consumer group billing could not be looked at: mq:9092 did not answer/,
  );
});

test('a coordinator that is just taking over is asked again; where the offsets may not be seen, the group is asked for', async () => {
  let asked = 0;
  const taking = async (): Promise<{ coordinator: { nodeId: number } }> => {
    if (++asked < 3) throw failing('GROUP_LOAD_IN_PROGRESS');
    return { coordinator: { nodeId: 1 } };
  };
  const hidden = async (): Promise<never> => {
    throw failing('TOPIC_AUTHORIZATION_FAILED');
  };
  const { signal } = new AbortController();
  const busy = broker({ findGroupCoordinator: taking, metadata: hidden });
  expect(await committedOffsets(busy, question, signal)).toEqual(new Map([[0, 5n]]));
  expect(asked).toBe(3);
});
