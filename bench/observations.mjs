// How many hops are observed while a run goes on, as the topology grows: it must follow the spans, not spans x hops.

import { createSettling } from '../dist/engine/settle.js';
import { createObservation, observeProbe, observeSpan } from '../dist/evidence/observe.js';
import { readTopology } from '../dist/topology/read.js';

const SIZES = [10, 100, 1000];

console.log('hops   spans   observations   per span   ms   µs per span');
for (const size of SIZES) {
  const { topology } = readTopology(chain(size), { file: 'chain.yaml', env: {}, sha256: '' });
  const { record } = topology;
  const ties = createObservation(record);
  const world = { evidence: { sight: [], problems: [], topology: record }, undeclared: new Set() };
  const settling = createSettling(ties, world, () => Date.now());
  const probe = newProbe(record);
  observeProbe(ties, probe);
  settling.expect(probe, record.hops);
  settling.look();
  const before = settling.observations();
  const start = performance.now();
  const spans = spansOf(probe, size);
  // Children arrive before their parents, each in a batch of its own: the worst case.
  for (const span of spans.reverse()) {
    const indexed = observeSpan(ties, span);
    if (indexed !== undefined) settling.spanCame(indexed);
    settling.look();
  }
  const ms = performance.now() - start;
  const seen = settling.observations() - before;
  const columns = [
    size,
    spans.length,
    seen,
    (seen / spans.length).toFixed(2),
    ms.toFixed(0),
    ((ms * 1000) / spans.length).toFixed(0),
  ];
  console.log(columns.map((column, at) => String(column).padEnd([7, 8, 15, 11, 5, 0][at])).join(''));
}

function chain(size) {
  const names = Array.from({ length: size }, (_, at) => `s${at}`);
  const nodes = names.map((name, at) => `  ${name}: { ${at === 0 ? 'url: "http://127.0.0.1:1"' : ''} }`);
  const send = 'send: { http: { path: "/${' + 'probe.id}" } }';
  return `version: 1\nnodes:\n${nodes.join('\n')}\nflows:\n  walk:\n    ${send}\n    through: ${names.join(' -> ')}\n`;
}

function newProbe(record) {
  const start = String(BigInt(Date.now()) * 1_000_000n);
  const sent = { to: 's0', transport: 'http', target: 'GET /', context: [] };
  const id = '0a1b2c3d-0000-4000-a000-000000000000';
  return {
    id,
    flow: Object.keys(record.flows)[0],
    number: 1,
    index: 0,
    purpose: 'main',
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    start,
    sent,
  };
}

function spansOf(probe, size) {
  const id = (number) => number.toString(16).padStart(16, '0');
  const common = {
    traceId: probe.traceId,
    links: [],
    name: 'GET',
    start: probe.start,
    end: probe.start,
    resource: {},
    attributes: {},
    tie: [],
    receivedAt: 0,
    sources: ['otlp'],
  };
  return Array.from({ length: size }, (_, at) => [
    {
      ...common,
      spanId: id(2 * at + 1),
      parentSpanId: at === 0 ? probe.spanId : id(2 * at),
      kind: 'server',
      service: `s${at}`,
    },
    { ...common, spanId: id(2 * at + 2), parentSpanId: id(2 * at + 1), kind: 'client', service: `s${at}` },
  ]).flat();
}
