import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { useKafka } from './kafka-watch.ts';

const kafka = useKafka();

test('a topic that is created anew is read from its start, under ids of its own, and there is a gap', async () => {
  const topic = await kafka.newTopic();
  await kafka.send(topic, 'old', 'old');
  const tap = await kafka.tapOn(topic);
  await kafka.send(topic, 'old');
  await tap.caughtUp();
  await kafka.user.admin.deleteTopics({ topics: [topic] });
  // A topic is gone a while after its deletion was acknowledged.
  await vi.waitFor(() => kafka.broker.createTopics([{ topic }]), 10_000);
  const fresh = await kafka.freshUser();
  await fresh.producer.send({ topic, messages: [{ value: 'new' }] });
  await vi.waitFor(() => expect(tap.events).toHaveLength(2), 10_000);
  expect(tap.events.map(({ id }) => id)).toEqual(['orders:0:2', 'orders:0:0:1']);
  expect(tap.sight().gaps.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('created anew'));
  expect(tap.sight().offsets).toEqual({ 0: { from: '0', until: '1' } });
});

test('records that were deleted while it could not look are counted as dropped', async () => {
  const topic = await kafka.newTopic();
  const proxy = await kafka.proxy();
  const tap = await kafka.tapOn(topic, { brokers: [proxy.address] });
  proxy.cut();
  await vi.waitFor(() => expect(tap.sight().gaps).toHaveLength(1));
  await kafka.send(topic, 'a', 'b', 'c', 'd');
  // kafkajs's admin deletes only on topics whose leaders it knows.
  await kafka.user.admin.fetchTopicOffsets(topic);
  await kafka.user.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
  proxy.mend();
  await vi.waitFor(() => expect(tap.places()).toEqual(['0:3']), 10_000);
  expect(tap.sight()).toMatchObject({ dropped: 3, offsets: { 0: { from: '3', until: '4' } } });
  expect(tap.sight().gaps.map(({ reason }) => reason)).toContainEqual(
    'offsets 0 to 2 of partition 0 were deleted before they could be read',
  );
});

test('a cut connection is a gap with its reason; nothing is lost or shown twice', async () => {
  const topic = await kafka.newTopic();
  const proxy = await kafka.proxy();
  const tap = await kafka.tapOn(topic, { brokers: [proxy.address] });
  await kafka.send(topic, 'a');
  await tap.caughtUp();
  proxy.cut();
  await vi.waitFor(() => expect(tap.sight().gaps).toHaveLength(1));
  const [gap] = tap.sight().gaps;
  expect(gap).toMatchObject({ reason: expect.stringContaining(proxy.address) });
  await kafka.send(topic, 'b', 'c');
  proxy.mend();
  await tap.caughtUp();
  expect(tap.places()).toEqual(['0:0', '0:1', '0:2']);
  expect(tap.sight().gaps).toMatchObject([{ reason: expect.stringMatching(/; reading went on at the same offset$/) }]);
  expect(tap.problems).toHaveLength(1);
});

test('a topic that does not exist makes it blind; once it is there, its first record is shown', async () => {
  const topic = kafka.newName();
  const tap = await kafka.tapOn(topic);
  expect(tap.sight().blind).toBe(`topic ${topic} does not exist on ${kafka.broker.brokers}`);
  expect(tap.problems).toMatchObject([
    { message: expect.stringContaining(topic), hint: expect.stringContaining('topic') },
  ]);
  await tap.caughtUp();
  await kafka.broker.createTopics([{ topic }]);
  await kafka.send(topic, 'first');
  await vi.waitFor(() => expect(tap.places()).toEqual(['0:0']), 10_000);
  expect(tap.sight().blind).toBeUndefined();
  expect(tap.sight().gaps).toMatchObject([
    { from: tap.sight().from, reason: expect.stringContaining('does not exist') },
  ]);
  expect(tap.problems).toHaveLength(1);
});

test.each(['plain', 'scram-sha-256'] as const)(
  'watches over SASL %s; a wrong password makes it blind',
  async (mechanism) => {
    const topic = await kafka.newTopic();
    const { brokers, username, password } = kafka.broker.sasl;
    const login = (secret: string) => ({ brokers: [brokers], sasl: { mechanism, username, password: secret } });
    const tap = await kafka.tapOn(topic, login(password));
    const blind = await kafka.tapOn(topic, login('hunter2'));
    await kafka.send(topic, 'a');
    await Promise.all([tap.caughtUp(), blind.caughtUp()]);
    expect(tap.places()).toEqual(['0:0']);
    expect(blind.events).toEqual([]);
    expect(blind.sight().blind).toContain(`${brokers} refused the SASL ${mechanism} login`);
    expect(blind.problems).toHaveLength(1);
    expect(JSON.stringify([blind.problems, blind.sight()])).not.toContain('hunter2');
  },
);

/** A process of its own that taps, and what it says. */
function tapProcess(topic: string, then: 'tap' | 'close') {
  const script = fileURLToPath(new URL('kafka-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, kafka.broker.brokers, topic, then], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return { child, exit: once(child, 'exit'), said: () => said };
}

test('a process that is killed while it taps leaves no group and no __consumer_offsets behind', async () => {
  const topic = await kafka.newTopic();
  const { child, exit, said } = tapProcess(topic, 'tap');
  await vi.waitFor(() => expect(said()).toContain('open'), 20_000);
  await kafka.send(topic, 'a');
  await vi.waitFor(() => expect(said()).toContain('tapped:0:0'), 10_000);
  child.kill('SIGKILL');
  await exit;
  expect((await kafka.user.admin.listGroups()).groups).toEqual([]);
  expect(await kafka.user.admin.listTopics()).not.toContain('__consumer_offsets');
});

test('once closed it keeps no process alive', async () => {
  const { exit, said } = tapProcess(await kafka.newTopic(), 'close');
  expect(await exit).toEqual([0, null]);
  expect(said()).toBe('open\n');
});

test('once closed it shows nothing more, and its sight ends', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  await tap.close();
  const { until } = tap.sight();
  await kafka.send(topic, 'late');
  await tap.caughtUp();
  expect(tap.events).toEqual([]);
  expect(tap.sight()).toMatchObject({ until, gaps: [] });
});

test('a broker that is killed and comes back: an open tap goes on, one opened meanwhile sees from then on', async () => {
  const topic = await kafka.newTopic();
  const early = await kafka.tapOn(topic);
  await kafka.send(topic, 'a');
  await early.caughtUp();
  const { brokers } = kafka.broker;
  const bringBack = await kafka.kill();
  await vi.waitFor(() => expect(early.sight().gaps).toHaveLength(1), 10_000);

  const late = await kafka.tapOn(topic);
  const unreachable = `no Kafka broker can be reached at ${brokers} (connection refused)`;
  expect(late.sight().blind).toBe(unreachable);
  expect(late.problems).toMatchObject([{ message: unreachable, hint: expect.stringContaining('running') }]);
  await Promise.all([early.caughtUp(), late.caughtUp()]);

  await bringBack();
  await vi.waitFor(() => expect(late.sight().blind).toBeUndefined(), 20_000);
  const fresh = await kafka.freshUser();
  await fresh.producer.send({ topic, messages: [{ value: 'b' }] });
  await vi.waitFor(() => expect(early.places()).toEqual(['0:0', '0:1']), 10_000);
  await vi.waitFor(() => expect(late.places()).toEqual(['0:1']), 10_000);
  expect(early.sight().gaps).toMatchObject([{ reason: expect.stringMatching(/went on at the same offset$/) }]);
  expect(late.sight().gaps).toMatchObject([
    { from: late.sight().from, reason: `${unreachable}; it was read from then on` },
  ]);
  expect(late.problems).toHaveLength(1);
});
