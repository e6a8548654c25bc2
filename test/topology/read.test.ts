import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Topology } from '../../src/model/topology.ts';
import { readTopology } from '../../src/topology/read.ts';

const ENV = { HOST: '10.0.0.1', PORT: '9001', THREE: '3', NO: 'false', PASSWORD: 'hunter2', STAGE: 'prod' };

function topologyOf(text: string): Topology {
  const { topology, problems } = readTopology(text, { file: 'deploy/shop.yaml', env: ENV, sha256: 'ab' });
  if (topology === undefined) throw new Error(JSON.stringify(problems));
  return topology;
}

function file(name: string): Topology {
  return topologyOf(readFileSync(new URL(`./files/${name}.yaml`, import.meta.url), 'utf8').replace(/^#: .*$/gm, ''));
}

/** A file whose one flow sends to its one node. */
function small({ node = 'url: "http://a"', send = `http: { path: "/\${probe.id}" }`, rest = '' }): string {
  return `version: 1\nnodes: { a: { ${node} } }\nflows: { f: { send: { ${send} }, through: a } }\n${rest}`;
}

describe('nodes of every kind', () => {
  const { record, connections } = file('good-every-kind');

  test('as judging knows them', () => {
    expect(record.nodes.edge).toEqual({
      kind: 'proxy',
      services: ['edge'],
      resource: {},
      span: {},
      spans: 'expected',
      software: 'nginx',
      addresses: ['shop.acme.io:443'],
      tapped: false,
      at: { line: 9, column: 3 },
    });
    expect(record.nodes.legacy).toMatchObject({ kind: 'service', spans: 'none', tapped: true });
    expect(record.nodes.checkout).toMatchObject({ services: ['checkout', 'checkout-canary'], addresses: [] });
    expect(record.nodes.catalog).toMatchObject({ span: { 'app.part': 'catalog' } });
    expect(record.nodes.orders).toMatchObject({
      topic: 'dev.orders',
      tapped: true,
      addresses: ['127.0.0.1:9092', '[::1]:9092'],
    });
    expect(record.nodes.invoices).toMatchObject({
      exchange: 'invoices',
      binding: 'created.#',
      queue: 'mail',
      tapped: true,
      addresses: ['mq.acme.io:5671'],
    });
    expect(record.nodes.partner).toMatchObject({
      kind: 'external',
      tapped: true,
      addresses: ['api.partner.example:443', '127.0.0.1:9003'],
    });
  });

  test('as they are reached', () => {
    expect(connections).toEqual({
      edge: { url: 'https://shop.acme.io/base', tls: { caFile: './ca.pem' } },
      checkout: {},
      legacy: { url: 'http://127.0.0.1:3009', httpTap: { listen: '127.0.0.1:9009' } },
      catalog: {},
      orders: {
        kafka: {
          brokers: ['127.0.0.1:9092', '[::1]:9092'],
          tls: {},
          sasl: { mechanism: 'plain', username: 'audit', password: `\${secret:PASSWORD}` },
        },
      },
      invoices: { rabbitmq: { url: `amqps://audit:\${secret:PASSWORD}@mq.acme.io/shop` } },
      mailer: {},
      partner: { url: 'https://api.partner.example', httpTap: { listen: '127.0.0.1:9003' } },
    });
  });
});

test('what is sent stays a template, in the order written, numbers to the digit', () => {
  expect(file('good-every-kind').flows).toEqual({
    'place-order': {
      repeat: 3,
      concurrency: 2,
      baggage: [],
      control: false,
      before: [],
      after: [],
      send: {
        transport: 'http',
        to: 'edge',
        method: 'POST',
        path: `/checkout?ref=\${probe.id}`,
        headers: [
          ['content-type', 'application/json'],
          ['x-number', `\${probe.number}`],
        ],
        properties: [],
        json: {
          object: [
            ['orderId', `\${probe.id}`],
            ['items', { array: [{ number: '1' }, { number: '2.50' }] }],
            ['note', null],
            ['gift', true],
          ],
        },
      },
    },
    remind: {
      repeat: 1,
      concurrency: 1,
      baggage: [],
      control: false,
      before: [],
      after: [],
      send: {
        transport: 'rabbitmq',
        to: 'invoices',
        routingKey: 'created.late',
        headers: [['kind', '1']],
        properties: [
          ['type', 'reminder'],
          ['messageId', `\${probe.id}`],
        ],
        json: { object: [['id', `\${probe.id}`]] },
      },
    },
  });
  expect(file('good-numbers-where-text-goes-out').flows.buy?.send).toMatchObject({
    key: '00123',
    headers: [
      ['id', `\${probe.id}`],
      ['n', '12345678901234567890'],
      ['flag', 'true'],
    ],
    json: { number: '5' },
  });
});

describe('what sharpens the verdicts', () => {
  const { record, flows, isolation } = file('good-all-that-proves');

  test('is sent straight to the nodes that consent, or to the broker that they read', () => {
    expect(Object.entries(isolation).map(([node, { transport, to }]) => [node, transport, to])).toEqual([
      ['edge', 'http', 'edge'],
      ['checkout', 'http', 'checkout'],
      ['billing', 'kafka', 'orders'],
      ['mailer', 'rabbitmq', 'mails'],
      ['orders', 'kafka', 'orders'],
    ]);
    expect(isolation.checkout).toEqual({
      transport: 'http',
      to: 'checkout',
      method: 'PUT',
      path: '/pay',
      headers: [['x-tenant', `\${secret:PASSWORD}`]],
      properties: [],
      json: { object: [['id', `\${probe.id}`]] },
    });
  });

  test('sampling is the share that is kept, and absent where all is', () => {
    const sampling = Object.entries(record.nodes).flatMap(([name, node]) =>
      'sampling' in node ? [[name, node.sampling]] : [],
    );
    expect(sampling).toEqual([
      ['checkout', 0.25],
      ['cart', 0],
      ['stock', 1],
    ]);
  });

  test('baggage stays as it is written, and control is asked for', () => {
    expect(flows.buy).toMatchObject({
      control: true,
      baggage: [
        ['synthetic', 'true'],
        ['tenant', `\${THREE}`],
        ['n', '007'],
        ['id', `\${probe.id}`],
      ],
    });
  });

  test('a group takes the environment', () => {
    expect(record.hops.flatMap(({ policy }) => policy.group ?? [])).toEqual(['billing-3', 'workers']);
  });
});

test('numbers that JSON has not are sent as the text that they are', () => {
  expect(file('send-numbers-that-json-has-not').flows.buy?.send.json).toEqual({
    object: [
      ['id', '00123'],
      ['n', { number: '12345678901234567890' }],
      ['h', '0x1F'],
      ['ref', `\${probe.id}`],
    ],
  });
});

test('names take the environment, and what may be secret does not', () => {
  const topology = topologyOf(`version: 1
name: shop-\${STAGE}
resource: { stage: "\${STAGE}", n: 007 }
sources: [{ otlp: { http: "\${HOST}:4318" } }, { otlp-file: { path: "./\${STAGE}.jsonl" } }]
nodes:
  a: { service: "\${STAGE}-a", url: "http://\${HOST}:\${PORT}/\${STAGE}", span: { s: "\${STAGE}" }, software: "\${SOFT:-nginx}" }
  q: { kind: rabbitmq, url: "amqp://u:\${secret:PASSWORD}@\${HOST}", exchange: "\${STAGE}.x", binding: "\${STAGE}.#", queue: "\${STAGE}.q" }
  hidden: { url: "https://\${secret:PASSWORD}.example" }
flows:
  f:
    send: { http: { path: "/\${STAGE}/\${probe.id}", headers: { host: "\${HOST}" } } }
    through: a -> q
hops: { a -> q: { waive: { cause: any, reason: "until \${STAGE} is mended" } } }
`);
  const { record, connections, sources, flows } = topology;
  expect(record).toMatchObject({ name: 'shop-prod', resource: { stage: 'prod', n: '007' } });
  expect(record.nodes.a).toMatchObject({
    services: ['prod-a'],
    span: { s: 'prod' },
    software: 'nginx',
    addresses: ['10.0.0.1:9001'],
  });
  expect(record.nodes.q).toMatchObject({
    exchange: 'prod.x',
    binding: 'prod.#',
    queue: 'prod.q',
    addresses: ['10.0.0.1:5672'],
  });
  expect(record.nodes.hidden?.addresses).toEqual([]);
  expect(record.hops[1]?.policy.waive[0]?.reason).toBe('until prod is mended');
  expect(sources).toEqual([
    { kind: 'otlp', name: 'otlp', http: '10.0.0.1:4318' },
    { kind: 'otlp-file', name: 'otlp-file', path: './prod.jsonl' },
  ]);
  expect(connections.a?.url).toBe(`http://\${HOST}:\${PORT}/\${STAGE}`);
  expect(flows.f?.send).toMatchObject({ path: `/\${STAGE}/\${probe.id}`, headers: [['host', `\${HOST}`]] });
  expect(JSON.stringify(topology)).not.toContain('hunter2');
});

test('a scalar that is only a variable takes the type that is wanted', () => {
  const { record, connections, flows } = file('good-variables-where-other-types-are-wanted');
  expect(flows.buy).toMatchObject({ repeat: 3 });
  expect(record.hops[0]?.policy.deadlineMs).toBe(3000);
  expect(record.nodes.orders?.tapped).toBe(false);
  expect(record.nodes.checkout?.kind).toBe('service');
  expect(connections.checkout?.httpTap).toEqual({ listen: '127.0.0.1:9001' });
  expect(connections.orders?.kafka?.brokers).toEqual(['10.0.0.1:9092']);
});

describe('what is not said', () => {
  test('has a default', () => {
    const { record, sources, flows } = topologyOf(small({}));
    expect(sources).toEqual([{ kind: 'otlp', name: 'otlp', http: '127.0.0.1:4318' }]);
    expect(record).toMatchObject({ name: 'shop', file: 'deploy/shop.yaml', sha256: 'ab', resource: {} });
    expect(record.flows.f).toEqual({ sendTo: 'a', transport: 'http', chains: [['a']], at: { line: 3, column: 10 } });
    expect(flows.f).toMatchObject({ repeat: 1, concurrency: 1, send: { method: 'GET', to: 'a' } });
  });

  test('is a POST with a body, to /', () => {
    const { flows } = topologyOf(small({ send: `http: { json: "\${probe.id}" }` }));
    expect(flows.f?.send).toMatchObject({ method: 'POST', path: '/', json: `\${probe.id}` });
  });

  test('sources are called after their kind, each by a name of its own', () => {
    const rest = 'sources: [otlp-file: { path: a }, otlp-file: { path: b }, otlp-file: { path: c, name: third }]';
    expect(topologyOf(small({ rest })).sources.map(({ name }) => name)).toEqual(['otlp-file', 'otlp-file-2', 'third']);
  });
});

test('a mediator that names no service gives way to the service of its name', () => {
  const { nodes } = file('good-a-topic-and-a-service-of-one-name').record;
  expect([nodes.orders?.services, nodes['order-service']?.services]).toEqual([[], ['orders']]);
});

/** The one source of a file that has it, and what is wrong with it. */
function receiver(source: string) {
  const text = `version: 1\nsources: [{ otlp: ${source} }]\nnodes: { a: { url: "http://a" } }\nflows: { f: { send: { http: { path: "/\${probe.id}" } }, through: a } }\n`;
  const { topology, problems } = readTopology(text, { file: 'f', env: { HOST: 'collector', TOKEN: 'x' }, sha256: '' });
  return { source: topology?.sources[0], problems: problems.map(({ message }) => message) };
}

test('a receiver listens where it is told, and for HTTP only where that is said or nothing is', () => {
  const both = receiver('{ http: "127.0.0.1:1", grpc: "127.0.0.1:2" }');
  expect(both.source).toEqual({ kind: 'otlp', name: 'otlp', http: '127.0.0.1:1', grpc: '127.0.0.1:2' });
  expect(receiver('{ grpc: "127.0.0.1:2" }').source).toEqual({ kind: 'otlp', name: 'otlp', grpc: '127.0.0.1:2' });
  const tls = { certFile: `\${secret:TOKEN}`, keyFile: 'b' };
  const withTls = receiver(`{ tls: { certFile: "\${secret:TOKEN}", keyFile: b } }`);
  expect(withTls.source).toEqual({ kind: 'otlp', name: 'otlp', http: '127.0.0.1:4318', tls });
});

test.each([
  [`http://u:\${secret:TOKEN}@\${HOST}:4318/base`, undefined],
  [`\${secret:TOKEN}`, undefined],
  ['https://collector', undefined],
  ['http://127.0.0.1:4319', undefined],
  ['collector:4317', /^`forward` must begin with http:\/\/ or https:\/\/, and is "collector:4317"$/],
  ['grpc://u:hunter2@collector:4317', /^`forward` must .* is "grpc:\/\/…@collector:4317"$/],
  ['http://127.0.0.1:4318/', /where this receiver listens itself/],
])('`forward: %s`', (forward, fault) => {
  const { source, problems } = receiver(`{ forward: "${forward}" }`);
  expect(problems).toEqual(fault === undefined ? [] : [expect.stringMatching(fault)]);
  expect(source).toEqual(
    fault === undefined ? { kind: 'otlp', name: 'otlp', http: '127.0.0.1:4318', forward } : undefined,
  );
});

test.each(['true', '{}', '{ certFile: a }', '{ certFile: a, keyFile: b, serverName: c }'])(
  "a receiver's `tls: %s` is not enough or too much",
  (tls) => {
    expect(receiver(`{ tls: ${tls} }`).problems).not.toEqual([]);
  },
);

test('with nothing but what comes later, there is a topology of what can be had', () => {
  const { record, flows, sources } = file('later-everything');
  expect(Object.keys(flows)).toEqual(['buy']);
  expect(record.nodes.jobs).toMatchObject({ kind: 'channel', software: 'sqs', tapped: false });
  expect(record.hops.map(({ id }) => id)).toEqual([
    'buy: probe -> checkout',
    'buy: checkout -> cart',
    'buy: checkout -> jobs -> worker',
    'watch: probe -> checkout',
    'watch: checkout -> cart',
  ]);
  expect(record.flows.watch).toMatchObject({ send: 'none', sendTo: 'checkout', transport: 'http' });
  expect(sources.map(({ kind }) => kind)).toEqual(['otlp', 'jaeger', 'tempo', 'zipkin', 'clickhouse']);
});
