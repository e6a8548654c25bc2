/** The tap between real clients and real servers. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { clientOf, listening, openTapTo, PROBE } from './http-rig.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function tapTo(to: string): Promise<Awaited<ReturnType<typeof openTapTo>> & { url: string }> {
  const rig = await openTapTo(to);
  open.push(() => rig.tap.close());
  return { ...rig, url: `http://${rig.tap.address}` };
}

async function serve(server: Server): Promise<string> {
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return listening(server);
}

/** Answers with what it was asked and how long the body was. */
function echo(): Server {
  return createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    outgoing.end(`${incoming.method} ${incoming.url} ${body.length}`);
  });
}

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('fetch with keep-alive: every request, its context, its markers, its answer', async () => {
  const { url, events, tap } = await tapTo(await serve(echo()));
  for (const number of [1, 2, 3]) {
    const answer = await fetch(`${url}/${number}`, {
      method: 'POST',
      headers: { traceparent: PARENT, baggage: `p=${PROBE}` },
      body: JSON.stringify({ orderId: PROBE }),
    });
    expect(await answer.text()).toBe(`POST /${number} 50`);
  }
  expect([...events.values()]).toMatchObject(
    [1, 2, 3].map((number) => ({
      target: `POST /${number}`,
      context: [
        { name: 'traceparent', value: PARENT },
        { name: 'baggage', value: `p=${PROBE}` },
      ],
      tie: [
        { probe: PROBE, where: 'baggage' },
        { probe: PROBE, where: 'body' },
      ],
      http: { status: 200 },
    })),
  );
  expect([...events.keys()].every((id) => /^cart:\d:\d$/.test(id))).toBe(true);
  for (const { at, http } of events.values()) expect(BigInt(http?.end ?? 0) >= BigInt(at)).toBe(true);
  expect(tap.sight().gaps).toEqual([]);
});

test('node:http with an agent and streamed (chunked) bodies', async () => {
  const { url, events } = await tapTo(await serve(echo()));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  open.push(() => agent.destroy());
  for (const number of [1, 2]) {
    const outgoing = request(`${url}/${number}`, { method: 'PUT', agent });
    outgoing.write(PROBE.slice(0, 20));
    setTimeout(() => outgoing.end(PROBE.slice(20)), 5);
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    expect(answer && (await text(answer))).toBe(`PUT /${number} 36`);
  }
  expect([...events.values()].map(({ id, tie, http }) => [id, tie, http?.status])).toEqual([
    ['cart:1:1', [{ probe: PROBE, where: 'body' }], 200],
    ['cart:1:2', [{ probe: PROBE, where: 'body' }], 200],
  ]);
});

test('undici that pipelines eight requests at a time', async () => {
  const { url, events } = await tapTo(await serve(echo()));
  const client = new Client(url, { pipelining: 8 });
  open.push(() => client.destroy());
  const paths = Array.from({ length: 40 }, (_, index) => `/${index}`);
  const answers = await Promise.all(
    paths.map(async (path) => (await client.request({ method: 'GET', path, headers: { b3: '0' } })).body.text()),
  );
  expect(answers).toEqual(paths.map((path) => `GET ${path} 0`));
  expect([...events.values()].map(({ target, http }) => [target, http?.status])).toEqual(
    paths.map((path) => [`GET ${path}`, 200]),
  );
});

test('a client that waits for 100 Continue gets it', async () => {
  const { url, events } = await tapTo(await serve(echo()));
  const outgoing = request(url, { method: 'POST', headers: { expect: '100-continue', 'content-length': 36 } });
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  outgoing.end(PROBE);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  expect(answer && (await text(answer))).toBe('POST / 36');
  expect([...events.values()]).toMatchObject([{ tie: [{ where: 'body' }], http: { status: 200 } }]);
});

test('10 MB pass both ways unchanged, and a marker at their end is not searched for', async () => {
  const sent = Buffer.concat([randomBytes(10_000_000), Buffer.from(PROBE)]);
  const server = createServer((incoming, outgoing) => incoming.pipe(outgoing));
  const { url, events } = await tapTo(await serve(server));
  const answer = await fetch(url, { method: 'POST', body: sent });
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  expect(hash(new Uint8Array(await answer.arrayBuffer()))).toBe(hash(sent));
  expect([...events.values()]).toMatchObject([{ tie: [], http: { status: 200 } }]);
});

test('an upgrade: both sides speak as they like, and the sight says that the tap is blind', async () => {
  const server = echo();
  server.on('upgrade', (_incoming, socket: Socket) => {
    open.push(() => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\nwelcome');
    socket.pipe(socket);
  });
  const { tap, events } = await tapTo(await serve(server));
  const client = await clientOf(tap);
  client.socket.write('GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n');
  const greeting = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\nwelcome';
  await client.receive(greeting.length);
  const message = Buffer.concat([Buffer.from('GET /x HTTP/1.1\r\n\r\n'), randomBytes(1000)]);
  client.socket.write(message);
  const all = await client.receive(greeting.length + message.length);
  expect(all.equals(Buffer.concat([Buffer.from(greeting), message]))).toBe(true);
  expect([...events.values()].map(({ target, http }) => [target, http?.status])).toEqual([['GET /chat', 101]]);
  expect(tap.sight().gaps.map(({ reason }) => reason)).toEqual(['upgraded to raw, which the tap does not read']);
  client.socket.destroy();
});

/** Far more than all the kernel's buffers on the way. */
const FLOOD = 120 * 1024 * 1024;

/** Writes until the socket takes no more for a while; how much it took. */
async function writeUntilStuck(socket: Socket): Promise<number> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  while (socket.bytesWritten < FLOOD) {
    if (socket.write(chunk)) continue;
    const stuck = new Promise<'stuck'>((resolve) => setTimeout(resolve, 1000, 'stuck'));
    if ((await Promise.race([once(socket, 'drain'), stuck])) === 'stuck') break;
  }
  return socket.bytesWritten;
}

test.each(['client', 'server'])('a %s that does not read holds the other side back', async (slow) => {
  const accepted: Socket[] = [];
  const node = createTcpServer((socket) => accepted.push(socket.on('error', () => {})));
  open.push(() => node.close());
  const { tap } = await tapTo(await listening(node));
  const client = await clientOf(tap);
  client.socket.on('error', () => {});
  if (accepted.length === 0) await once(node, 'connection');
  const [server] = accepted;
  if (server === undefined) throw new Error('no connection');
  const [from, to] = slow === 'client' ? [server, client.socket] : [client.socket, server];
  to.pause();
  from.write(`HTTP/1.1 200 OK\r\ncontent-length: ${FLOOD}\r\n\r\n`);
  const held = process.memoryUsage().arrayBuffers;
  const taken = await writeUntilStuck(from);
  expect(taken).toBeLessThan(FLOOD);
  // Neither the tap nor the paused reader took up what the kernel would not.
  expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(16 * 1024 * 1024);
  let received = 0;
  to.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  from.end();
  to.resume();
  await once(to, 'end');
  expect(received).toBe(from.bytesWritten);
  client.socket.destroy();
});
