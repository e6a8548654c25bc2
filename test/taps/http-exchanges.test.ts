import { describe, expect, test } from 'vitest';
import type { WireEvent } from '../../src/model/evidence.ts';
import { createExchanges } from '../../src/taps/http/exchanges.ts';
import { BLIND } from './http-blind-conversations.ts';
import { type Conversation, READ, type Side } from './http-conversations.ts';
import { PROBE, RUN } from './http-rig.ts';

const OTHER = `${RUN}-9999-4222-8333-444455556666`;

type Said = [Side, Buffer][];

/** Reads a conversation in the given pieces; the clock counts the pieces. */
function readAll(
  said: Said,
  serverCloses = false,
): { events: WireEvent[]; blind?: string; since?: number | undefined } {
  const events = new Map<string, WireEvent>();
  const exchanges = createExchanges({
    node: 'cart',
    runId: RUN,
    connection: 7,
    upstreamPort: 4711,
    event: (event) => events.set(event.id, event),
  });
  let turn = 0;
  const now = (): { ns: string; ms: number } => ({ ns: `${turn}000000`, ms: turn });
  try {
    for (const [side, chunk] of said) {
      turn += 1;
      if (side === 'client') exchanges.fromClient(chunk, now());
      else exchanges.fromServer(chunk, now());
    }
    if (serverCloses) exchanges.serverEnded(now());
    return { events: [...events.values()] };
  } catch (error) {
    const blind = error instanceof Error ? error.message : String(error);
    return { events: [...events.values()], blind, since: exchanges.unreadSince() };
  }
}

function whole({ said }: Conversation): Said {
  return said.map(([side, text]) => [side, typeof text === 'string' ? Buffer.from(text) : text]);
}

/** The conversation with the piece at `index` cut before its byte `at`. */
function cut(said: Said, index: number, at: number): Said {
  return said.flatMap(([side, bytes], position): Said => {
    if (position !== index) return [[side, bytes]];
    return [
      [side, bytes.subarray(0, at)],
      [side, bytes.subarray(at)],
    ];
  });
}

function byteByByte(said: Said): Said {
  return said.flatMap(([side, bytes]) => Array.from(bytes, (byte): Said[number] => [side, Buffer.of(byte)]));
}

/** What of the events does not depend on when the pieces came. */
function essence(result: ReturnType<typeof readAll>): unknown {
  return {
    blind: result.blind,
    events: result.events.map(({ id, target, context, tie, http }) => ({
      id,
      target,
      context: context.map(({ name, value }) => [name, value]),
      tie: tie.map(({ where, probe }) => [where, probe]),
      status: http?.status,
      ended: http?.end !== undefined,
      upstreamPort: http?.upstreamPort,
    })),
  };
}

function expected({ events, blind }: Conversation): unknown {
  return {
    blind,
    events: events.map(({ target, status, ended, context = [], tie = [] }, index) => ({
      id: `cart:7:${index + 1}`,
      target,
      context,
      tie,
      status,
      ended,
      upstreamPort: 4711,
    })),
  };
}

describe.each([...READ, ...BLIND])('$name', (conversation) => {
  const said = whole(conversation);

  test('as it came', () => {
    expect(essence(readAll(said, conversation.serverCloses))).toEqual(expected(conversation));
  });

  test('cut at every byte', () => {
    const wrong = said.flatMap(([, bytes], index) =>
      Array.from({ length: Math.min(bytes.length, 1000) }, (_, at) => at).filter((at) => {
        const result = essence(readAll(cut(said, index, at), conversation.serverCloses));
        return JSON.stringify(result) !== JSON.stringify(expected(conversation));
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('byte by byte', () => {
    expect(essence(readAll(byteByByte(said), conversation.serverCloses))).toEqual(expected(conversation));
  });
});

const request = (text: string): [Side, Buffer] => ['client', Buffer.from(text)];
const answer = (text: string): [Side, Buffer] => ['server', Buffer.from(text)];

test('a request began with its first byte and ended with the last of its answer', () => {
  const { events } = readAll([
    request('GET /1 HTTP/1.1\r\n\r\nGE'),
    request('T /2 HTTP/1.1\r\n\r\n'),
    answer('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no'),
    answer('kHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'),
  ]);
  expect(events.map(({ at, seenAt, http }) => [at, seenAt, http?.end])).toEqual([
    ['1000000', 1, '4000000'],
    ['1000000', 1, '4000000'],
  ]);
});

test('what is not understood began with its own first byte', () => {
  const { since } = readAll([request('GET /1 HTTP/1.1\r\n\r\n'), request('GET '), request('/2 HTTP/3\r\n')]);
  expect(since).toBe(2);
});

test('every change is told once, and what was told stays as it was', () => {
  const told: WireEvent[] = [];
  const exchanges = createExchanges({
    node: 'cart',
    runId: RUN,
    connection: 1,
    upstreamPort: 1,
    event: (event) => told.push(event),
  });
  const now = { ns: '5', ms: 0 };
  exchanges.fromClient(Buffer.from(`POST / HTTP/1.1\r\ncontent-length: 80\r\n\r\n${PROBE}`), now);
  exchanges.fromClient(Buffer.from(`${OTHER}12345678`), now);
  exchanges.fromServer(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n'), now);
  exchanges.fromServer(Buffer.from('ok'), now);
  expect(told.map(({ tie, http }) => ({ ties: tie.length, status: http?.status, end: http?.end }))).toEqual([
    { ties: 1, status: undefined, end: undefined },
    { ties: 2, status: undefined, end: undefined },
    { ties: 2, status: 200, end: undefined },
    { ties: 2, status: 200, end: '5' },
  ]);
});

test.each([
  ['within the first 256 KiB', 256 * 1024 - 36, 1],
  ['across the limit', 256 * 1024 - 35, 0],
  ['behind it', 256 * 1024, 0],
])('a marker in a body is searched for %s', (_where, offset, ties) => {
  const body = Buffer.alloc(400 * 1024, 'x');
  body.write(PROBE, offset);
  const head = Buffer.from(`POST / HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n`);
  const pieces = Array.from({ length: 40 }, (_, index): Said[number] => [
    'client',
    body.subarray(index * 10_240, (index + 1) * 10_240),
  ]);
  const { events } = readAll([['client', head], ...pieces, request('GET /next HTTP/1.1\r\n\r\n')]);
  expect(events.map((event) => event.tie.length)).toEqual([ties, 0]);
});

test('a client that only asks is not followed for ever', () => {
  const { events, blind } = readAll([request('GET / HTTP/1.1\r\n\r\n'.repeat(1000))]);
  expect(events).toHaveLength(256);
  expect(blind).toMatch(/^more than 256 requests/);
});

test('white space without end is read in one pass', () => {
  const padded = `GET / HTTP/1.1\r\nx: a${' '.repeat(120_000)}b\r\n\r\n`;
  const { events } = readAll([request(padded)]);
  expect(events).toHaveLength(1);
});

describe('beside the context', () => {
  const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b9c7c989f97918e1-01';
  const json = JSON.stringify({ specversion: '1.0', traceparent: PARENT, data: { secret: 'x' } });
  const chunked = `Transfer-Encoding: chunked\r\n\r\n5\r\n${json.slice(0, 5)}\r\n${(json.length - 5).toString(16)}\r\n${json.slice(5)}\r\n0\r\n\r\n`;
  const request = (rest: string): Said => [
    ['client', Buffer.from(`POST / HTTP/1.1\r\nx-first: 1\r\nX-TraceGap: isolation\r\n${rest}`)],
  ];
  const sized = (body: string): Said => request(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  const envelope = [{ name: 'traceparent', value: PARENT }];

  test.each<[string, Said]>([
    ['a sized body', sized(json)],
    ['a chunked body', request(chunked)],
  ])('the canary and the context in %s are told, wherever it is cut', (_what, said) => {
    for (const cuts of [said, byteByByte(said), cut(said, 0, said[0]?.[1].indexOf('traceparent":') ?? 0)]) {
      const [event] = readAll(cuts).events;
      expect(event).toMatchObject({ canary: 'isolation', context: [], envelope });
      expect(JSON.stringify(event)).not.toContain('secret');
    }
  });

  test('each request of a connection has its own, or none', () => {
    const plain = (): Said => [['client', Buffer.from('POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}')]];
    const { events } = readAll([...sized(json), ...plain(), ...sized('{"traceparent": 1}')]);
    expect(events.map(({ canary, envelope: found }) => [canary, found])).toEqual([
      ['isolation', envelope],
      [undefined, undefined],
      ['isolation', undefined],
    ]);
    expect(events[1]).not.toHaveProperty('canary');
    expect(events[1]).not.toHaveProperty('envelope');
  });

  test('a canary is kept to 64 characters, and a body to 256 KiB', () => {
    const padded = JSON.stringify({ traceparent: PARENT, data: 'x'.repeat(256 * 1024) });
    const [event] = readAll(sized(padded)).events;
    expect(event).not.toHaveProperty('envelope');
    const long = readAll([['client', Buffer.from(`GET / HTTP/1.1\r\nx-tracegap: ${'a'.repeat(99)}\r\n\r\n`)]]);
    expect(long.events[0]?.canary).toBe('a'.repeat(64));
  });
});
