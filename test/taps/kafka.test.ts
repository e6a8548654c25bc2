import { expect, test, vi } from 'vitest';
import { RUN_ID, useKafka } from './kafka-watch.ts';

const PROBE = `${RUN_ID}-0000-4000-8000-000000000001`;

const kafka = useKafka();

test('shows the very record: context raw and in order, where the marker stood, never the rest', async () => {
  const topic = await kafka.newTopic(3);
  const tap = await kafka.tapOn(topic);
  const [stored] = await kafka.user.producer.send({
    topic,
    messages: [
      {
        key: 'customer 7',
        value: JSON.stringify({ orderId: PROBE, secret: 'body' }),
        partition: 2,
        timestamp: '1700000000123',
        headers: {
          TraceParent: ['00-aa-bb-01', '00-cc-dd-01'],
          authorization: 'secret',
          tracestate: Buffer.from('vendor=ü'),
          'X-Order': PROBE.toUpperCase(),
          baggage: `tracegap.probe=${PROBE}`,
          b3: '',
        },
      },
    ],
  });
  await tap.caughtUp();
  expect(tap.events).toEqual([
    {
      id: `orders:2:${stored?.baseOffset}`,
      node: 'orders',
      transport: 'kafka',
      at: '1700000000123000000',
      seenAt: expect.any(Number),
      target: topic,
      context: [
        { name: 'TraceParent', value: '00-aa-bb-01' },
        { name: 'TraceParent', value: '00-cc-dd-01' },
        { name: 'tracestate', value: 'vendor=ü' },
        { name: 'baggage', value: `tracegap.probe=${PROBE}` },
        { name: 'b3', value: '' },
      ],
      tie: [
        { probe: PROBE, where: 'header:x-order' },
        { probe: PROBE, where: 'baggage' },
        { probe: PROBE, where: 'body' },
      ],
      kafka: { topic, partition: 2, offset: '0' },
    },
  ]);
  expect(JSON.stringify(tap.events)).not.toContain('secret');
  expect(tap.problems).toEqual([]);
});

test('finds markers in a key and in the first 256 KiB of a value, each once', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  const far = `${'x'.repeat(256 * 1024)}${PROBE}`;
  await kafka.user.producer.send({
    topic,
    messages: [{ key: `a-${PROBE}`, value: `${PROBE} ${PROBE}` }, { value: far }],
  });
  await tap.caughtUp();
  expect(tap.events.map(({ tie }) => tie)).toEqual([
    [
      { probe: PROBE, where: 'key' },
      { probe: PROBE, where: 'body' },
    ],
    [],
  ]);
});

test('shows tombstones, empty keys and bare records as records without context', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  await kafka.user.producer.send({
    topic,
    messages: [{ key: '', value: null }, { value: '' }, { key: 'k', value: null }],
  });
  await tap.caughtUp();
  expect(tap.events.map(({ context, tie, kafka }) => [context, tie, kafka?.offset])).toEqual([
    [[], [], '0'],
    [[], [], '1'],
    [[], [], '2'],
  ]);
});

test('shows nothing from before it was open, and everything after', async () => {
  const topic = await kafka.newTopic();
  await kafka.send(topic, 'before', 'before');
  const tap = await kafka.tapOn(topic);
  await kafka.send(topic, 'after');
  await tap.caughtUp();
  expect(tap.places()).toEqual(['0:2']);
  expect(tap.sight()).toMatchObject({ part: 'tap', name: 'orders', gaps: [], dropped: 0 });
  expect(tap.sight().offsets).toEqual({ 0: { from: '2', until: '3' } });
  expect(tap.sight().blind).toBeUndefined();
});

test('loses none of 20,000 records, shows none twice, and each partition in order', async () => {
  const topic = await kafka.newTopic(2);
  const tap = await kafka.tapOn(topic);
  const messages = Array.from({ length: 1000 }, (_, at) => ({
    key: String(at),
    value: 'v'.repeat(200),
    headers: { traceparent: `00-${at}` },
  }));
  for (let round = 0; round < 20; round++) await kafka.user.producer.send({ topic, messages });
  await tap.caughtUp();
  const offsets = Object.values(tap.sight().offsets ?? {}).map(({ until }) => Number(until));
  expect(offsets.reduce((sum, each) => sum + each)).toBe(20_000);
  const shown = [0, 1].map((partition) => tap.events.filter(({ kafka }) => kafka?.partition === partition));
  expect(shown.map((events) => events.map(({ kafka }) => Number(kafka?.offset)))).toEqual(
    offsets.map((count) => Array.from({ length: count }, (_, at) => at)),
  );
});

test('leaves out aborted records, shows committed ones, and an open transaction does not hold up caughtUp', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  const producer = kafka.user.kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  try {
    const aborted = await producer.transaction();
    await aborted.send({ topic, messages: [{ value: 'aborted' }] });
    await aborted.abort();
    const committed = await producer.transaction();
    await committed.send({ topic, messages: [{ value: 'committed' }] });
    await committed.commit();
    await vi.waitFor(() => expect(tap.places()).toEqual(['0:2']), 10_000);
    const pending = await producer.transaction();
    await pending.send({ topic, messages: [{ value: 'pending' }] });
    await tap.caughtUp();
    expect(tap.places()).toEqual(['0:2']);
    await pending.commit();
    // A commit is acknowledged before its markers are in the log.
    await vi.waitFor(() => expect(tap.places()).toEqual(['0:2', '0:4']), 10_000);
  } finally {
    await producer.disconnect();
  }
});

test('leaves out what a transaction wrote before it was open, though it is committed after', async () => {
  const topic = await kafka.newTopic();
  const producer = kafka.user.kafka.producer({ transactionalId: 'tx-early', maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'before' }] });
    const tap = await kafka.tapOn(topic);
    await transaction.send({ topic, messages: [{ value: 'after' }] });
    await transaction.commit();
    await vi.waitFor(() => expect(tap.places()).toEqual(['0:1']), 10_000);
  } finally {
    await producer.disconnect();
  }
});

test('takes up partitions that are added while it watches, from their first record', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  await kafka.user.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const fresh = await kafka.freshUser();
  await fresh.producer.send({ topic, messages: [{ value: 'new', partition: 2 }] });
  await tap.caughtUp();
  expect(tap.places()).toEqual(['2:0']);
  expect(tap.sight().offsets).toEqual({
    0: { from: '0', until: '0' },
    1: { from: '0', until: '0' },
    2: { from: '0', until: '1' },
  });
});
