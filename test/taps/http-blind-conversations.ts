/** What a tap cannot read, or can no longer: it goes blind and says why. */
import { type Conversation, get, lines, OK } from './http-conversations.ts';

export const BLIND: Conversation[] = [
  {
    name: 'an upgrade that is taken',
    said: [
      ['client', get('/ws', 'Connection: Upgrade', 'Upgrade: websocket')],
      ['server', `${lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', '')}\x81\x05hello`],
      ['client', get('/hidden')],
      ['server', OK],
    ],
    events: [{ target: 'GET /ws', status: 101, ended: false }],
    blind: 'upgraded to websocket, which the tap does not read',
  },
  {
    name: 'CONNECT that is refused, then CONNECT that is taken',
    said: [
      ['client', lines('CONNECT bank:443 HTTP/1.1', '')],
      ['server', lines('HTTP/1.1 403 Forbidden', 'Content-Length: 0', '')],
      ['client', lines('CONNECT cart:443 HTTP/1.1', '')],
      ['server', lines('HTTP/1.1 200 Connection established', '')],
      ['client', Buffer.from('160301', 'hex')],
    ],
    events: [
      { target: 'CONNECT bank:443', status: 403, ended: true },
      { target: 'CONNECT cart:443', status: 200, ended: false },
    ],
    blind: 'a tunnel (CONNECT), which the tap does not read',
  },
  {
    name: 'TLS',
    said: [
      ['client', Buffer.from('1603010200010001fc0a0d0a47', 'hex')],
      ['server', Buffer.from('160303', 'hex')],
    ],
    events: [],
    blind: 'TLS, which the tap does not read',
  },
  {
    name: 'HTTP/2 with prior knowledge',
    said: [
      ['client', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['server', Buffer.from('000000040000000000', 'hex')],
    ],
    events: [],
    blind: 'HTTP/2, which the tap does not read',
  },
  {
    name: 'garbage after a good request',
    said: [
      ['client', get('/good')],
      ['server', OK],
      ['client', Buffer.from('00ff00ff0a', 'hex')],
    ],
    events: [{ target: 'GET /good', status: 200, ended: true }],
    blind: 'a request that is not HTTP/1.1',
  },
  {
    name: 'an answer that is no HTTP',
    said: [
      ['client', get('/ssh')],
      ['server', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ],
    events: [{ target: 'GET /ssh', ended: false }],
    blind: 'an answer that is not HTTP/1.1',
  },
  {
    name: 'a status line with a broken status',
    said: [
      ['client', get('/x')],
      ['server', 'HTTP/1.1 2x0 OK\r\n'],
    ],
    events: [{ target: 'GET /x', ended: false }],
    blind: 'an answer that is not HTTP/1.1',
  },
  {
    name: 'a header line without a colon',
    said: [['client', get('/x', 'nonsense')]],
    events: [],
    blind: 'a header line without a name, which is not HTTP/1.1',
  },
  {
    name: 'lengths that contradict each other',
    said: [['client', get('/smuggle', 'Content-Length: 1', 'Content-Length: 2')]],
    events: [{ target: 'GET /smuggle', ended: false }],
    blind: 'a content-length that does not say where the body ends',
  },
  {
    name: 'a transfer coding without an end',
    said: [['client', lines('POST /x HTTP/1.1', 'Transfer-Encoding: gzip', '')]],
    events: [{ target: 'POST /x', ended: false }],
    blind: 'a request whose transfer-encoding does not say where it ends',
  },
  {
    name: 'a chunk that has no size',
    said: [['client', lines('POST /x HTTP/1.1', 'Transfer-Encoding: chunked', '', 'zz')]],
    events: [{ target: 'POST /x', ended: false }],
    blind: 'a chunk without a size, which is not HTTP/1.1',
  },
  {
    name: 'a chunk that is longer than its size',
    said: [['client', lines('POST /x HTTP/1.1', 'Transfer-Encoding: chunked', '', '3', 'abcd')]],
    events: [{ target: 'POST /x', ended: false }],
    blind: 'a chunk that is longer than its size says',
  },
  {
    name: 'a head that never ends',
    said: [['client', `GET /${'x'.repeat(200_000)}`]],
    events: [],
    blind: 'a message head of more than 128 KiB',
  },
];
