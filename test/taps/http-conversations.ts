/** What clients and servers say to each other in HTTP/1.1, with what a tap must make of it. */
import { PROBE, RUN } from './http-rig.ts';

export type Side = 'client' | 'server';

export interface Conversation {
  name: string;
  /** Who says what, in order. */
  said: [Side, string | Buffer][];
  /** The server closes at the end. */
  serverCloses?: boolean;
  /** Per request, what the last event of its id says. */
  events: { target: string; status?: number; ended: boolean; context?: [string, string][]; tie?: [string, string][] }[];
  /** Why the connection went blind in the end. */
  blind?: string;
}

const OTHER = `${RUN}-9999-4222-8333-444455556666`;
const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
export const lines = (...text: string[]): string => text.map((line) => `${line}\r\n`).join('');
export const OK: string = `${lines('HTTP/1.1 200 OK', 'Content-Length: 2', '')}ok`;

export function get(path: string, ...headers: string[]): string {
  return lines(`GET ${path} HTTP/1.1`, 'Host: cart', ...headers, '');
}

export const READ: Conversation[] = [
  {
    name: 'a GET with context, raw and in order',
    said: [
      ['client', get('/a', `TraceParent: ${PARENT}`, 'tracestate:x=1', 'X-Other: y', 'tracestate:\t y=2 \t', 'b3: 0')],
      ['server', OK],
    ],
    events: [
      {
        target: 'GET /a',
        status: 200,
        ended: true,
        context: [
          ['TraceParent', PARENT],
          ['tracestate', 'x=1'],
          ['tracestate', 'y=2'],
          ['b3', '0'],
        ],
      },
    ],
  },
  {
    name: 'markers in target, headers and baggage; no secrets of the target',
    said: [
      [
        'client',
        get(
          `http://me:pw@cart/a/${PROBE}?token=secret&ref=${OTHER.toUpperCase()}`,
          `User-Agent: audit/1 ${PROBE} ${PROBE}`,
          `X-Id: ${OTHER}`,
          `x-id: ${OTHER}`,
          `baggage: tracegap.probe=${PROBE}`,
        ),
      ],
      ['server', OK],
    ],
    events: [
      {
        target: `GET http://cart/a/${PROBE}?${OTHER}`,
        status: 200,
        ended: true,
        context: [['baggage', `tracegap.probe=${PROBE}`]],
        tie: [
          ['target', PROBE],
          ['target', OTHER],
          ['header:user-agent', PROBE],
          ['header:x-id', OTHER],
          ['baggage', PROBE],
        ],
      },
    ],
  },
  {
    name: 'a POST with content-length and a marker in the body, twice',
    said: [
      [
        'client',
        `${lines('POST /orders HTTP/1.1', 'content-length: 90', '')}${`{"id":"${PROBE}"}${PROBE}`.padEnd(90)}`,
      ],
      ['server', lines('HTTP/1.1 201 Created', 'content-length: 0', '')],
    ],
    events: [{ target: 'POST /orders', status: 201, ended: true, tie: [['body', PROBE]] }],
  },
  {
    name: 'a chunked request whose chunks cut the marker, with an extension and trailers',
    said: [
      [
        'client',
        lines(
          'POST /c HTTP/1.1',
          'Transfer-Encoding: chunked',
          '',
          '9;x="y"',
          PROBE.slice(0, 9),
          '1B',
          PROBE.slice(9),
        ) +
          lines('0', 'Trailer-One: 1', 'traceparent: in a trailer', '') +
          get('/next'),
      ],
      ['server', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked', '', '5', 'hello', '0', '') + OK],
    ],
    events: [
      { target: 'POST /c', status: 200, ended: true, tie: [['body', PROBE]] },
      { target: 'GET /next', status: 200, ended: true },
    ],
  },
  {
    name: 'pipelined requests, answered in order',
    said: [
      ['client', `${get('/1') + lines('PUT /2 HTTP/1.1', 'Content-Length: 3, 3', '')}abc${get('/3')}`],
      ['server', OK + lines('HTTP/1.1 404 Not Found', 'Content-Length: 0', '')],
    ],
    events: [
      { target: 'GET /1', status: 200, ended: true },
      { target: 'PUT /2', status: 404, ended: true },
      { target: 'GET /3', ended: false },
    ],
  },
  {
    name: 'keep-alive, one after the other',
    said: [
      ['client', get('/1')],
      ['server', OK],
      ['client', `\r\n\r\n${get('/2')}`],
      ['server', OK],
    ],
    events: [
      { target: 'GET /1', status: 200, ended: true },
      { target: 'GET /2', status: 200, ended: true },
    ],
  },
  {
    name: 'answers without a body whatever their headers say: HEAD, 204, 304',
    said: [
      ['client', lines('HEAD /h HTTP/1.1', '') + get('/n') + get('/m') + get('/l')],
      ['server', lines('HTTP/1.1 200 OK', 'Content-Length: 1000', '')],
      ['server', lines('HTTP/1.1 204 No Content', 'Transfer-Encoding: chunked', '')],
      ['server', lines('HTTP/1.1 304 Not Modified', 'Content-Length: 7', '') + OK],
    ],
    events: [
      { target: 'HEAD /h', status: 200, ended: true },
      { target: 'GET /n', status: 204, ended: true },
      { target: 'GET /m', status: 304, ended: true },
      { target: 'GET /l', status: 200, ended: true },
    ],
  },
  {
    name: 'interim answers: 100 and 103 before the final one',
    said: [
      ['client', lines('POST /e HTTP/1.1', 'Expect: 100-continue', `Content-Length: ${PROBE.length}`, '')],
      ['server', lines('HTTP/1.1 100 Continue', '')],
      ['client', PROBE],
      ['server', lines('HTTP/1.1 103 Early Hints', 'Link: </x>', '') + OK],
    ],
    events: [{ target: 'POST /e', status: 200, ended: true, tie: [['body', PROBE]] }],
  },
  {
    name: 'an answer before the request has ended',
    said: [
      ['client', `${lines('POST /big HTTP/1.1', 'Content-Length: 40', '')}1234`],
      ['server', lines('HTTP/1.1 413 Too Large', 'Content-Length: 0', '')],
      ['client', PROBE],
      ['client', get('/after')],
      ['server', OK],
    ],
    events: [
      { target: 'POST /big', status: 413, ended: true, tie: [['body', PROBE]] },
      { target: 'GET /after', status: 200, ended: true },
    ],
  },
  {
    name: 'an answer that ends with the connection',
    said: [
      ['client', get('/old')],
      ['server', `${lines('HTTP/1.0 200 OK', 'Connection: close', '')}GET /not-a-request`],
    ],
    serverCloses: true,
    events: [{ target: 'GET /old', status: 200, ended: true }],
  },
  {
    name: 'an answer that is cut off',
    said: [
      ['client', get('/cut')],
      ['server', `${lines('HTTP/1.1 200 OK', 'Content-Length: 100', '')}half`],
    ],
    serverCloses: true,
    events: [{ target: 'GET /cut', status: 200, ended: false }],
  },
  {
    name: 'an answer nobody asked for (a server that tires of an idle connection)',
    said: [
      ['server', lines('HTTP/1.1 408 Request Timeout', 'Content-Length: 0', '')],
      ['client', get('/late')],
    ],
    events: [{ target: 'GET /late', ended: false }],
  },
  {
    name: 'an upgrade that the server ignores (java.net.http)',
    said: [
      ['client', get('/j', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAE') + get('/k')],
      ['server', OK + OK],
    ],
    events: [
      { target: 'GET /j', status: 200, ended: true },
      { target: 'GET /k', status: 200, ended: true },
    ],
  },
  {
    name: 'bare line feeds, a folded header, padding before a colon',
    said: [
      ['client', `GET /lf HTTP/1.1\nHost: cart\nBaggage: a=1,\n  b=2\ntracestate : x=1\n\n`],
      ['server', 'HTTP/1.1 200\nContent-Length: 0\n\n'],
    ],
    events: [
      {
        target: 'GET /lf',
        status: 200,
        ended: true,
        context: [
          ['Baggage', 'a=1, b=2'],
          ['tracestate', 'x=1'],
        ],
      },
    ],
  },
  {
    name: 'bytes beyond ASCII in target and headers',
    said: [
      ['client', Buffer.from(get('/caf\xe9', 'baggage: na\xc3\xafve=\xa0'), 'latin1')],
      ['server', Buffer.from(lines('HTTP/1.1 200 Tr\xe8s bien', 'Content-Length: 0', ''), 'latin1')],
    ],
    events: [{ target: 'GET /caf\xe9', status: 200, ended: true, context: [['baggage', 'na\xc3\xafve=\xa0']] }],
  },
];
