import { describe, expect, test } from 'vitest';
import { type Beside, describePlan } from '../../src/engine/describe-plan.ts';
import { readTopology } from '../../src/topology/read.ts';

const FILE = `version: 1
nodes:
  edge: { kind: proxy, url: "http://edge:8080", isolate: { http: { path: "/ping?id=\${probe.id}" } } }
  checkout:
    url: "http://u:\${secret:PASSWORD}@checkout"
    tap: { listen: "127.0.0.1:9001" }
    isolate: { http: { path: "/pay/\${probe.id}", headers: { authorization: "\${secret:PASSWORD}" }, json: { id: 1 } } }
  orders: { kind: kafka, brokers: ["kafka:9092"], topic: orders }
  billing: { isolate: { kafka: { to: orders, key: "\${probe.id}" } } }
  catalog: { url: "http://catalog", isolate: { http: { path: "/\${probe.id}" } } }
flows:
  buy:
    send: { http: { path: "/?id=\${probe.id}" } }
    through: edge -> checkout -> orders -> billing
    control: true
    baggage: { tenant: "\${TENANT:-none}", n: 007 }
  look: { send: { http: { path: "/\${probe.id}" } }, through: catalog }
hops: { checkout -> billing: { group: workers } }
`;

function plan(flows: string[], beside: Beside = {}): string {
  const env = { PASSWORD: 'hunter2', TENANT: 'acme' };
  const { topology, problems } = readTopology(FILE, { file: 'f.yaml', env, sha256: '' });
  expect(problems).toEqual([]);
  return topology === undefined ? '' : describePlan(topology, flows, beside);
}

/** The lines that belong to a heading. */
function block(text: string, heading: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  const rest = lines.slice(start + 1);
  return [
    lines[start] ?? '',
    ...rest.slice(
      0,
      rest.findIndex((line) => /^\S/.test(line)),
    ),
  ].map((line) => line.trim());
}

/** The first line of a plan with this source. */
function planOfSource(source: string): string {
  const text = `version: 1\nsources: [{ otlp: ${source} }]\nnodes: { a: { url: "http://a" } }\nflows: { f: { send: { http: { path: "/\${probe.id}" } }, through: a } }\n`;
  const { topology, problems } = readTopology(text, { file: 'f.yaml', env: { PASSWORD: 'hunter2' }, sha256: '' });
  expect(problems).toEqual([]);
  return topology === undefined ? '' : (describePlan(topology, []).split('\n')[0] ?? '');
}

test.each([
  ['{}', 'OTLP/HTTP on 127.0.0.1:4318'],
  ['{ grpc: "0.0.0.0:4317" }', 'OTLP/gRPC on 0.0.0.0:4317'],
  ['{ http: "0.0.0.0:1", grpc: "0.0.0.0:2" }', 'OTLP/HTTP on 0.0.0.0:1, OTLP/gRPC on 0.0.0.0:2'],
  ['{ tls: { certFile: a, keyFile: b } }', 'OTLP/HTTP on 127.0.0.1:4318, with TLS'],
  ['{ tls: { certFile: a, keyFile: b, caFile: c } }', 'OTLP/HTTP on 127.0.0.1:4318, with TLS and client certificates'],
  [
    `{ forward: "http://u:\${secret:PASSWORD}@collector:4318" }`,
    'OTLP/HTTP on 127.0.0.1:4318, sends everything on to http://collector:4318',
  ],
])('the plan of the receiver %s', (source, expected) => {
  expect(planOfSource(source)).toBe(`source otlp: ${expected}`);
});

describe('the plan', () => {
  const text = plan(['buy', 'look']);

  test('shows the cases of the specification only where they are asked for', () => {
    expect(text).not.toContain('conformance');
    const asked = plan(['buy'], { conformance: true });
    expect(block(asked, 'conformance checkout')[0]).toMatch(
      /^conformance checkout: \d+ requests to http:\/\/checkout through the tap/,
    );
    expect(asked).toContain('  vff: traceparent: ff-<trace id>-<span id>-01');
  });

  test('shows what each source is asked, without its credentials', () => {
    const sources = `sources:
  - otlp: { delay: 2s }
  - tempo: { url: "https://u:\${secret:PASSWORD}@tempo/base", headers: { authorization: "Bearer \${secret:PASSWORD}" }, delay: 45s }
  - jaeger: { name: j, url: "http://jaeger:16686", export: "http://collector:4318" }
  - zipkin: { url: "http://zipkin" }
  - clickhouse: { url: "http://ch", table: spans }
`;
    const { topology, problems } = readTopology(FILE.replace('nodes:', `${sources}nodes:`), {
      ...{ file: 'f.yaml', env: { PASSWORD: 'hunter2' }, sha256: '' },
    });
    expect(problems).toEqual([]);
    const shown = topology === undefined ? '' : describePlan(topology, ['look']);
    expect(shown.split('\ntap ')[0]?.split('\n')).toEqual([
      'source otlp: OTLP/HTTP on 127.0.0.1:4318; deadlines count on top of 2 s',
      'source tempo: asks tempo at https://tempo/base, from 45 s after a probe on; deadlines count on top of 45 s',
      `  authorization: Bearer \${secret:PASSWORD}`,
      '  GET /api/v2/traces/<trace id>, for each trace of a probe; without it GET /api/traces/<trace id>',
      expect.stringMatching(/^ {2}GET \/api\/search.* edge, checkout, orders, billing, catalog /),
      'source j: asks jaeger at http://jaeger:16686; deadlines count on top of 5 s',
      '  first writes a span to http://collector:4318, and looks for it',
      '  GET /api/v3/traces/<trace id>, for each trace of a probe',
      expect.stringContaining('GET /api/v3/traces?query.serviceName=<service>&…, for each of edge'),
      '  without API v3: GET /api/traces/<trace id> and GET /api/traces?service=<service>&…',
      'source zipkin: asks zipkin at http://zipkin; deadlines count on top of 5 s',
      '  GET /api/v2/trace/<trace id>, for each trace of a probe',
      expect.stringContaining('GET /api/v2/traces?serviceName'),
      'source clickhouse: asks clickhouse at http://ch; deadlines count on top of 10 s',
      expect.stringContaining('one SELECT from default.spans'),
    ]);
  });

  test('shows what is sent straight to nodes as often as it is asked for', () => {
    expect(plan(['look'], { isolate: 'none' })).not.toContain('isolation');
    expect(block(plan(['look'], { isolate: 'all' }), 'isolation catalog')[0]).toBe(
      'isolation catalog: to http://catalog',
    );
  });

  test('shows baggage as it is written, beside the entry of the probe', () => {
    expect(block(text, 'flow buy')).toContain(`baggage: tracegap.probe=<probe id>,tenant=\${TENANT},n=007`);
  });

  test('shows the request without context', () => {
    expect(block(text, 'control buy')).toEqual([
      'control buy: one request without context to http://edge:8080',
      'GET /?id=<probe id>',
      'user-agent: tracegap (synthetic trace probe)',
      '',
    ]);
    expect(text).not.toContain('control look');
  });

  test('shows what may be sent straight to each node, and when', () => {
    expect(block(text, 'isolation checkout')).toEqual([
      'isolation checkout: to http://checkout through the tap on 127.0.0.1:9001, sent only if a hop is broken and not proved',
      'POST /pay/<probe id>',
      'user-agent: tracegap (synthetic trace probe)',
      'content-type: application/json',
      `authorization: \${secret:PASSWORD}`,
      'traceparent: 00-<trace id>-<span id>-01',
      'tracestate: tracegap=<span id>,rojo=00f067aa0ba902b7',
      'baggage: tracegap.probe=<probe id>',
      'x-tracegap: isolation',
      '',
      '{"id":1}',
      '',
    ]);
    expect(block(text, 'isolation billing').slice(0, 2)).toEqual([
      'isolation billing: to topic orders at kafka:9092, sent only if a hop is broken and not proved',
      'key: <probe id>',
    ]);
    expect(text).not.toContain('hunter2');
  });

  test('shows the canary of a mediator that a tap stands behind', () => {
    expect(text.match(/^canary .*/gm)).toEqual([
      'canary edge: as isolation edge, sent only if edge is proved to strip context',
    ]);
  });

  test('shows the groups that are looked at', () => {
    expect(text).toContain('without a group; looks at the offsets of group workers\n');
  });

  test('shows only what belongs to the flows that are asked for', () => {
    expect(plan(['look']).match(/^(?:flow|control|isolation|canary) \S+/gm)).toEqual([
      'flow look:',
      'isolation catalog:',
    ]);
  });
});
