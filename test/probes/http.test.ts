import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { openHttpProbe } from '../../src/probes/http.ts';
import type { ProbeMessage } from '../../src/probes/probe.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const MESSAGE: ProbeMessage = {
  method: 'POST',
  path: '/checkout?ref=1',
  headers: [
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['TraceState', 'a=1'],
    ['tracestate', 'b=2'],
    ['content-type', 'application/json'],
  ],
  body: Buffer.from('{"a":1}'),
  routingKey: '',
  properties: {},
};
const never = new AbortController().signal;

test('sends the message as written and gives the status as text', async () => {
  const received: unknown[] = [];
  const at = await serve(async (incoming, outgoing) => {
    const body: Buffer[] = await incoming.toArray();
    received.push([incoming.method, incoming.url, incoming.rawHeaders, Buffer.concat(body).toString()]);
    outgoing.writeHead(503).end('busy');
  });
  const probe = await openHttpProbe({ url: `http://${at}` }, { responseMs: 5000 });
  expect(await probe.send(MESSAGE, never)).toEqual({ status: '503' });
  await probe.close();
  const own = ['host', at, 'connection', 'keep-alive'];
  expect(received).toEqual([
    ['POST', '/checkout?ref=1', [...own, ...MESSAGE.headers.flat(), 'content-length', '7'], '{"a":1}'],
  ]);
});

test('goes to the tap in front, and names the node', async () => {
  const hosts: unknown[] = [];
  const tap = await serve((incoming, outgoing) => {
    hosts.push(incoming.headers.host);
    outgoing.end();
  });
  const probe = await openHttpProbe({ url: 'http://checkout.invalid:3001', dialTo: tap }, { responseMs: 5000 });
  expect(await probe.send(MESSAGE, never)).toEqual({ status: '200' });
  expect(hosts).toEqual(['checkout.invalid:3001']);
  await probe.close();
});

test('several at a time, each on a connection of its own', async () => {
  const ports = new Set<number | undefined>();
  const at = await serve((incoming, outgoing) => {
    ports.add(incoming.socket.remotePort);
    if (ports.size === 5) for (const each of waiting) each();
    waiting.push(() => outgoing.end());
    if (ports.size === 5) outgoing.end();
  });
  const waiting: (() => void)[] = [];
  const probe = await openHttpProbe({ url: `http://${at}` }, { responseMs: 5000 });
  const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => probe.send(MESSAGE, never)));
  expect(outcomes).toEqual(Array(5).fill({ status: '200' }));
  await probe.close();
});

test('a failure of the world is an outcome, with the status where there was one', async () => {
  const at = await serve((_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-length': 10 }).write('half', () => outgoing.destroy());
  });
  const probe = await openHttpProbe({ url: `http://${at}` }, { responseMs: 5000 });
  const cut = await probe.send(MESSAGE, never);
  expect(cut).toMatchObject({
    status: '200',
    error: { message: `${at} closed the connection in the middle of its answer` },
  });
  const down = await openHttpProbe({ url: 'http://127.0.0.1:1' }, { responseMs: 5000 });
  expect(await down.send(MESSAGE, never)).toEqual({
    error: {
      message: 'nothing accepts connections at 127.0.0.1:1 (connection refused)',
      hint: "Check that it is running, and that the node's url names the right host and port.",
    },
  });
});

test('a TLS file that is not there fails before anything is sent', async () => {
  const opening = openHttpProbe({ url: 'https://127.0.0.1:1', tls: { caFile: '/no/ca.pem' } }, { responseMs: 1 });
  await expect(opening).rejects.toThrow(/^cannot read tls\.caFile \/no\/ca\.pem: there is no such file$/);
});
