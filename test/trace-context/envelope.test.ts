import { expect, test } from 'vitest';
import { mayBeEnvelope, readEnvelope } from '../../src/trace-context/envelope.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b9c7c989f97918e1-01';

const read = (body: unknown): [name: string, value: string][] =>
  readEnvelope(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))).map(({ name, value }) => [
    name,
    value,
  ]);

test.each<[string, unknown, [name: string, value: string][]]>([
  [
    'a CloudEvent in structured mode',
    { specversion: '1.0', type: 'order', source: '/shop', id: '1', traceparent: PARENT, tracestate: 'a=b', data: {} },
    [
      ['traceparent', PARENT],
      ['tracestate', 'a=b'],
    ],
  ],
  [
    'a message of Dapr, which reads traceid',
    { topic: 'orders', pubsubname: 'bus', traceid: PARENT, traceparent: PARENT, tracestate: '', data: { orderId: 1 } },
    [
      ['traceid', PARENT],
      ['traceparent', PARENT],
      ['tracestate', ''],
    ],
  ],
  ['a message of an old Dapr', { specversion: '1.0', traceid: PARENT, data: 1 }, [['traceid', PARENT]]],
  [
    'what SNS hands to SQS',
    {
      Type: 'Notification',
      Message: '{}',
      MessageAttributes: {
        traceparent: { Type: 'String', Value: PARENT },
        tenant: { Type: 'String', Value: 'secret' },
        tracestate: { Type: 'String', Value: 'a=b' },
      },
    },
    [
      ['MessageAttributes.traceparent.Value', PARENT],
      ['MessageAttributes.tracestate.Value', 'a=b'],
    ],
  ],
  [
    'what is sent to SQS',
    {
      QueueUrl: 'http://q',
      MessageBody: 'x',
      MessageAttributes: { traceparent: { DataType: 'String', StringValue: PARENT } },
    },
    [['MessageAttributes.traceparent.StringValue', PARENT]],
  ],
  [
    'an envelope of MassTransit',
    {
      messageId: '1',
      messageType: ['urn:message:Shop:Order'],
      message: { secret: 1 },
      headers: { 'MT-Activity-Id': PARENT, Tenant: 'secret' },
    },
    [['headers.MT-Activity-Id', PARENT]],
  ],
  [
    'an envelope of MassTransit with headers of OpenTelemetry',
    { headers: { traceparent: PARENT, baggage: 'k=v' } },
    [
      ['headers.traceparent', PARENT],
      ['headers.baggage', 'k=v'],
    ],
  ],
  ['an envelope of CAP or NServiceBus', { Headers: { traceparent: PARENT } }, [['Headers.traceparent', PARENT]]],
  [
    'a change event of Debezium',
    {
      before: null,
      after: { id: 7, tracingspancontext: `#Mon Nov 23 10:00:00 UTC 2026\nkey=secret\ntraceparent=${PARENT}\n` },
      op: 'c',
    },
    [['after.tracingspancontext', PARENT]],
  ],
  [
    'a change event with its schema',
    { schema: { type: 'struct' }, payload: { after: { tracingspancontext: `traceparent=${PARENT}\r\n` } } },
    [['payload.after.tracingspancontext', PARENT]],
  ],
  [
    'a row of an outbox',
    { aggregateid: '1', tracingspancontext: `traceparent=${PARENT}` },
    [['tracingspancontext', PARENT]],
  ],
  [
    'a push of Pub/Sub',
    { message: { data: 'e30=', attributes: { googclient_traceparent: PARENT, other: 'secret' } }, subscription: 's' },
    [['message.attributes.googclient_traceparent', PARENT]],
  ],
  ['metadata', { metadata: { traceparent: PARENT } }, [['metadata.traceparent', PARENT]]],
  ['_traceContext', { _traceContext: { traceparent: PARENT } }, [['_traceContext.traceparent', PARENT]]],
  ['trace_context', { trace_context: { traceparent: PARENT } }, [['trace_context.traceparent', PARENT]]],
  ['another spelling', { TraceParent: PARENT }, [['TraceParent', PARENT]]],
  [
    'two places at once',
    { headers: { traceparent: PARENT }, metadata: { traceparent: 'other' } },
    [
      ['headers.traceparent', PARENT],
      ['metadata.traceparent', 'other'],
    ],
  ],
])('%s: its context is found under its path, and nothing else of the body', (_what, body, context) => {
  expect(read(body)).toEqual(context);
  expect(read(JSON.stringify(body, null, 2))).toEqual(context);
});

test('a traceparent that no receiver would read is shown as it is', () => {
  expect(read({ traceparent: '00-abc' })).toEqual([['traceparent', '00-abc']]);
  expect(read({ traceparent: 'x'.repeat(5000) })[0]?.[1]).toHaveLength(1024);
});

test.each<[string, unknown]>([
  ['no context', { orderId: 1 }],
  ['a field of that name where nobody puts context', { order: { traceparent: PARENT } }],
  ['a traceid that is none of W3C', { traceid: 'abc-1' }],
  ['a number where text belongs', { traceparent: 7 }],
  ['a list where text belongs', { traceparent: [PARENT] }],
  ['baggage that a passenger carries', { baggage: '2 suitcases', note: 'no traceparent' }],
  ['text that speaks of it', `traceparent: ${PARENT}`],
  ['a list', [{ traceparent: PARENT }]],
  ['a JSON string', `"{\\"traceparent\\": \\"${PARENT}\\"}"`],
  ['JSON that was cut off', `{"traceparent": "${PARENT}", "data": {`],
  ['two documents', `{"traceparent": "${PARENT}"}\n{"traceparent": "${PARENT}"}`],
  ['a form', `a=1&traceparent=${PARENT}`],
  ['nothing', ''],
  ['white space', ' \n'],
])('%s: nothing is found', (_what, body) => {
  expect(read(body)).toEqual([]);
});

test('a compressed or binary body is not looked into', () => {
  expect(readEnvelope(Buffer.from([0x1f, 0x8b, 8, 0]))).toEqual([]);
  expect(mayBeEnvelope(Buffer.from([0x0a, 0x02, 0x7b]))).toBe(false);
  expect(mayBeEnvelope(Buffer.from('\r\n\t {'))).toBe(true);
});

test('nothing that is sent breaks it: deep, wide, odd and damaged bodies', () => {
  const deep = (depth: number): string => `{"traceparent":${'{"headers":['.repeat(depth)}${']}'.repeat(depth)}}`;
  expect(read(deep(20_000))).toEqual([]);
  expect(read(`{"traceparent":${'['.repeat(100_000)}`)).toEqual([]);
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
  expect(read({ ...wide, traceparent: PARENT })).toEqual([['traceparent', PARENT]]);
  for (const odd of [null, 1, '', { headers: null }, { headers: 'x' }, { payload: [1], after: true, message: 'm' }]) {
    expect(read({ note: 'traceparent', body: odd, ...(typeof odd === 'object' ? odd : {}) })).toEqual([]);
  }
  expect(read(`{"__proto__": {"traceparent": "${PARENT}"}, "constructor": 1}`)).toEqual([]);
});

test('a body that was damaged anywhere gives what is in it, or nothing, and never throws', () => {
  const body = Buffer.from(
    JSON.stringify({ headers: { traceparent: PARENT }, after: { tracingspancontext: `traceparent=${PARENT}` } }),
  );
  let state = 7;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  for (let round = 0; round < 1000; round++) {
    const damaged = Buffer.from(body);
    for (let times = 1 + random(4); times > 0; times--) damaged[random(damaged.length)] = random(256);
    for (const { name, value } of readEnvelope(damaged.subarray(0, body.length - random(2) * random(40)))) {
      expect(name.toLowerCase()).toMatch(/(traceparent|tracingspancontext)$/);
      expect(value.length).toBeLessThanOrEqual(200);
    }
  }
});
