import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type HttpRequest, type HttpTarget, openHttpClient } from '../../src/clients/http.ts';
import { httpFailure } from '../../src/clients/http-failure.ts';
import { complaintOf } from '../../src/model/problem.ts';

import { ask, file, GET, listen, OK, raw, tlsServer } from './http-servers.ts';

interface Failure {
  name: string;
  /** Starts what fails and gives the target. */
  start(): Promise<HttpTarget>;
  request?: Partial<HttpRequest>;
  responseMs?: number;
  status?: number;
  message: RegExp;
  hint: RegExp;
}

const FAILURES: Failure[] = [
  {
    name: 'nothing listens',
    start: async () => ({ url: 'http://127.0.0.1:1' }),
    message: /^nothing accepts connections at 127\.0\.0\.1:1 \(connection refused\)$/,
    hint: /running.*host and port/,
  },
  {
    name: 'nothing listens where the tap should',
    start: async () => ({ url: 'http://cart:3001', dialTo: '127.0.0.1:1' }),
    message: /^nothing accepts connections at 127\.0\.0\.1:1 \(the tap in front of cart:3001\)/,
    hint: /running/,
  },
  {
    name: 'the name does not resolve',
    start: async () => ({ url: 'http://no-such-host.invalid:80/' }),
    message: /^the name no-such-host\.invalid does not resolve \((ENOTFOUND|EAI_AGAIN)\)$/,
    hint: /spelling.*DNS/,
  },
  {
    name: 'no handshake comes about in time',
    start: async () => ({ url: `https://${(await raw(() => {})).at}` }),
    responseMs: 200,
    message: /did not accept a connection within 0\.2 s$/,
    hint: /firewall/,
  },
  {
    name: 'no answer comes in time',
    start: async () => ({ url: `http://${(await raw(() => {})).at}` }),
    responseMs: 200,
    message: /took the request but did not answer within 0\.2 s$/,
    hint: /service's own log/,
  },
  {
    name: 'the answer does not end in time',
    start: async () => ({ url: `http://${(await raw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')).at}` }),
    responseMs: 300,
    status: 200,
    message: /began to answer but did not end within 0\.3 s$/,
    hint: /log/,
  },
  {
    name: 'the connection is closed without an answer',
    start: async () => ({ url: `http://${(await raw((socket) => socket.end())).at}` }),
    message: /closed the connection without an answer$/,
    hint: /what it stands in front of/,
  },
  {
    name: 'the connection is reset',
    start: async () => ({ url: `http://${(await raw((socket) => socket.resetAndDestroy())).at}` }),
    message: /closed the connection without an answer$/,
    hint: /crashed/,
  },
  {
    name: 'the answer is cut off',
    start: async () => ({ url: `http://${(await raw((socket) => socket.end(OK.slice(0, -1)))).at}` }),
    status: 200,
    message: /closed the connection in the middle of its answer$/,
    hint: /log/,
  },
  {
    name: 'the answer is no HTTP',
    start: async () => ({ url: `http://${(await raw('SSH-2.0-OpenSSH\r\n')).at}` }),
    message: /answered with something that is not HTTP\/1\.1 \(Response does not match/,
    hint: /port of the node's url/,
  },
  {
    name: 'the port speaks TLS',
    start: async () => ({ url: `http://${await listen(tlsServer())}` }),
    message: /closed the connection without an answer$/,
    hint: /https:\/\//,
  },
  {
    name: 'the port speaks TLS and says so in TLS',
    start: async () => ({ url: `http://${(await raw('\x15\x03\x01\x00\x02\x02\x46')).at}` }),
    message: /answered with something that is not HTTP\/1\.1/,
    hint: /https:\/\//,
  },
  {
    name: 'the port speaks no TLS',
    start: async () => ({ url: `https://${(await raw('HTTP/1.1 400 Bad Request\r\n\r\n')).at}` }),
    message: /^TLS with 127\.0\.0\.1:\d+ failed: (ERR_SSL_WRONG_VERSION_NUMBER|EPROTO)/,
    hint: /write http:\/\//,
  },
  {
    name: 'the handshake is cut off',
    start: async () => ({ url: `https://${(await raw((socket) => socket.end())).at}` }),
    message: /^TLS with .* failed: ECONNRESET, Client network socket disconnected before secure TLS/,
    hint: /write http:\/\//,
  },
  {
    name: 'the certificate is of an unknown CA',
    start: async () => ({ url: `https://${await listen(tlsServer())}` }),
    message: /^TLS with .* failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    hint: /tls\.caFile/,
  },
  {
    name: 'the certificate is of another name',
    start: async () => ({
      url: `https://${await listen(tlsServer())}`,
      tls: { caFile: file('ca'), serverName: 'billing.internal' },
    }),
    message: /^TLS with .* failed: ERR_TLS_CERT_ALTNAME_INVALID/,
    hint: /tls\.serverName/,
  },
  {
    name: 'the certificate is of the tap that is dialled, not of the address in the url',
    start: async () => ({
      url: 'https://192.0.2.7',
      tls: { caFile: file('ca') },
      dialTo: await listen(tlsServer()),
    }),
    message: /^TLS with .* failed: ERR_TLS_CERT_ALTNAME_INVALID/,
    hint: /tls\.serverName/,
  },
  {
    name: 'the response head is too long',
    start: async () => ({ url: `http://${(await raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(50_000)}\r\n\r\n`)).at}` }),
    message: /^the response headers of .* are too long$/,
    hint: /16 KiB/,
  },
  {
    name: 'a header has a line break',
    start: async () => ({ url: `http://${(await raw(OK)).at}` }),
    request: { headers: ['x', 'a\r\nb: c'] },
    message: /^the request cannot be written: invalid x header$/,
    hint: /Mend/,
  },
  {
    name: 'the path has a space',
    start: async () => ({ url: `http://${(await raw(OK)).at}` }),
    request: { path: '/a b' },
    message: /^the request cannot be written: invalid request path$/,
    hint: /path/,
  },
];

test.each(FAILURES)(
  '$name: said so, with what to check',
  async ({ start, request, responseMs, status, message, hint }) => {
    const { complaint, ...answer } = await ask(await start(), request, responseMs);
    expect(complaint?.message).toMatch(message);
    expect(complaint?.hint).toMatch(hint);
    expect(answer).toEqual(status === undefined ? {} : { status });
  },
);

test('a request that was not answered is not sent again', async () => {
  const { at, received } = await raw((socket) => socket.resetAndDestroy());
  const { complaint } = await ask({ url: `http://${at}` });
  expect(complaint).toBeDefined();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(received).toHaveLength(1);
});

test('a request that cannot be written leaves no connection open', async () => {
  const server = createServer();
  const ended = new Promise<void>((resolve) => {
    server.once('connection', (socket: Socket) => socket.resume().once('end', resolve));
  });
  const { complaint } = await ask({ url: `http://${await listen(server)}` }, { headers: ['x', 'a\nb'] });
  expect(complaint?.message).toBe('the request cannot be written: invalid x header');
  await ended;
});

test.each(['signal', 'close'])('a request is given up by %s at once', async (how) => {
  const interrupt = new AbortController();
  let stop = (): unknown => interrupt.abort();
  const { at } = await raw(() => stop());
  const client = await openHttpClient({ url: `http://${at}` }, { responseMs: 60_000 });
  if (how === 'close') stop = () => client.close();
  const { complaint } = await client.request(GET, interrupt.signal);
  expect(complaint?.message).toBe(`the request to ${at} was given up`);
  await client.close();
});

test.each(['ftp://a/', 'cart:3001', ''])('%j is no url to send to, and is not shown', async (url) => {
  const failure = await openHttpClient({ url }, { responseMs: 1 }).catch((error: unknown) => error);
  expect(complaintOf(failure)?.message).toBe("the node's url is not an http:// or https:// url");
});

const PLACE = { where: 'cart:443', host: 'cart', tls: true, responseMs: 30_000, of: 'node' as const };

function coded(code: string, message = 'what Node says\nand more'): Error {
  return Object.assign(new Error(message), { code });
}

/** What cannot be brought about on one machine, or only with another TLS library. */
test.each([
  ['CERT_HAS_EXPIRED', 'TLS with cart:443 failed: CERT_HAS_EXPIRED, what Node says', /clock/],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS with cart:443 failed: SELF_SIGNED_CERT_IN_CHAIN, what Node says', /caFile/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /^TLS with cart:443 failed: ERR_SSL_TLSV13/, /tls\.certFile/],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', /^TLS with cart:443 failed: ERR_SSL_SSLV3/, /tls\.certFile/],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', /^TLS with cart:443 failed: ERR_SSL_UNSUPPORTED/, /TLS versions/],
  ['EHOSTUNREACH', 'there is no way to cart:443 (EHOSTUNREACH)', /VPN/],
  ['ENETUNREACH', 'there is no way to cart:443 (ENETUNREACH)', /VPN/],
  ['ETIMEDOUT', 'there is no way to cart:443 (ETIMEDOUT)', /VPN/],
  ['EMFILE', 'the request to cart:443 failed: what Node says (EMFILE)', /running/],
])('%s', (code, message, hint) => {
  const complaint = httpFailure(coded(code), 'connecting', PLACE, false);
  expect(complaint.message).toMatch(message);
  expect(complaint.hint).toMatch(hint);
});

test('a connection that does not come about names the limit of connections', () => {
  const late = Object.assign(new Error('aborted'), { name: 'AbortError' });
  expect(httpFailure(late, 'connecting', PLACE, false).message).toBe('cart:443 did not accept a connection within 3 s');
});

test('what is no Error is said as it is', () => {
  expect(httpFailure('odd', 'waiting', PLACE, false).message).toBe('the request to cart:443 failed: odd (no code)');
});
