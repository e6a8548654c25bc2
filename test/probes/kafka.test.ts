import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { readTopic } from '../../src/clients/kafka-reader.ts';
import type { KafkaRecord } from '../../src/clients/kafka-records.ts';
import { type KafkaTarget, openKafkaProbe } from '../../src/probes/kafka.ts';
import type { ProbeMessage, ProbeOutcome, ProbeSender } from '../../src/probes/probe.ts';
import { type Broker, startKafka } from '../clients/kafka-broker.ts';
import { startProxy } from '../clients/kafka-proxy.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 });

const TOPIC = 'orders';

let broker: Broker;
let dataDir: string;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tracegap-test-kafka-'));
  broker = await startKafka({ dataDir });
  await broker.createTopics([{ topic: TOPIC }, { topic: 'wide', partitions: 3 }]);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

afterAll(async () => {
  await broker.stop();
  await rm(dataDir, { recursive: true });
});

async function probeFor(change: Partial<KafkaTarget> = {}): Promise<ProbeSender> {
  const probe = await openKafkaProbe({ connection: { brokers: [broker.brokers] }, topic: TOPIC, ...change });
  open.push(probe);
  return probe;
}

const message = (change: Partial<ProbeMessage> = {}): ProbeMessage => {
  return { method: '', path: '', headers: [], routingKey: '', properties: {}, ...change };
};

const send = (probe: ProbeSender, change: Partial<ProbeMessage> = {}, signal = new AbortController().signal) =>
  probe.send(message(change), signal);

/** What a topic holds. */
async function recordsOf(topic: string): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  const end = new AbortController();
  const ignore = (): undefined => undefined;
  const reader = await readTopic({
    connection: { brokers: [broker.brokers] },
    topic,
    from: 'start',
    signal: end.signal,
    onRecord: (record) => void records.push(record),
    onSkipped: ignore,
    onStartedOver: ignore,
    onLost: ignore,
    onFound: ignore,
  });
  await reader.caughtUp();
  end.abort();
  return records;
}

async function recordAt({ partition, offset }: ProbeOutcome, topic = TOPIC): Promise<KafkaRecord | undefined> {
  return (await recordsOf(topic)).find((each) => each.partition === partition && String(each.offset) === offset);
}

test('writes headers as UTF-8 in the order given, duplicates too, with key and body, and tells where it stands', async () => {
  const outcome = await send(await probeFor(), {
    key: 'kü',
    body: Buffer.from([0, 255, 1]),
    headers: [
      ['traceparent', '00-a'],
      ['X-Name', 'Müller'],
      ['traceparent', '00-b'],
      ['baggage', ''],
      ['__proto__', 'p'],
      ['traceparent', '00-c'],
    ],
  });
  expect(outcome).toEqual({ status: 'acked', partition: 0, offset: expect.stringMatching(/^\d+$/) });
  expect(await recordAt(outcome)).toMatchObject({
    key: Buffer.from('kü'),
    value: Buffer.from([0, 255, 1]),
    headers: [
      ['traceparent', Buffer.from('00-a')],
      ['traceparent', Buffer.from('00-b')],
      ['traceparent', Buffer.from('00-c')],
      ['X-Name', Buffer.from('Müller')],
      ['baggage', Buffer.alloc(0)],
      ['__proto__', Buffer.from('p')],
    ],
  });
});

test.each<[string, Partial<ProbeMessage>, Pick<KafkaRecord, 'key' | 'value'>]>([
  ['no key and no body', {}, { key: null, value: null }],
  ['an empty key and body', { key: '', body: Buffer.alloc(0) }, { key: Buffer.alloc(0), value: Buffer.alloc(0) }],
])('writes %s as such', async (_what, change, record) => {
  const outcome = await send(await probeFor(), change);
  expect(await recordAt(outcome)).toMatchObject({ ...record, headers: [] });
});

test('many at once, each to the partition of its key, each with its own offset', async () => {
  const probe = await probeFor({ topic: 'wide' });
  const keys = Array.from({ length: 60 }, (_, at) => `key-${at % 6}`);
  const outcomes = await Promise.all(keys.map((key, at) => send(probe, { key, body: Buffer.from(String(at)) })));
  const records = await recordsOf('wide');
  const found = outcomes.map(({ partition, offset }) =>
    records.find((each) => each.partition === partition && String(each.offset) === offset),
  );
  expect(found.map((record) => `${record?.key} ${record?.value}`)).toEqual(keys.map((key, at) => `${key} ${at}`));
  expect(new Set(outcomes.map(({ partition }, at) => `${partition} ${keys[at]}`)).size).toBe(6);
});

test.each(['plain', 'scram-sha-256'] as const)('writes over SASL %s; a wrong password is said', async (mechanism) => {
  const { brokers, username, password } = broker.sasl;
  const target = (secret: string) => ({
    connection: { brokers: [brokers], sasl: { mechanism, username, password: secret } },
  });
  expect(await send(await probeFor(target(password)))).toMatchObject({ status: 'acked' });
  expect(await send(await probeFor(target('hunter2')))).toEqual({
    error: { message: `${brokers} refused the SASL ${mechanism} login`, hint: expect.stringContaining('password') },
  });
});

test('a topic that does not exist is said, and not created', async () => {
  const probe = await probeFor({ topic: 'nowhere' });
  const missing = { error: { message: `topic nowhere does not exist on ${broker.brokers}`, hint: expect.any(String) } };
  expect([await send(probe), await send(probe)]).toEqual([missing, missing]);
});

test('a record that the broker refuses is said, and the next one goes through', async () => {
  const probe = await probeFor();
  expect(await send(probe, { body: Buffer.alloc(2_000_000) })).toEqual({
    error: { message: expect.stringContaining('MESSAGE_TOO_LARGE'), hint: expect.stringContaining('sizes') },
  });
  expect(await send(probe)).toMatchObject({ status: 'acked' });
});

test('an interrupted send says that the record may be there; one that was never begun is not sent', async () => {
  const topic = 'wide';
  const before = (await recordsOf(topic)).length;
  const probe = await probeFor({ topic });
  const interrupted = {
    error: { message: expect.stringContaining('given up'), hint: expect.stringContaining('stored') },
  };
  expect(await send(probe, {}, AbortSignal.abort())).toEqual(interrupted);
  const soon = new AbortController();
  process.kill(broker.pid, 'SIGSTOP');
  const pending = send(probe, {}, soon.signal);
  soon.abort();
  expect(await pending).toEqual(interrupted);
  const closed = send(probe);
  await probe.close();
  expect(await closed).toEqual(interrupted);
  process.kill(broker.pid, 'SIGCONT');
  expect((await recordsOf(topic)).length).toBeLessThanOrEqual(before + 2);
});

test('a way that is cut is said; once mended, the next send goes through', async () => {
  const proxy = await startProxy(broker.port);
  open.push(proxy);
  const probe = await probeFor({ connection: { brokers: [proxy.address] } });
  expect(await send(probe)).toMatchObject({ status: 'acked' });
  proxy.cut();
  const closed = { message: `${proxy.address} closed the connection`, hint: expect.stringContaining('broker runs') };
  expect(await send(probe)).toEqual({ error: closed });
  proxy.mend();
  expect(await send(probe)).toMatchObject({ status: 'acked' });
});

test('a TLS file that cannot be read is thrown at once', async () => {
  const connection = { brokers: [broker.brokers], tls: { caFile: '/no/such/ca.pem' } };
  await expect(openKafkaProbe({ connection, topic: TOPIC })).rejects.toThrow('/no/such/ca.pem');
});

test('a broker that is down is the outcome of a send; once it is up, sends go through, also of a probe opened before', async () => {
  const { port, saslPort, brokers } = broker;
  const early = await probeFor();
  await broker.kill();
  const late = await probeFor();
  const down = {
    error: { message: expect.stringContaining(`${brokers} (connection refused)`), hint: expect.any(String) },
  };
  expect(await send(late)).toEqual(down);
  expect(await send(early)).toMatchObject({ error: { message: expect.stringContaining(brokers) } });
  broker = await startKafka({ port, saslPort, dataDir });
  expect(await send(late)).toMatchObject({ status: 'acked' });
  expect(await send(early)).toMatchObject({ status: 'acked' });
});
