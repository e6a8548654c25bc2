/** Servers that misbehave, and one way to ask them. Closed after each test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type HttpAnswer, type HttpRequest, type HttpTarget, openHttpClient } from '../../src/clients/http.ts';
import { CA, CLIENT_CERT, CLIENT_KEY, SERVER_CERT, SERVER_KEY } from './http-certificates.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const folder = mkdtempSync(join(tmpdir(), 'tracegap-http-'));
export const file = (name: string): string => join(folder, name);
beforeAll(() => {
  for (const [name, text] of [
    ['ca', CA],
    ['cert', CLIENT_CERT],
    ['key', CLIENT_KEY],
  ] as const) {
    writeFileSync(file(name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Listens on a free port of the loopback; `127.0.0.1:port`. */
export function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  server.on('tlsClientError', () => {});
  open.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
    });
  });
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A server that answers each connection's first bytes with the text; what it received stands in `received`. */
export async function raw(answer: string | ((socket: Socket) => void)): Promise<{ at: string; received: string[] }> {
  const received: string[] = [];
  const server = createServer((socket) => {
    const number = received.push('') - 1;
    socket.on('data', (chunk) => {
      const before = received[number] ?? '';
      received[number] = before + chunk.toString('latin1');
      if (before !== '') return;
      if (typeof answer === 'string') socket.write(answer);
      else answer(socket);
    });
  });
  return { at: await listen(server), received };
}

export const GET: HttpRequest = { method: 'GET', path: '/', headers: [] };

export async function ask(
  target: HttpTarget,
  request: Partial<HttpRequest> = {},
  responseMs = 5000,
): Promise<HttpAnswer> {
  const client = await openHttpClient(target, { responseMs });
  try {
    return await client.request({ ...GET, ...request }, new AbortController().signal);
  } finally {
    await client.close();
  }
}

export const tlsServer = (options: TlsOptions = {}): Server =>
  createTlsServer({ cert: SERVER_CERT, key: SERVER_KEY, ...options }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(OK));
  });
