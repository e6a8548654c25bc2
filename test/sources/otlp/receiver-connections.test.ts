/** What becomes of connections: of good clients, of broken ones, and of all when the receiver closes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { closeAll, closeLater, connectTo, everything, headOf, keepAlive, ONE_SPAN, openRig } from './receiver-rig.ts';

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
    for (const headers of [[], ['Content-Encoding: gzip']]) {
      const socket = await connect();
      socket.write(Buffer.concat([Buffer.from(headOf(BODY.length, ...headers)), BODY.subarray(0, 10)]));
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

test('a client that does not wait for its answer: the spans are taken, and nothing is waited for', async () => {
  const { connect, spans, receiver } = await openRig();
  const body = gzipSync(BODY);
  for (let count = 0; count < 20; count++) {
    const socket = await connect();
    socket.write(Buffer.concat([Buffer.from(headOf(body.length, 'Content-Encoding: gzip')), body]), () =>
      socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  await receiver.caughtUp();
  // How many the kernel still handed over before the reset is its business; those that began have all ended.
  const taken = spans.length;
  await Promise.race([
    receiver.caughtUp(),
    new Promise((_, fail) => setTimeout(fail, 800, new Error('still waiting'))),
  ]);
  expect(spans).toHaveLength(taken);
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

test('closing destroys idle connections and half-sent requests, and frees the port', async () => {
  const { receiver, connect, send } = await openRig();
  const idle = keepAlive();
  await send({ agent: idle });
  const [fresh, half] = [await connect(), await connect()];
  half.write(headOf(BODY.length));
  await send({ agent: idle });
  const ends = [fresh, half].map((socket) => {
    socket.resume();
    return once(socket, 'close');
  });
  await receiver.close();
  await Promise.all(ends);
  await expect(send({ agent: idle })).rejects.toThrow(/ECONNREFUSED/);

  const again = await openRig({ http: receiver.address });
  expect(again.receiver.address).toBe(receiver.address);
  expect(await again.send({})).toMatchObject({ status: 200 });
});

test('a request that is in when the receiver closes still gets its answer', async () => {
  const closing: Promise<void>[] = [];
  const rig = await openRig({ onSpans: () => closing.push(rig.receiver.close()) });
  expect(await rig.send({ agent: keepAlive() })).toMatchObject({ status: 200 });
  await Promise.all(closing);
  expect(closing).toHaveLength(1);
  await expect(connectTo(rig.receiver.address)).rejects.toThrow(/ECONNREFUSED/);
});

test('the sight: from when to when, what was refused, what was dropped; nothing after closing', async () => {
  let now = 1000;
  const { receiver, send, connect } = await openRig({ clock: () => now });
  expect(receiver.sight()).toEqual({ part: 'source', name: 'main', from: 1000, until: 1000, gaps: [], dropped: 0 });
  now = 2000;
  await send({ body: Buffer.from('no') });
  const gap = { from: 2000, until: 2000, reason: expect.stringMatching(/^a batch was refused with 400: /) };
  expect(receiver.sight()).toMatchObject({ until: 2000, gaps: [gap] });
  const half = await connect();
  half.write(headOf(BODY.length));
  await send({});
  now = 3000;
  await receiver.close();
  now = 4000;
  await receiver.caughtUp();
  expect(receiver.sight()).toEqual({ part: 'source', name: 'main', from: 1000, until: 3000, gaps: [gap], dropped: 0 });
});

test('a port that is taken is in the way, and its owner is named', async () => {
  const script = `const server = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))`;
  const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  closeLater(() => owner.kill());
  const [output] = await once(owner.stdout, 'data');
  const port = Number(String(output));
  const named = process.platform === 'linux' ? `\\S+ \\(pid ${owner.pid}\\)` : '.+';
  await expect(openRig({ http: `127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'in-the-way',
    complaint: {
      message: expect.stringMatching(new RegExp(`^port ${port}, .*127\\.0\\.0\\.1:${port}.* is taken by ${named}$`)),
      hint: expect.stringContaining('http: "127.0.0.1:<port>"'),
    },
  });
});

test('an address that is not of this machine is in the way', async () => {
  await expect(openRig({ http: '192.0.2.1:0' })).rejects.toMatchObject({
    code: 'in-the-way',
    complaint: {
      message: expect.stringMatching(/192\.0\.2\.1:0 \(EADDRNOTAVAIL\)/),
      hint: expect.stringContaining('0.0.0.0'),
    },
  });
});

test('IPv6', async () => {
  const { receiver, send, spans } = await openRig({ http: '[::1]:0' });
  expect(receiver.address).toMatch(/^\[::1\]:[1-9]\d*$/);
  expect(await send({})).toMatchObject({ status: 200 });
  expect(spans).toHaveLength(1);
});
