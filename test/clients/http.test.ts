import { createServer as createHttpServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { CA } from './http-certificates.ts';

import { ask, file, listen, OK, raw, tlsServer } from './http-servers.ts';

describe('on the wire', () => {
  test('headers stand as given: order, case, duplicates, inner and outer spaces', async () => {
    const { at, received } = await raw(OK);
    const headers = ['TraceParent', 'a', 'tracestate', 'x=1', 'X-A', ' b  c ', 'tracestate', 'y=2', 'traceparent', 'A'];
    expect(await ask({ url: `http://${at}` }, { path: '/a?b=%20', headers })).toEqual({ status: 200 });
    expect(received).toEqual([
      `GET /a?b=%20 HTTP/1.1\r\nhost: ${at}\r\nconnection: keep-alive\r\nTraceParent: a\r\ntracestate: x=1\r\n` +
        'X-A:  b  c \r\ntracestate: y=2\r\ntraceparent: A\r\n\r\n',
    ]);
  });

  test('a body, with its length and nothing else added', async () => {
    const { at, received } = await raw(OK);
    await ask(
      { url: `http://${at}` },
      { method: 'POST', headers: ['Content-Type', 'text/x'], body: Buffer.from('hé') },
    );
    expect(received).toEqual([
      `POST / HTTP/1.1\r\nhost: ${at}\r\nconnection: keep-alive\r\nContent-Type: text/x\r\ncontent-length: 3\r\n\r\nh\xc3\xa9`,
    ]);
  });

  test('what is not ASCII goes out as UTF-8', async () => {
    const { at, received } = await raw(OK);
    await ask({ url: `http://${at}` }, { path: '/é', headers: ['x', '→'] });
    expect(received[0]).toContain('GET /\xc3\xa9 HTTP/1.1\r\n');
    expect(received[0]).toContain('\r\nx: \xe2\x86\x92\r\n');
  });

  test("a path in the url stands before the request's, a declared host wins", async () => {
    const { at, received } = await raw(OK);
    await ask({ url: `http://${at}/shop/` }, { path: '/cart', headers: ['Host', 'shop.acme.io'] });
    expect(received[0]).toMatch(/^GET \/shop\/cart HTTP\/1\.1\r\nhost: shop\.acme\.io\r\n/);
  });

  test.each([
    ['become a header', [], `\r\nauthorization: Basic ${Buffer.from('me@x:p:w%').toString('base64')}\r\n`],
    ['stay out where one is declared', ['AUTHORIZATION', 'Bearer t'], '\r\nAUTHORIZATION: Bearer t\r\n'],
  ])('credentials in the url %s', async (_what, headers, expected) => {
    const { at, received } = await raw(OK);
    await ask({ url: `http://me%40x:p%3Aw%@${at}` }, { headers });
    expect(received[0]).toContain(expected);
    expect(received[0]?.match(/authorization/gi)).toHaveLength(1);
  });

  test('it connects elsewhere, and says the same', async () => {
    const { at, received } = await raw(OK);
    await ask({ url: 'http://cart.invalid:3001', dialTo: at });
    expect(received[0]).toMatch(/^GET \/ HTTP\/1\.1\r\nhost: cart\.invalid:3001\r\n/);
  });

  test('a redirect is an answer', async () => {
    const { at, received } = await raw('HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n');
    expect(await ask({ url: `http://${at}` })).toEqual({ status: 302 });
    expect(received).toHaveLength(1);
  });

  test('interim answers are passed over', async () => {
    const { at } = await raw(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`);
    expect(await ask({ url: `http://${at}` })).toEqual({ status: 200 });
  });

  test('of an endless body, enough is read', async () => {
    const server = createHttpServer((_incoming, outgoing) => {
      const more = (): void => {
        while (!outgoing.destroyed && outgoing.write(Buffer.alloc(64 * 1024)));
      };
      outgoing.on('drain', more);
      more();
    });
    expect(await ask({ url: `http://${await listen(server)}` })).toEqual({ status: 200 });
  });
});

describe('over TLS', () => {
  test.each([
    ['an IP address', (at: string) => `https://${at}`, { caFile: file('ca') }],
    ['a name', (at: string) => at.replace('127.0.0.1', 'https://localhost'), { caFile: file('ca') }],
    ['another name', (at: string) => `https://${at}`, { caFile: file('ca'), serverName: 'cart.internal' }],
    ['whatever it shows', (at: string) => `https://${at}`, { serverName: 'x.invalid', insecureSkipVerify: true }],
  ])('the certificate is checked against %s', async (_what, url, tls) => {
    expect(await ask({ url: url(await listen(tlsServer())), tls })).toEqual({ status: 200 });
  });

  test('the name goes into the handshake, also when it connects elsewhere', async () => {
    const names: unknown[] = [];
    const server = tlsServer();
    server.on('secureConnection', (socket: { servername: unknown }) => names.push(socket.servername));
    const dialTo = await listen(server);
    const answer = await ask(
      { url: 'https://cart.internal', tls: { caFile: file('ca') }, dialTo },
      { headers: ['host', 'x'] },
    );
    expect(answer).toEqual({ status: 200 });
    expect(names).toEqual(['cart.internal']);
  });

  test('with a certificate of its own', async () => {
    const at = await listen(tlsServer({ requestCert: true, ca: CA }));
    const tls = { caFile: file('ca'), certFile: file('cert'), keyFile: file('key') };
    expect(await ask({ url: `https://${at}`, tls })).toEqual({ status: 200 });
    const { complaint } = await ask({ url: `https://${at}`, tls: { caFile: file('ca') } });
    expect(complaint?.message).toBe(`${at} closed the connection without an answer`);
    expect(complaint?.hint).toContain('tls.certFile and tls.keyFile');
  });
});
