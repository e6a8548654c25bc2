/** Several taps on one `listen`: real sockets on all sides. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { WireEvent } from '../../src/model/evidence.ts';
import type { Complaint } from '../../src/model/problem.ts';
import { openHttpTap } from '../../src/taps/http.ts';
import { listening, RUN } from './http-rig.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A service that says its name and what it was sent. */
async function service(name: string): Promise<{ server: Server; at: string }> {
  const server = createServer(async (request, response) => {
    let length = 0;
    for await (const chunk of request) length += chunk.length;
    response.end(`${name} ${request.url} ${length}`);
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n');
    socket.on('data', (chunk: Buffer) => socket.write(`${name} ${chunk}`));
    socket.on('error', () => undefined);
  });
  const at = await listening(server);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, at };
}

async function place(...hosts: string[]) {
  const events: WireEvent[] = [];
  const problems: Complaint[] = [];
  const free = createServer();
  const listen = await listening(free);
  free.close();
  await once(free, 'close');
  const taps = [];
  for (const host of hosts) {
    const { at } = await service(host);
    const sink = {
      event: (event: WireEvent) => events.push(event),
      problem: (problem: Complaint) => problems.push(problem),
    };
    const tap = await openHttpTap({ listen, host: `${host}.local`, to: at }, { node: host, runId: RUN, sink });
    closing.push(() => tap.close());
    taps.push(tap);
  }
  const [, port = ''] = listen.split(':');
  return { events, problems, port: Number(port), listen, taps };
}

/** Sends bytes on one connection, waits for an answer after each, and gives all that came. */
async function talk(port: number, ...parts: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString();
  });
  socket.on('error', () => undefined);
  for (const part of parts) {
    const before = said.length;
    socket.write(part);
    const until = Date.now() + 300;
    while (said.length === before && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.destroy();
  return said;
}

const get = (host: string, path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const post = (host: string, path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test('each request goes to the tap of its host, also on one connection', async () => {
  const { port, events, problems } = await place('cart', 'stock');
  const said = await talk(
    port,
    get('cart.local:9001', '/1'),
    post('STOCK.local', '/2', 'x'.repeat(70_000)),
    post('stock.local', '/3', 'abc'),
    get('cart.local', '/4'),
  );
  expect(said.match(/(?:cart|stock) \/\d \d+/g)).toEqual(['cart /1 0', 'stock /2 70000', 'stock /3 3', 'cart /4 0']);
  const seen = new Map(events.map(({ id, node, target, http }) => [id, `${node} ${target} ${http?.status}`]));
  expect([...seen.values()]).toEqual(['cart GET /1 200', 'stock POST /2 200', 'stock POST /3 200', 'cart GET /4 200']);
  expect(problems).toEqual([]);
});

test('a head that comes in pieces, and a client that keeps its connections', async () => {
  const { port } = await place('cart', 'stock');
  const whole = get('stock.local', '/5');
  expect(await talk(port, whole.slice(0, 9), whole.slice(9, 30), whole.slice(30))).toContain('stock /5 0');
  const answer = await new Promise<string>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/6', headers: { host: 'cart.local' } };
    httpRequest(options, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    })
      .on('error', reject)
      .end();
  });
  expect(answer).toBe('cart /6 0');
});

test('nobody answers for an unknown host: 421 says who does, and a problem is told once', async () => {
  const { port, problems, events } = await place('cart', 'stock');
  const said = [await talk(port, get('mailer.local', '/')), await talk(port, get('mailer.local', '/again'))];
  for (const each of said) {
    expect(each).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
    expect(each).toContain(
      'tracegap listens here for cart.local (cart), stock.local (stock); nobody here is mailer.local\n',
    );
  }
  expect(problems).toEqual([
    {
      message: expect.stringContaining('belongs to none of them: nobody here is mailer.local'),
      hint: expect.stringContaining('cart.local (cart), stock.local (stock)'),
    },
  ]);
  expect(events).toEqual([]);
});

test.each([
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 'the request has no Host'],
  ['TLS', '\x16\x03\x01\x02\x00\x01', 'TLS, which the tap does not read'],
  [
    'two hosts at once',
    get('cart.local', '/1') + get('stock.local', '/2'),
    'a request for stock.local came behind one for cart.local before that was answered',
  ],
])('what cannot be told apart is refused: %s', async (_what, bytes, why) => {
  const { port } = await place('cart', 'stock');
  expect(await talk(port, bytes)).toContain(why);
});

test('what a connection becomes after an upgrade stays with its host', async () => {
  const { port } = await place('cart', 'stock');
  const upgrade = 'GET / HTTP/1.1\r\nHost: stock.local\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n';
  expect(await talk(port, upgrade, 'no line end')).toContain('stock no line end');
});

test('one host twice is in the way, and a place is free again once all have left', async () => {
  const { listen, taps, port } = await place('cart');
  const sink = { event: () => undefined, problem: () => undefined };
  const again = { listen, host: 'CART.local', to: '127.0.0.1:1' };
  await expect(openHttpTap(again, { node: 'basket', runId: RUN, sink })).rejects.toThrow(/basket and cart share/);
  for (const tap of taps) await tap.close();
  expect(await talk(port, get('cart.local', '/'))).toBe('');
  const tap = await openHttpTap(again, { node: 'basket', runId: RUN, sink });
  expect(tap.address).toBe(listen);
  await tap.close();
});
