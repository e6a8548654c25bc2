/** Rows come back as the spans that they were, and what there is no room for is counted. */
import { expect, test } from 'vitest';
import { createWaitingRoom } from '../../src/engine/waiting-room.ts';
import type { SpanRecord } from '../../src/model/evidence.ts';

const RESOURCE = { 'service.name': 'gate', 'process.pid': 7 };

function span(number: number, traceId = 'a'.repeat(32)): SpanRecord {
  return {
    traceId,
    spanId: number.toString(16).padStart(16, '0'),
    parentSpanId: 'f'.repeat(16),
    links: [{ traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), flags: 1 }],
    kind: 'consumer',
    name: 'Bestellung prüfen 注文 🧾',
    start: '1795689730708000000',
    end: '1795689730708467771',
    service: 'gate',
    resource: RESOURCE,
    attributes: { 'messaging.destination.name': 'orders', count: 3, isLast: true, tags: ['x', 'y'] },
    tie: [],
    receivedAt: 12.5,
    sources: ['otlp'],
    flags: 257,
  };
}

test('a span comes back as it was, with the resource that others share', () => {
  const room = createWaitingRoom();
  room.add(span(1), []);
  const [back] = room.take('a'.repeat(32));
  expect(back).toEqual(span(1));
  expect(back?.resource).toBe(RESOURCE);
});

test('a key gives the whole of each trace in which it stands, once', () => {
  const room = createWaitingRoom();
  room.add(span(1), []);
  room.add(span(2), ['orders 0 7']);
  room.add(span(3, 'd'.repeat(32)), ['orders 0 7']);
  room.add(span(4, 'e'.repeat(32)), []);
  expect(room.take('orders 0 7').map(({ spanId }) => Number(spanId))).toEqual([1, 2, 3]);
  expect(room.take('orders 0 7')).toEqual([]);
  expect(room.take('a'.repeat(32))).toEqual([]);
  expect(room.all().map(({ spanId }) => Number(spanId))).toEqual([4]);
});

test('the newest are kept, also of a trace whose first spans are gone', () => {
  const room = createWaitingRoom(100_000);
  for (let number = 0; number < 1000; number++) room.add(span(number), []);
  const kept = room.all();
  expect(kept.length + room.dropped()).toBe(1000);
  expect(kept.at(-1)).toEqual(span(999));
  expect(room.take('a'.repeat(32))).toEqual(kept);
  expect(room.all()).toEqual([]);
});

test('what was taken out is not counted as dropped', () => {
  const room = createWaitingRoom(10_000);
  room.add(span(1, 'd'.repeat(32)), []);
  room.take('d'.repeat(32));
  for (let number = 2; number < 100; number++) room.add(span(number), []);
  expect(room.all().length + room.dropped()).toBe(98);
});

test('a span that is larger than all the room is counted only', () => {
  const room = createWaitingRoom(10_000);
  room.add({ ...span(1), name: 'x'.repeat(20_000) }, []);
  room.add(span(2), []);
  expect(room.dropped()).toBe(1);
  expect(room.all()).toEqual([span(2)]);
});
