import { expect, test } from 'vitest';
import type { RabbitmqMessage } from '../../../src/clients/rabbitmq.ts';
import { wireEventOf } from '../../../src/taps/rabbitmq/event.ts';

const RUN = '1f2e3d4c';
const PROBE = `${RUN}-1111-4222-8333-444455556666`;
const OTHER = `${RUN}-9999-4222-8333-444455556666`;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

interface Given {
  headers?: Record<string, unknown>;
  properties?: Record<string, unknown>;
  routingKey?: string;
  body?: string | Buffer;
}

function eventOf({ headers, properties, routingKey = 'created', body = '' }: Given): ReturnType<typeof wireEventOf> {
  const none = { contentType: undefined, messageId: undefined, correlationId: undefined };
  const message = {
    fields: { exchange: 'invoices', routingKey, deliveryTag: 1, redelivered: false, consumerTag: 't' },
    properties: { ...none, ...properties, headers },
    content: Buffer.from(body),
  };
  return wireEventOf(message as RabbitmqMessage, { id: 'n:1', node: 'n', runId: RUN, now: 1_700_000_000_123 });
}

test('where it went, when, and its ids', () => {
  const event = eventOf({ properties: { messageId: 'm', correlationId: 'c' } });
  expect(event).toEqual({
    id: 'n:1',
    node: 'n',
    transport: 'rabbitmq',
    at: '1700000000123000000',
    seenAt: 1_700_000_000_123,
    target: 'invoices:created',
    context: [],
    tie: [],
    rabbitmq: { exchange: 'invoices', routingKey: 'created', messageId: 'm', correlationId: 'c' },
  });
  expect(eventOf({}).rabbitmq).toEqual({ exchange: 'invoices', routingKey: 'created' });
});

test.each([
  [{ traceparent: TRACEPARENT, other: 'x' }, [{ name: 'traceparent', value: TRACEPARENT }]],
  [
    { Traceparent: 'a', traceparent: 'b' },
    [
      { name: 'Traceparent', value: 'a' },
      { name: 'traceparent', value: 'b' },
    ],
  ],
  [{ traceparent: Buffer.from(TRACEPARENT) }, [{ name: 'traceparent', value: TRACEPARENT, type: 'bytes' }]],
  [
    { traceparent: ['a', 'b'] },
    [
      { name: 'traceparent', value: 'a' },
      { name: 'traceparent', value: 'b' },
    ],
  ],
  [{ b3: [Buffer.from('0')] }, [{ name: 'b3', value: '0', type: 'bytes' }]],
  [
    { 'x-b3-sampled': 1, 'X-B3-Flags': true },
    [
      { name: 'x-b3-sampled', value: '1' },
      { name: 'X-B3-Flags', value: 'true' },
    ],
  ],
  [{ tracestate: null }, [{ name: 'tracestate', value: '' }]],
  [{ baggage: { '!': 'timestamp', value: 7 } }, [{ name: 'baggage', value: 'timestamp,7' }]],
  [undefined, []],
])('context of %o', (headers, context) => {
  expect(eventOf({ ...(headers && { headers }) }).context).toEqual(context);
});

test.each([
  ['messageId', { properties: { messageId: PROBE } }],
  ['correlationId', { properties: { correlationId: `order-${PROBE.toUpperCase()}` } }],
  ['appId', { properties: { appId: PROBE } }],
  ['routingKey', { routingKey: `created.${PROBE}` }],
  ['baggage', { headers: { Baggage: `tracegap.probe=${PROBE}` } }],
  ['header:x-order', { headers: { 'X-Order': Buffer.from(PROBE) } }],
  ['header:x-death', { headers: { 'x-death': [{ queue: 'q', 'routing-keys': [PROBE] }] } }],
  ['body', { body: JSON.stringify({ id: PROBE }) }],
  ['body', { body: Buffer.concat([Buffer.alloc(200 * 1024), Buffer.from(PROBE)]) }],
] satisfies [string, Given][])('a marker in %s', (where, given) => {
  expect(eventOf(given).tie).toEqual([{ probe: PROBE, where }]);
});

test('all places and all probes, and none of another run or too far back in the body', () => {
  expect(eventOf({ properties: { messageId: PROBE }, body: `${OTHER} ${PROBE} ${OTHER}` }).tie).toEqual([
    { probe: PROBE, where: 'messageId' },
    { probe: OTHER, where: 'body' },
    { probe: PROBE, where: 'body' },
  ]);
  const far = Buffer.concat([Buffer.alloc(256 * 1024), Buffer.from(PROBE)]);
  expect(eventOf({ body: far, properties: { messageId: PROBE.replace(RUN, '00000000') } }).tie).toEqual([]);
});

test('the canary and context in the body, and nothing else of it', () => {
  const body = JSON.stringify({ message: { secret: 1 }, headers: { 'MT-Activity-Id': TRACEPARENT } });
  const event = eventOf({ headers: { 'X-Tracegap': Buffer.from('isolation'), 'x-tracegap': 'second' }, body });
  expect(event).toMatchObject({
    canary: 'isolation',
    context: [],
    envelope: [{ name: 'headers.MT-Activity-Id', value: TRACEPARENT }],
  });
  expect(JSON.stringify(event)).not.toContain('secret');
  expect(eventOf({ body: '{}' })).not.toHaveProperty('envelope');
  expect(eventOf({ headers: { other: 'x' } })).not.toHaveProperty('canary');
});
