/** Connections of good clients and of bad ones, and what is caught up with. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { closeAll, everything, headOf, keepAlive, ONE_SPAN, openRig } from './receiver-rig.ts';

afterEach(closeAll);

const BODY = ONE_SPAN.protobuf;

test('several requests on one connection, one after the other and all at once', async () => {
  const { send, connect, spans } = await openRig();
  const agent = keepAlive();
  const ports = [];
  for (let count = 0; count < 5; count++) ports.push((await send({ agent })).localPort);
  expect(new Set(ports).size).toBe(1);
  expect(spans).toHaveLength(5);

  const socket = await connect();
  const one = Buffer.concat([Buffer.from(headOf(BODY.length)), BODY]);
  socket.end(Buffer.concat([one, one, one]));
  expect((await everything(socket)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  expect(spans).toHaveLength(8);
});

test('a client that waits for 100 Continue gets it; catching up waits for what was begun', async () => {
  const { receiver, spans } = await openRig();
  const headers = { 'content-type': 'application/x-protobuf', expect: '100-continue', 'content-length': BODY.length };
  const outgoing = request(`http://${receiver.address}/v1/traces`, { method: 'POST', headers, agent: false });
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  const caughtUp = receiver.caughtUp().then(() => spans.length);
  outgoing.write(BODY.subarray(0, 10));
  setTimeout(() => outgoing.end(BODY.subarray(10)), 50);
  expect(await caughtUp).toBe(1);
});

/** Sends a span on each of many connections, and is gone. */
const MANY_SENDERS = `
  const [host, port, count, bytes] = process.argv.slice(1);
  for (let left = Number(count); left > 0; left--) {
    const socket = require('node:net').connect({ host, port: Number(port) }, () => socket.end(Buffer.from(bytes, 'hex'), () => socket.unref()));
  }`;

test('caught up: all that stood in the kernel by then has been handed over', async () => {
  const { receiver, spans } = await openRig();
  const [host = '', port = ''] = receiver.address.split(':');
  const bytes = Buffer.concat([Buffer.from(headOf(BODY.length)), BODY]).toString('hex');
  // Nothing of it can be read before the child is gone: this process stands still meanwhile.
  const child = spawnSync(process.execPath, ['-e', MANY_SENDERS, host, port, '60', bytes], { encoding: 'utf8' });
  expect(child).toMatchObject({ status: 0, stderr: '' });
  expect(spans).toHaveLength(0);
  await receiver.caughtUp();
  expect(spans).toHaveLength(60);
});

test('catching up does not wait for ever for a client that stopped in the middle', async () => {
  const { receiver, connect, send, spans } = await openRig();
  const socket = await connect();
  socket.write(headOf(BODY.length));
  await send({});
  await receiver.caughtUp();
  expect(spans).toHaveLength(1);
});

test.each([
  ['', (socket: { destroy(): void }) => socket.destroy()],
  ['with a reset', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
])(
  'a client that breaks off in the middle of a body %s: the sight says so, and nobody else notices',
  async (_, end) => {
    const { connect, send, spans, problems, receiver } = await openRig();
    for (const [body, ...headers] of [[BODY], [gzipSync(BODY), 'Content-Encoding: gzip']] as const) {
      const socket = await connect();
      socket.write(Buffer.concat([Buffer.from(headOf(body.length, ...headers)), body.subarray(0, 20)]));
      await send({});
      end(socket);
    }
    const reason = 'a client broke off in the middle of a batch';
    await vi.waitFor(() => expect(receiver.sight().gaps.map((gap) => gap.reason)).toEqual([reason, reason]));
    expect(await send({})).toMatchObject({ status: 200 });
    expect(spans).toHaveLength(3);
    expect(problems).toEqual([]);
  },
);

test('a client that ends its side in the middle of a body is answered 400', async () => {
  const { connect, spans, receiver } = await openRig();
  const socket = await connect();
  socket.end(Buffer.concat([Buffer.from(headOf(BODY.length)), BODY.subarray(0, 10)]));
  expect(await everything(socket)).toMatch(/^HTTP\/1\.1 400 /);
  expect(spans).toEqual([]);
  expect(receiver.sight().gaps).toHaveLength(1);
});

test('a client that does not wait for its answer: nothing of it is waited for', async () => {
  const { connect, problems, receiver } = await openRig();
  const body = gzipSync(BODY);
  for (let count = 0; count < 20; count++) {
    const socket = await connect();
    socket.write(Buffer.concat([Buffer.from(headOf(body.length, 'Content-Encoding: gzip')), body]), () =>
      socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  await receiver.caughtUp();
  // How many the kernel still handed over before the reset is its business; those that began must have ended.
  const stuck = await openRig();
  (await stuck.connect()).write(headOf(BODY.length));
  await stuck.send({});
  const first = Promise.race([
    stuck.receiver.caughtUp().then(() => 'the one with a client that stopped half-way'),
    receiver.caughtUp().then(() => 'this one'),
  ]);
  expect(await first).toBe('this one');
  expect(problems).toEqual([]);
});

test('bodies that are too much together: 503 with retry-after, and room again once one is done', async () => {
  const limits = { body: 1000, memory: 1000 };
  const { connect, send, spans, problems, receiver } = await openRig({ limits });
  const socket = await connect();
  socket.write(Buffer.concat([Buffer.from(headOf(1000)), Buffer.alloc(990)]));
  await vi.waitFor(async () => {
    expect(await send({})).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });
  expect(problems).toEqual([
    {
      message: expect.stringMatching(/refused \(503\).*send this one again/),
      hint: expect.stringContaining('send it again'),
    },
  ]);
  expect(receiver.sight().gaps.at(-1)?.reason).toContain('503');
  socket.destroy();
  await vi.waitFor(async () => expect(await send({})).toMatchObject({ status: 200 }));
  expect(spans.length).toBeGreaterThan(0);
});

test.each([
  ['is no gzip', 400, () => Buffer.alloc(9_000_000, 'x')],
  ['is a gzip of nothing, over and over', 413, () => Buffer.alloc(12_000_000, gzipSync(''))],
  ['unpacks to too much', 413, () => gzipSync(randomBytes(30_000_000), { level: 1 })],
])('a body that %s is refused while most of it is on its way, and the connection goes on', async (_, status, make) => {
  const { send, spans } = await openRig({ limits: { body: 10_000_000, memory: 20_000_000 } });
  const agent = keepAlive();
  const refused = await send({ agent, headers: { 'content-encoding': 'gzip' }, body: make(), isChunked: true });
  expect(refused.status).toBe(status);
  expect(await send({ agent })).toMatchObject({ status: 200, localPort: refused.localPort });
  expect(spans).toHaveLength(1);
});

test('64 MiB are the most of a body, told by its announced length', async () => {
  const { connect, receiver } = await openRig();
  const socket = await connect();
  socket.write(headOf(64 * 2 ** 20 + 1));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  expect(receiver.sight().gaps).toHaveLength(1);
});

test('HTTP/2, as OTLP over gRPC speaks it: said once, with what to set', async () => {
  const { receiver, problems, send } = await openRig();
  for (let count = 0; count < 2; count++) {
    const session = connectHttp2(`http://${receiver.address}`);
    session.on('error', () => {});
    await new Promise<void>((resolve) => session.on('close', resolve));
  }
  expect(problems).toEqual([
    {
      message: expect.stringMatching(/speaks HTTP\/2 to 127\.0\.0\.1:\d+.*gRPC/),
      hint: expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf'),
    },
  ]);
  expect(await send({})).toMatchObject({ status: 200 });
});

test('TLS: said, with what to set', async () => {
  const { receiver, problems } = await openRig();
  const [host = '', port] = receiver.address.split(':');
  const [error] = await once(connectTls({ host, port: Number(port) }), 'error').catch((failure) => [failure]);
  expect(error).toBeInstanceOf(Error);
  expect(problems).toEqual([
    {
      message: expect.stringContaining('speaks TLS'),
      hint: expect.stringContaining(`http://${receiver.address} (not https)`),
    },
  ]);
});

test('what is no HTTP at all is answered 400', async () => {
  const { connect, problems } = await openRig();
  const socket = await connect();
  socket.write('hello?\r\n\r\n');
  expect(await everything(socket)).toMatch(/^HTTP\/1\.1 400 /);
  expect(problems).toEqual([]);
});
