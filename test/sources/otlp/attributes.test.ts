import { expect, test } from 'vitest';
import { protobufDecoder } from '../../../src/sources/otlp/protobuf/request.ts';
import { attribute, field, IDS, requestWith, varintField } from './bytes.ts';
import { OTHER_PROBE, PROBE, settingsFor } from './settings.ts';

const decode = protobufDecoder(settingsFor({ declared: ['enduser.tenant', 'größe'] }));

function spanWith(key: string, value: string): { attributes: object; tie: object[] } | undefined {
  return decode(requestWith(IDS, attribute(9, key, field(1, value))), 1).spans[0];
}

const kept: [string, string, string][] = [
  ['http.route', '/orders/:id', '/orders/:id'],
  ['messaging.destination', 'orders', 'orders'],
  ['messaging.destination.name', 'orders', 'orders'],
  ['messaging.message.id', 'orders.0.17', 'orders.0.17'],
  ['messaging.kafka.offset', '17', '17'],
  ['net.sock.peer.port', '40123', '40123'],
  ['enduser.tenant', 'acme', 'acme'],
  ['größe', '7', '7'],
  ['url.full', 'http://audit:pw@127.0.0.1/orders?token=hunter2', 'http://127.0.0.1/orders'],
  ['http.url', `http://127.0.0.1/orders?token=hunter2&ref=${PROBE}#x`, `http://127.0.0.1/orders?${PROBE}`],
  ['http.target', '/orders?token=hunter2', '/orders'],
  ['url.path', '/orders/17', '/orders/17'],
];
test.each(kept)('kept: %s: %s', (key, value, expected) => {
  expect(spanWith(key, value)?.attributes).toEqual({ [key]: expected });
});

const letGo = [
  'url.query',
  'messaging.kafka.message.key',
  'messaging.url',
  'db.statement',
  'http.request.header.cookie',
  'user_agent.original',
  'HTTP.ROUTE',
  'http.route ',
  '',
];
test.each(letGo)('let go, but searched: %s', (key) => {
  expect(spanWith(key, `secret ${PROBE}`)).toMatchObject({ attributes: {}, tie: [{ probe: PROBE, where: key }] });
});

test('a marker of another run is none of ours', () => {
  expect(spanWith('url.query', 'deadbeef-aaaa-4bbb-8ccc-0123456789ab')?.tie).toEqual([]);
  expect(spanWith('url.query', `${PROBE.slice(0, -1)}`)?.tie).toEqual([]);
});

test('a resource keeps what tells services and instances apart, and what the topology names', () => {
  const pairs = [
    'service.name',
    'service.instance.id',
    'telemetry.sdk.language',
    'k8s.pod.name',
    'enduser.tenant',
    'process.command_line',
  ];
  const resource = field(
    1,
    ...pairs.map((key) => attribute(1, key, field(1, 'x'))),
    attribute(1, 'process.pid', varintField(3, 4242)),
  );
  const [span] = decode(field(1, resource, field(2, field(2, IDS))), 1).spans;
  expect(span?.resource).toEqual({
    'service.name': 'x',
    'service.instance.id': 'x',
    'telemetry.sdk.language': 'x',
    'k8s.pod.name': 'x',
    'enduser.tenant': 'x',
    'process.pid': 4242,
  });
});

const names: [string, string][] = [
  ['GET /orders?token=hunter2', 'GET /orders'],
  [`GET /orders?token=hunter2&ref=${PROBE} again`, `GET /orders?${PROBE} again`],
  ['GET http://audit:pw@shop/orders', 'GET http://shop/orders'],
  ['SELECT * FROM orders WHERE id = ?', 'SELECT * FROM orders WHERE id = ?'],
  ['OrdersController#show', 'OrdersController#show'],
  ['orders process', 'orders process'],
];
test.each(names)('a name: %s', (name, expected) => {
  expect(decode(requestWith(IDS, field(5, name)), 1).spans[0]?.name).toBe(expected);
});

test('several markers in one value, each once', () => {
  expect(spanWith('ids', `${PROBE},${OTHER_PROBE},${PROBE}`)?.tie).toEqual([
    { probe: PROBE, where: 'ids' },
    { probe: OTHER_PROBE, where: 'ids' },
  ]);
});
