/** Queries over TLS and through a proxy of the environment; the answers themselves are the stores' tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openQueryClient, type QueryTarget } from '../../src/clients/http-query.ts';
import { CA, CLIENT_CERT, CLIENT_KEY, SERVER_CERT, SERVER_KEY } from './http-certificates.ts';

const open: (() => unknown)[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of open.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function ask(target: Partial<QueryTarget> & { url: string }) {
  const client = await openQueryClient({ headers: [], ...target }, { ms: 5000, bytes: 1000 });
  const answer = await client.ask(
    { method: 'GET', path: '/a', parameters: [['q', 'x y&z']] },
    new AbortController().signal,
  );
  await client.close();
  return 'complaint' in answer ? answer.complaint : answer.body.toString();
}

test('TLS: the authority and the client certificate come from files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracegap-query-'));
  open.push(() => rmSync(folder, { recursive: true }));
  const file = (name: string, pem: string): string => {
    writeFileSync(join(folder, name), pem);
    return join(folder, name);
  };
  const options = { cert: SERVER_CERT, key: SERVER_KEY, ca: CA, requestCert: true, rejectUnauthorized: true };
  const port = await listen(createHttps(options, (_request, response) => response.end('seen')));
  const client = { certFile: file('cert.pem', CLIENT_CERT), keyFile: file('key.pem', CLIENT_KEY) };
  const caFile = file('ca.pem', CA);
  const url = `https://localhost:${port}`;
  expect(await ask({ url, tls: { caFile, ...client } })).toBe('seen');
  expect(await ask({ url, tls: { insecureSkipVerify: true, ...client } })).toBe('seen');
  expect(await ask({ url, tls: client })).toMatchObject({ hint: expect.stringContaining('tls.caFile') });
  await expect(ask({ url, tls: { caFile: join(folder, 'none.pem') } })).rejects.toThrow(/cannot read tls.caFile/);
});

test('a proxy of the environment is used, but not for what NO_PROXY names', async () => {
  const port = await listen(createHttp((request, response) => response.end(request.url)));
  const through: string[] = [];
  const proxy = createHttp();
  proxy.on('connect', (request, socket) => {
    through.push(request.url ?? '');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  const proxyPort = await listen(proxy);
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxyPort}`);
  expect(await ask({ url: 'http://store.invalid:81/base/' })).toBe('/base/a?q=x+y%26z');
  expect(through).toEqual(['store.invalid:81']);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  expect(await ask({ url: `http://127.0.0.1:${port}` })).toBe('/a?q=x+y%26z');
  expect(through.length).toBe(1);
});

test('`resolve` leads elsewhere; the name stays in `Host` and in the certificate', async () => {
  const plain = await listen(createHttp((request, response) => response.end(request.headers.host)));
  expect(await ask({ url: 'http://store.invalid:81', resolve: { 'store.invalid:81': `127.0.0.1:${plain}` } })).toBe(
    'store.invalid:81',
  );
  const secure = await listen(
    createHttps({ cert: SERVER_CERT, key: SERVER_KEY }, (request, response) => response.end(request.headers.host)),
  );
  const folder = mkdtempSync(join(tmpdir(), 'tracegap-query-'));
  open.push(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, CA);
  const through = (name: string) =>
    ask({ url: `https://${name}:82`, tls: { caFile }, resolve: { [`${name}:82`]: `127.0.0.1:${secure}` } });
  expect(await through('localhost')).toBe('localhost:82');
  expect(await through('another.invalid')).toMatchObject({ message: expect.stringContaining('certificate') });
});

test('where nothing listens there, both addresses are named', async () => {
  expect(await ask({ url: 'http://store.invalid:81', resolve: { 'store.invalid:81': '127.0.0.1:9' } })).toMatchObject({
    message: expect.stringContaining('127.0.0.1:9 (where `resolve` sends store.invalid:81)'),
  });
});

test('a url that is none is refused before anything is asked', async () => {
  await expect(ask({ url: 'jaeger:16686' })).rejects.toThrow("the source's url is not an http:// or https:// url");
});
