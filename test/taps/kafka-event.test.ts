import { expect, test } from 'vitest';
import type { KafkaRecord } from '../../src/clients/kafka-records.ts';
import { recordEvent } from '../../src/taps/kafka-event.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b9c7c989f97918e1-01';

function eventOf(given: Partial<KafkaRecord>): ReturnType<typeof recordEvent> {
  const record = { partition: 0, offset: 7n, timestamp: 1000, key: null, value: null, headers: [], ...given };
  return recordEvent(record, { node: 'orders', runId: 'c0ffee00', topic: 'shop.orders', generation: 0 }, 1001);
}

test('the canary and context in the value, and nothing else of it', () => {
  const value = Buffer.from(JSON.stringify({ traceparent: PARENT, tracestate: 'a=b', data: { secret: 1 } }));
  const event = eventOf({
    value,
    headers: [
      ['other', Buffer.from('secret')],
      ['X-TraceGap', Buffer.from('canary')],
    ],
  });
  expect(event).toMatchObject({
    canary: 'canary',
    context: [],
    envelope: [
      { name: 'traceparent', value: PARENT },
      { name: 'tracestate', value: 'a=b' },
    ],
  });
  expect(JSON.stringify(event)).not.toContain('secret');
});

test('what is not there is absent', () => {
  for (const value of [null, Buffer.alloc(0), Buffer.from('{"orderId":1}'), Buffer.alloc(300_000, '{')]) {
    const event = eventOf({ value, headers: [['traceparent', null]] });
    expect(event).not.toHaveProperty('canary');
    expect(event).not.toHaveProperty('envelope');
    expect(event.context).toEqual([{ name: 'traceparent', value: '' }]);
  }
  expect(eventOf({ headers: [['x-tracegap', null]] }).canary).toBe('');
});
