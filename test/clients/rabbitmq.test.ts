import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRabbitmq } from '../../src/clients/rabbitmq.ts';
import { isRabbitmqError } from '../../src/clients/rabbitmq-error.ts';
import { inspectExchange } from '../../src/clients/rabbitmq-exchange.ts';
import { complaintOf } from '../../src/model/problem.ts';
import type { RabbitmqConnection } from '../../src/model/reach.ts';
import { type Broker, connectUser, startRabbitmq, type User, urlOf } from './rabbitmq-broker.ts';

const PASSWORD = 'hunter2';

let broker: Broker;
let user: User;
let tlsPort: number;
let certificates: string;
let mute: Server;
let web: Server;

beforeAll(async () => {
  certificates = makeCertificates();
  broker = await startRabbitmq();
  user = await connectUser(broker);
  mute = await listen(() => undefined);
  web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  tlsPort = await listenWithTls();
}, 120_000);

afterAll(async () => {
  mute?.close();
  web?.close();
  await user?.close();
  await broker?.stop();
  rmSync(certificates, { recursive: true, force: true });
});

async function listen(answer: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function portOf(server: Server): string {
  return String((server.address() as AddressInfo).port);
}

/** A CA of our own, and a certificate of it for localhost and 127.0.0.1 that serves broker and client. */
function makeCertificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracegap-amqps-'));
  const openssl = (line: string): unknown => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' });
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca');
  openssl(
    'req -newkey rsa:2048 -nodes -keyout key.pem -out broker.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost',
  );
  openssl('x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -out cert.pem -days 2 -copy_extensions copy');
  return folder;
}

/** Opens a TLS listener on the running broker, with the call that its own start makes. */
async function listenWithTls(): Promise<number> {
  const spare = await listen(() => undefined);
  const port = portOf(spare);
  await new Promise((resolve) => spare.close(resolve));
  const file = (name: string): string => `"${join(certificates, name)}"`;
  const options = `[{cacertfile,${file('ca.pem')}},{certfile,${file('cert.pem')}},{keyfile,${file('key.pem')}}]`;
  await broker.ctl(
    'eval',
    `application:ensure_all_started(ssl), rabbit_networking:start_ssl_listener({"127.0.0.1", ${port}}, ${options}, 2).`,
  );
  return Number(port);
}

async function failure(connection: RabbitmqConnection): Promise<{ fault?: string; message?: string; hint?: string }> {
  try {
    await (await connectRabbitmq(connection)).close();
    return {};
  } catch (error) {
    return { ...(isRabbitmqError(error) && { fault: error.fault }), ...complaintOf(error) };
  }
}

test('a connection is named, beats, and is gone from the broker after close', async () => {
  const link = await connectRabbitmq({ url: broker.url });
  expect(link).toMatchObject({ address: `127.0.0.1:${broker.port}`, vhost: '/' });
  const listed = await broker.ctl('list_connections', '-q', 'client_properties', 'timeout');
  const ours = listed.split('\n').filter((line) => line.includes('"tracegap"'));
  expect(ours).toHaveLength(1);
  expect(ours[0]).toMatch(/\t10$/);

  await link.close();
  expect((await link.ended).fault).toBe('closed');
  expect(await broker.ctl('list_connections', '-q', 'client_properties')).not.toContain('"tracegap"');
}, 60_000);

test.each([
  ['a wrong password', () => urlOf(broker, { password: PASSWORD }), 'login', /refused the login/],
  ['an unknown user', () => urlOf(broker, { username: 'nobody', password: PASSWORD }), 'login', /refused the login/],
  ['a missing virtual host', () => urlOf(broker, { pathname: '/no%2Fsuch' }), 'vhost', /virtual host "no\/such"/],
  ['a closed port', () => `amqp://u:${PASSWORD}@127.0.0.1:1`, 'unreachable', /127\.0\.0\.1:1: .*connection refused/],
  ['an unknown host', () => `amqp://u:${PASSWORD}@no-such-host.invalid`, 'unreachable', /no-such-host\.invalid:5672/],
  ['a server that says nothing', () => `amqp://u:${PASSWORD}@127.0.0.1:${portOf(mute)}`, 'timed-out', /within 3 s/],
  ['a web server', () => `amqp://u:${PASSWORD}@127.0.0.1:${portOf(web)}`, 'protocol', /broke off the AMQP 0-9-1/],
  ['the TLS port without TLS', () => urlOf(broker, { port: String(tlsPort) }), 'protocol', /broke off the AMQP 0-9-1/],
])('%s is said in words that show no credentials', async (_what, url, fault, message) => {
  const said = await failure({ url: url() });
  expect(said.fault).toBe(fault);
  expect(said.message).toMatch(message);
  expect(said.hint).toMatch(/^Check /);
  expect(JSON.stringify(said)).not.toMatch(/hunter2|nobody|u:|guest:/);
});

test.each([
  ['a given CA', () => ({ caFile: join(certificates, 'ca.pem') }), undefined, undefined],
  ['no verification', () => ({ insecureSkipVerify: true }), undefined, undefined],
  ['an unknown CA', () => ({}), 'tls', /caFile/],
  ['another server name', () => ({ caFile: join(certificates, 'ca.pem'), serverName: 'mq.x' }), 'tls', /serverName/],
])('AMQPS with %s', async (_what, tls, fault, hint) => {
  const said = await failure({ url: `amqps://guest:guest@localhost:${tlsPort}`, tls: tls() });
  expect(said.fault).toBe(fault);
  if (hint) expect(said.hint).toMatch(hint);
});

test.each([
  ['localhost', undefined],
  ['mq.acme.test', 'tls'],
])('AMQPS to %s by an address that stands for it is checked against the name', async (name, fault) => {
  const reach = { resolve: { [`${name}:5671`]: `127.0.0.1:${tlsPort}` } };
  const tls = { caFile: join(certificates, 'ca.pem') };
  expect((await failure({ url: `amqps://guest:guest@${name}`, tls, reach })).fault).toBe(fault);
});

test('`tls` makes an amqp:// URL speak TLS, and a plain port is told', async () => {
  const tls = { caFile: join(certificates, 'ca.pem') };
  expect(await failure({ url: `amqp://guest:guest@localhost:${tlsPort}`, tls })).toEqual({});
  const said = await failure({ url: `amqps://guest:guest@localhost:${broker.port}` });
  expect(said).toMatchObject({ fault: 'tls', hint: expect.stringContaining('TLS port (5671)') });
  expect(await failure({ url: broker.url, tls: { caFile: '/no/such/ca.pem' } })).toMatchObject({
    message: expect.stringContaining('/no/such/ca.pem'),
  });
});

test('a run that ends takes the socket with it, connected or not', async () => {
  const life = new AbortController();
  const link = await connectRabbitmq({ url: broker.url }, life.signal);
  const connecting = connectRabbitmq({ url: `amqp://127.0.0.1:${portOf(mute)}` }, life.signal);
  life.abort();
  await expect(connecting).rejects.toMatchObject({ fault: 'closed' });
  expect((await link.ended).fault).toBe('closed');
});

test.each([
  ['topic', {}],
  ['fanout', { durable: false }],
  ['direct', { autoDelete: true }],
  ['headers', { internal: true }],
  ['topic', { alternateExchange: 'amq.fanout' }],
  ['fanout', { durable: false, autoDelete: true, internal: true, alternateExchange: "it's odd" }],
])('how a %s exchange with %o was declared is found out', async (type, options) => {
  const name = `inspected ${JSON.stringify(options)}`;
  await user.channel.assertExchange(name, type, options);
  const link = await connectRabbitmq({ url: broker.url });
  const facts = await inspectExchange(link, name);
  await link.close();
  await user.channel.deleteExchange(name);
  expect(facts).toEqual({ type, durable: true, autoDelete: false, internal: false, ...options });
});

test('looking at an exchange that is not there does not make it', async () => {
  const link = await connectRabbitmq({ url: broker.url });
  for (const again of ['first', 'second']) {
    await expect(inspectExchange(link, 'nowhere'), again).rejects.toMatchObject({ fault: 'not-found' });
  }
  // Without the look-up before it, the question itself creates nothing either.
  const asked = link.aside('ask', (channel) =>
    channel.assertExchange('nowhere', 'topic', { arguments: { 'alternate-exchange': 0 } }),
  );
  await expect(asked).rejects.toMatchObject({ fault: 'refused' });
  await expect(link.aside('look', (channel) => channel.checkExchange('nowhere'))).rejects.toMatchObject({
    fault: 'not-found',
    complaint: { message: expect.stringContaining("no exchange 'nowhere' in vhost '/'") },
  });
  await link.close();
});
