import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openWriter } from '../../src/clients/kafka.ts';
import { type KafkaComplaint, kafkaComplaint } from '../../src/clients/kafka-complaint.ts';
import { readTopic } from '../../src/clients/kafka-reader.ts';
import type { KafkaConnection } from '../../src/model/reach.ts';
import { type Broker, startKafka } from './kafka-broker.ts';
import { type BrokerProxy, startProxy } from './kafka-proxy.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 });

const TOPIC = 'orders';

let broker: Broker;
let folder: string;
let tlsProxy: BrokerProxy;
let misled: BrokerProxy;
let mute: Server;
const ends: AbortController[] = [];

beforeAll(async () => {
  broker = await startKafka();
  await broker.createTopics([{ topic: TOPIC, partitions: 2 }]);
  folder = await mkdtemp(join(tmpdir(), 'tracegap-test-tls-'));
  makeCertificates();
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((file) => readFile(join(folder, file))));
  tlsProxy = await startProxy(broker.port, { tls: { key, cert } });
  misled = await startProxy(broker.port, { advertise: 1 });
  mute = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
});

afterAll(async () => {
  for (const end of ends) end.abort();
  mute.close();
  await Promise.all([tlsProxy.close(), misled.close(), broker.stop()]);
  await rm(folder, { recursive: true });
});

/** A CA, and a certificate of its for `localhost` and 127.0.0.1. */
function makeCertificates(): void {
  const openssl = (line: string): unknown => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca');
  openssl(
    'req -newkey rsa:2048 -nodes -keyout key.pem -out broker.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1',
  );
  openssl('x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -out cert.pem -days 2 -copy_extensions copy');
}

const ignore = (): undefined => undefined;
const events = { onRecord: ignore, onSkipped: ignore, onStartedOver: ignore, onLost: ignore, onFound: ignore };

/** Writes a record and reads the topic. Resolves to what went wrong with either, which must be the same. */
async function tryBoth(connection: KafkaConnection, topic = TOPIC): Promise<KafkaComplaint | 'works'> {
  const end = new AbortController();
  ends.push(end);
  const { signal } = end;
  const write = async (): Promise<'works'> => {
    const write = await openWriter(connection, signal);
    await write({ topic, key: null, value: Buffer.from('v'), headers: [] });
    return 'works';
  };
  const read = async (): Promise<'works'> => {
    await readTopic({ connection, topic, from: 'end', signal, ...events });
    return 'works';
  };
  const complain = (error: unknown): KafkaComplaint => kafkaComplaint(error, { connection, topic, right: 'Read' });
  const [written, seen] = await Promise.all([write().catch(complain), read().catch(complain)]);
  expect(written).toEqual(seen);
  return seen;
}

const port = (server: Server): number => (server.address() as AddressInfo).port;
const ca = (): string => join(folder, 'ca.pem');
const login = (change: Partial<NonNullable<KafkaConnection['sasl']>> = {}): KafkaConnection => {
  const { brokers, username, password, mechanism } = broker.sasl;
  return { brokers: [brokers], sasl: { mechanism, username, password, ...change } };
};

test.each<[string, () => KafkaConnection]>([
  ['plain text', () => ({ brokers: [broker.brokers] })],
  ['a first broker that is down', () => ({ brokers: ['127.0.0.1:1', broker.brokers] })],
  ['SASL PLAIN', () => login()],
  ['SASL SCRAM-SHA-256', () => login({ mechanism: 'scram-sha-256' })],
  ['TLS with the CA', () => ({ brokers: [tlsProxy.address], tls: { caFile: ca() } })],
  ['TLS with a server name', () => ({ brokers: [tlsProxy.address], tls: { caFile: ca(), serverName: 'localhost' } })],
  [
    'TLS with a name that leads elsewhere',
    () => ({
      brokers: ['localhost:9'],
      tls: { caFile: ca() },
      reach: { resolve: { 'localhost:9': tlsProxy.address }, allowHosts: ['localhost', '127.0.0.1'] },
    }),
  ],
  ['TLS without verification', () => ({ brokers: [tlsProxy.address], tls: { insecureSkipVerify: true } })],
])('writes and reads over %s', async (_what, connection) => {
  expect(await tryBoth(connection())).toBe('works');
});

test.each<[string, () => KafkaConnection, Pick<KafkaComplaint, 'kind' | 'message'>, RegExp]>([
  [
    'nobody listens',
    () => ({ brokers: ['127.0.0.1:1', '127.0.0.1:2'] }),
    { kind: 'down', message: 'no Kafka broker can be reached at 127.0.0.1:1, 127.0.0.1:2 (connection refused)' },
    /`brokers`/,
  ],
  [
    'a name that does not resolve',
    () => ({ brokers: ['kafka.invalid:9092'] }),
    { kind: 'down', message: 'no Kafka broker can be reached at kafka.invalid:9092 (the name does not resolve)' },
    /`brokers`/,
  ],
  [
    'an advertised address that cannot be reached',
    () => ({ brokers: [misled.address] }),
    { kind: 'down', message: 'MISLED names 127.0.0.1:1 as a broker, which cannot be reached (connection refused)' },
    /advertised\.listeners/,
  ],
  [
    'a broker that only the cluster names and that is not allowed',
    () => ({
      brokers: ['localhost:9'],
      reach: { resolve: { 'localhost:9': broker.brokers }, allowHosts: ['localhost'] },
    }),
    { kind: 'refused', message: 'localhost:9 names BROKER, whose host is not among `allowHosts`' },
    /allowHosts/,
  ],
  [
    'a name that leads to a broker with the certificate of another',
    () => ({
      brokers: ['kafka.example:9'],
      tls: { caFile: ca() },
      reach: { resolve: { 'kafka.example:9': tlsProxy.address } },
    }),
    { kind: 'refused', message: 'TLS with kafka.example:9 failed: ERR_TLS_CERT_ALTNAME_INVALID' },
    /tls\.serverName/,
  ],
  [
    'a port where nothing ever answers',
    () => ({ brokers: [`127.0.0.1:${port(mute)}`] }),
    { kind: 'down', message: 'MUTE did not answer within 5 s' },
    /Kafka broker listens on that port/,
  ],
  [
    'a wrong password',
    () => login({ password: 'hunter2' }),
    { kind: 'refused', message: 'SASL refused the SASL plain login' },
    /sasl\.username and sasl\.password/,
  ],
  [
    'a wrong user',
    () => login({ mechanism: 'scram-sha-256', username: 'mallory' }),
    { kind: 'refused', message: 'SASL refused the SASL scram-sha-256 login' },
    /sasl\.username and sasl\.password/,
  ],
  [
    'a mechanism that the listener lacks',
    () => login({ mechanism: 'scram-sha-512' }),
    { kind: 'refused', message: 'SASL does not offer SASL scram-sha-512' },
    /sasl\.mechanism/,
  ],
  [
    'no login where one is wanted',
    () => ({ brokers: [broker.sasl.brokers] }),
    { kind: 'down', message: 'SASL closed the connection' },
    /`tls` or `sasl`/,
  ],
  [
    'plain text to a TLS listener',
    () => ({ brokers: [tlsProxy.address] }),
    { kind: 'down', message: 'TLS closed the connection' },
    /`tls` or `sasl`/,
  ],
  [
    'TLS to a plain listener',
    () => ({ brokers: [broker.brokers], tls: {} }),
    { kind: 'down', message: 'TLS with PLAIN failed: the broker broke it off' },
    /leave tls out/,
  ],
  [
    'a CA that is not known here',
    () => ({ brokers: [tlsProxy.address], tls: {} }),
    { kind: 'refused', message: 'TLS with TLS failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    /tls\.caFile/,
  ],
  [
    'a certificate for another name',
    () => ({ brokers: [tlsProxy.address], tls: { caFile: ca(), serverName: 'kafka.example' } }),
    { kind: 'refused', message: 'TLS with TLS failed: ERR_TLS_CERT_ALTNAME_INVALID' },
    /tls\.serverName/,
  ],
])('says what to check: %s', async (_what, connection, { kind, message }, hint) => {
  const places: Record<string, string> = {
    MISLED: misled.address,
    BROKER: broker.brokers,
    MUTE: `127.0.0.1:${port(mute)}`,
    PLAIN: broker.brokers,
    '^SASL': broker.sasl.brokers,
    '^TLS(?! with)|(?<=with )TLS': tlsProxy.address,
  };
  const expected = Object.entries(places).reduce((text, [place, at]) => text.replace(new RegExp(place), at), message);
  const complaint = await tryBoth(connection());
  expect(complaint).toEqual({ kind, message: expected, hint: expect.stringMatching(hint) });
  expect(JSON.stringify(complaint)).not.toMatch(/hunter2|mallory|tracegap-secret/);
});

test.each([
  ['nowhere', { kind: 'no-topic', message: 'topic nowhere does not exist on BROKERS' }],
  ['no name!', { kind: 'refused', message: 'BROKERS says that no name! cannot be the name of a topic' }],
])('says what to check: topic %s', async (topic, { kind, message }) => {
  expect(await tryBoth({ brokers: [broker.brokers] }, topic)).toEqual({
    kind,
    message: message.replace('BROKERS', broker.brokers),
    hint: expect.stringContaining('`topic`'),
  });
});

test('a TLS file that is not there is named', async () => {
  const complaint = await tryBoth({ brokers: [tlsProxy.address], tls: { caFile: '/no/such/ca.pem' } });
  expect(complaint).toMatchObject({ kind: 'refused', message: expect.stringContaining('/no/such/ca.pem') });
});
