/** What a run keeps of what passes by: bounded, and what could not be kept is counted. */
import { expect, test } from 'vitest';
import { createStore, type Store } from '../../src/engine/store.ts';
import { createObservation } from '../../src/evidence/observe.ts';
import type { Ties } from '../../src/evidence/tied.ts';
import type { ProbeRecord, SpanRecord } from '../../src/model/evidence.ts';
import { readTopology } from '../../src/topology/read.ts';

const { topology } = readTopology(
  `version: 1
nodes: { gate: { url: "http://gate:1" } }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: gate } }
`,
  { file: 'tracegap.yaml', env: {}, sha256: '' },
);
const OURS = 'a'.repeat(32);
const PROBE = {
  id: 'p',
  flow: 'f',
  traceId: OURS,
  spanId: 'b'.repeat(16),
  sent: { to: 'gate', transport: 'http', context: [] },
};

function hexOf(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

function span(number: number, traceId: string): SpanRecord {
  return {
    traceId,
    spanId: hexOf(number + 1, 16),
    links: [],
    kind: 'server',
    name: 'GET',
    start: '0',
    end: '1',
    service: 'gate',
    resource: {},
    attributes: {},
    tie: [],
    receivedAt: 0,
    sources: ['otlp'],
  };
}

function kept(fill: (store: Store) => void): { spans: number; ours: number; dropped: number } {
  if (topology === undefined) throw new Error('the topology does not read');
  const ties: Ties = createObservation(topology.record);
  const store = createStore(ties);
  store.addProbe(PROBE as unknown as ProbeRecord);
  fill(store);
  const traces = [...ties.index.traces.values()];
  return {
    spans: traces.reduce((sum, trace) => sum + trace.spans.length, 0),
    ours: ties.index.traces.get(OURS)?.spans.length ?? 0,
    dropped: store.dropped().spans,
  };
}

test('of other traces the oldest go first, and the probe’s stays', () => {
  const result = kept((store) => {
    store.addSpan(span(0, OURS));
    for (let number = 1; number <= 60_000; number++) store.addSpan(span(number, hexOf(number, 32)));
  });
  expect(result).toEqual({ spans: 50_001, ours: 1, dropped: 10_000 });
});

test('a trace that never ends is kept up to a bound, be it the probe’s or another', () => {
  const result = kept((store) => {
    for (let number = 0; number < 12_000; number++) store.addSpan(span(number, OURS));
    for (let number = 0; number < 11_000; number++) store.addSpan(span(number, 'c'.repeat(32)));
  });
  expect(result).toEqual({ spans: 20_000, ours: 10_000, dropped: 3000 });
});

test('what fits is all kept', () => {
  const result = kept((store) => {
    for (let number = 0; number < 10_000; number++) store.addSpan(span(number, OURS));
  });
  expect(result).toEqual({ spans: 10_000, ours: 10_000, dropped: 0 });
});
