import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { BLIND } from './http-blind-conversations.ts';
import { type Conversation, READ } from './http-conversations.ts';
import { clientOf, listening, openRig, openTapTo, type Peer, type Rig } from './http-rig.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function kept<Each extends { close(): unknown }>(each: Each): Each {
  open.push(each);
  return each;
}

/** Numbers from 0 to below `limit` that are the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function randomBytes(count: number, random: (limit: number) => number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => random(256)));
}

function pieces(bytes: Buffer, random: (limit: number) => number, most: number): Buffer[] {
  const result: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const until = at + 1 + random(most);
    result.push(bytes.subarray(at, until));
    at = until;
  }
  return result;
}

/** Writes the pieces as packets of their own, as far as the loopback keeps them apart. */
async function say(from: Peer, to: Peer, parts: readonly Buffer[], before: number): Promise<void> {
  for (const part of parts) {
    from.socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await to.receive(before + parts.reduce((sum, part) => sum + part.length, 0));
}

async function converse(rig: Rig, { said, serverCloses }: Conversation, most: number): Promise<void> {
  const random = numbers(said.length * most);
  const client = await rig.client();
  const server = await rig.server();
  const spoken = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
  for (const [side, text] of said) {
    const bytes = Buffer.from(text);
    const [from, to] = side === 'client' ? [client, server] : [server, client];
    await say(from, to, pieces(bytes, random, most), spoken[side].length);
    spoken[side] = Buffer.concat([spoken[side], bytes]);
  }
  if (serverCloses) {
    server.socket.end();
    await client.ended;
  }
  expect(server.received().equals(spoken.client)).toBe(true);
  expect(client.received().equals(spoken.server)).toBe(true);
}

describe.each([...READ, ...BLIND])('$name', (conversation) => {
  test.each([100_000, 700])('passes unchanged and is read, in pieces of at most %d bytes', async (most) => {
    const rig = kept(await openRig());
    await converse(rig, conversation, most);
    const events = [...rig.events.values()].map(({ target, http }) => ({
      target,
      status: http?.status,
      ended: http?.end !== undefined,
    }));
    expect(events).toEqual(conversation.events.map(({ target, status, ended }) => ({ target, status, ended })));
    expect(rig.tap.sight().gaps.map(({ reason }) => reason)).toEqual(conversation.blind ? [conversation.blind] : []);
  });
});

test('random bytes pass unchanged, both ways', async () => {
  const random = numbers(7);
  const rig = kept(await openRig());
  for (let round = 0; round < 20; round += 1) {
    const [client, server] = [await rig.client(), await rig.server()];
    const [asked, answered] = [randomBytes(1 + random(20_000), random), randomBytes(1 + random(20_000), random)];
    await Promise.all([
      say(client, server, pieces(asked, random, 3000), 0),
      say(server, client, pieces(answered, random, 3000), 0),
    ]);
    expect(server.received().equals(asked)).toBe(true);
    expect(client.received().equals(answered)).toBe(true);
  }
  expect(rig.tap.sight().gaps.length).toBeGreaterThan(0);
});

test('good requests with single bytes changed pass unchanged', async () => {
  const random = numbers(11);
  const rig = kept(await openRig());
  for (let round = 0; round < 60; round += 1) {
    const bytes = Buffer.from(
      `POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    );
    bytes[random(bytes.length)] = random(256);
    const [client, server] = [await rig.client(), await rig.server()];
    await say(client, server, pieces(bytes, random, 30), 0);
    expect(server.received().equals(bytes)).toBe(true);
  }
});

test('the event says where the tap connected from, which is what the server sees', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  await server.receive(18);
  const [event] = rig.emitted;
  expect(event).toMatchObject({ id: 'cart:1:1', node: 'cart', transport: 'http', context: [], tie: [] });
  expect(event?.http).toEqual({ upstreamPort: server.socket.remotePort });
});

test('each half closes by itself', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.end('GET / HTTP/1.0\r\n\r\n');
  await server.ended;
  server.socket.write('still ');
  await client.receive(6);
  server.socket.end('here');
  expect(await client.closed).toBe('end');
  expect(client.received().toString()).toBe('still here');
});

test("the server's half closes first, and the client goes on", async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  server.socket.end('bye');
  await client.ended;
  client.socket.write('one more thing');
  await server.receive(14);
  client.socket.end();
  expect(await server.closed).toBe('end');
});

test('a reset by the client reaches the server', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.write('GET / HTTP/1.1\r\n');
  await server.receive(16);
  client.socket.resetAndDestroy();
  expect(await server.closed).toBe('ECONNRESET');
});

test('a reset by the server reaches the client', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  await server.receive(18);
  server.socket.write('HTTP/1.1 200 OK\r\n');
  await client.receive(17);
  server.socket.resetAndDestroy();
  expect(await client.closed).toBe('ECONNRESET');
});

test('a node that is down resets the sender, is told once, and is met when it comes up', async () => {
  const node = createServer();
  const to = await listening(node);
  node.close();
  await once(node, 'close');
  const rig = await openTapTo(to);
  kept(rig.tap);
  const ends = await Promise.all([1, 2, 3].map(async () => (await clientOf(rig.tap)).closed));
  expect(ends).toEqual(['ECONNRESET', 'ECONNRESET', 'ECONNRESET']);
  expect(rig.tap.refused()).toBe(3);
  expect(rig.problems).toEqual([
    {
      message: `cart did not take a connection at ${to} that its tap passed on (ECONNREFUSED); the sender saw a reset`,
      hint: 'Check that cart is running, and that its url names the right host and port.',
    },
  ]);

  const awake = kept(createServer((socket) => socket.end('awake')));
  awake.listen(Number(to.split(':')[1]), '127.0.0.1');
  await once(awake, 'listening');
  const client = await clientOf(rig.tap);
  await client.ended;
  client.socket.end();
  expect(client.received().toString()).toBe('awake');
});
