/** What a run keeps of what passes by: bounded, and what could not be kept is counted. */
import { expect, test } from 'vitest';
import { createStore, type Store } from '../../src/engine/store.ts';
import { createObservation } from '../../src/evidence/observe.ts';
import type { Ties } from '../../src/evidence/tied.ts';
import type { ProbeRecord, SpanRecord, WireEvent } from '../../src/model/evidence.ts';
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

/** Somebody's request with a context of its own. */
function eventOf(number: number): WireEvent {
  const traceparent = `00-${hexOf(number, 32)}-${hexOf(number, 16)}-01`;
  return {
    id: `gate#${number}`,
    node: 'gate',
    transport: 'http',
    at: '0',
    seenAt: 0,
    target: 'GET /',
    context: [{ name: 'traceparent', value: traceparent }],
    tie: [],
    http: { upstreamPort: number },
  };
}

function kept(fill: (store: Store) => void): { spans: number; ours: number; dropped: number } {
  if (topology === undefined) throw new Error('the topology does not read');
  const ties: Ties = createObservation(topology.record);
  const store = createStore(ties);
  store.addProbe(PROBE as unknown as ProbeRecord);
  fill(store);
  return {
    spans: store.spans().length,
    ours: ties.index.traces.get(OURS)?.spans.length ?? 0,
    dropped: store.dropped().spans,
  };
}

test('of other traces the oldest go first, and the probe’s stays', () => {
  const { spans, ours, dropped } = kept((store) => {
    store.addSpan(span(0, OURS));
    for (let number = 1; number <= 200_000; number++) store.addSpan(span(number, hexOf(number, 32)));
    expect(store.spans().at(-1)?.spanId).toBe(hexOf(200_001, 16));
  });
  expect(ours).toBe(1);
  expect(spans + dropped).toBe(200_001);
  expect(spans).toBeGreaterThanOrEqual(30_000);
  expect(spans).toBeLessThanOrEqual(60_001);
});

test('a trace that never ends is kept up to a bound', () => {
  const result = kept((store) => {
    for (let number = 0; number < 12_000; number++) store.addSpan(span(number, OURS));
  });
  expect(result).toEqual({ spans: 10_000, ours: 10_000, dropped: 2000 });
});

test('so is one that waited, once it turns out to be the probe’s', () => {
  const result = kept((store) => {
    const link = { traceId: OURS, spanId: 'b'.repeat(16) };
    for (let number = 0; number < 12_000; number++) store.addSpan(span(number, 'c'.repeat(32)));
    store.addSpan({ ...span(12_000, 'c'.repeat(32)), links: [link] });
  });
  expect(result).toEqual({ spans: 10_000, ours: 0, dropped: 2001 });
});

test('of what passed a tap and nobody’s spans, the oldest go first too', () => {
  const { spans, dropped } = kept((store) => {
    for (let number = 1; number <= 60_000; number++) {
      store.addEvent(eventOf(number));
      store.addSpan(span(number, hexOf(number, 32)));
    }
  });
  expect(spans + dropped).toBe(60_000);
  expect(spans).toBeLessThanOrEqual(50_000);
  expect(spans).toBeGreaterThanOrEqual(40_000);
});

test('what fits is all kept', () => {
  const result = kept((store) => {
    for (let number = 0; number < 10_000; number++) store.addSpan(span(number, OURS));
  });
  expect(result).toEqual({ spans: 10_000, ours: 10_000, dropped: 0 });
});
