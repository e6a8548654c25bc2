/** Spans that wait outside of the index are found again by all that may ask for them, as if they had never been away. */
import { expect, test } from 'vitest';
import { createStore, type Store } from '../../src/engine/store.ts';
import { createObservation, observeEvent, observeProbe, observeSpan } from '../../src/evidence/observe.ts';
import type { Ties } from '../../src/evidence/tied.ts';
import { tieSent } from '../../src/evidence/ties.ts';
import type { ProbeRecord, SpanRecord, WireEvent } from '../../src/model/evidence.ts';
import { readTopology } from '../../src/topology/read.ts';
import { type Random, random } from '../sources/otlp/random.ts';

const { topology } = readTopology(
  `version: 1
nodes:
  gate: { url: "http://gate:1" }
  orders: { kind: kafka, topic: orders, brokers: ["127.0.0.1:9092"] }
  billing: {}
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: gate -> orders -> billing } }
`,
  { file: 'tracegap.yaml', env: {}, sha256: '' },
);
if (topology === undefined) throw new Error('the topology does not read');
const { record } = topology;

type Arrival =
  | { kind: 'probe'; probe: ProbeRecord }
  /** The broker says where it put what probe b sent. */
  | { kind: 'sent' }
  | { kind: 'span'; span: SpanRecord }
  | { kind: 'event'; event: WireEvent };

const TRACES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const traceId = (letter: string): string => letter.repeat(32);

function probe(letter: 'a' | 'b'): ProbeRecord {
  return {
    id: `probe-${letter}`,
    flow: 'f',
    purpose: 'main',
    index: 0,
    traceId: traceId(letter),
    spanId: '1'.repeat(16),
    start: '0',
    sent:
      letter === 'a'
        ? { to: 'gate', transport: 'http', target: 'POST /', context: [] }
        : { to: 'orders', transport: 'kafka', target: 'orders', context: [] },
  } as unknown as ProbeRecord;
}

function span(source: Random, number: number): SpanRecord {
  const isServer = source.chance(0.4);
  return {
    traceId: traceId(source.pick(TRACES)),
    spanId: number.toString(16).padStart(16, '0'),
    links: source.chance(0.2) ? [{ traceId: traceId(source.pick(TRACES)), spanId: '2'.repeat(16) }] : [],
    kind: isServer ? 'server' : source.pick(['consumer', 'producer']),
    name: 'wörk',
    start: '10',
    end: '20',
    service: source.pick(['gate', 'billing', 'stranger']),
    resource: {},
    attributes: isServer
      ? { 'network.peer.port': 4000 + source.int(4) }
      : {
          'messaging.destination.name': 'orders',
          'messaging.destination.partition.id': '0',
          'messaging.kafka.message.offset': source.int(6),
        },
    tie: source.chance(0.05) ? [{ probe: `probe-${source.pick(['a', 'b'])}`, where: 'url.path' }] : [],
    receivedAt: 0,
    sources: ['otlp'],
  };
}

function event(source: Random, number: number): WireEvent {
  const isHttp = source.chance(0.5);
  const context = `00-${traceId(source.pick(TRACES))}-${number.toString(16).padStart(16, '0')}-01`;
  return {
    id: `event-${number}`,
    node: isHttp ? 'gate' : 'orders',
    transport: isHttp ? 'http' : 'kafka',
    at: '12',
    seenAt: 0,
    target: 'any',
    context: source.chance(0.6) ? [{ name: 'traceparent', value: context }] : [],
    tie: source.chance(0.1) ? [{ probe: `probe-${source.pick(['a', 'b'])}`, where: 'target' }] : [],
    ...(isHttp
      ? { http: { upstreamPort: 4000 + number } }
      : { kafka: { topic: 'orders', partition: 0, offset: String(source.int(6)) } }),
  };
}

function arrivals(seed: number): Arrival[] {
  const source = random(seed);
  const came = Array.from(
    { length: 4 + source.int(14) },
    (_, number): Arrival =>
      source.chance(0.7)
        ? { kind: 'span', span: span(source, number) }
        : { kind: 'event', event: event(source, number) },
  );
  came.splice(source.int(came.length), 0, { kind: 'sent' });
  // A probe is known before it is sent.
  return [...(['a', 'b'] as const).map((letter): Arrival => ({ kind: 'probe', probe: probe(letter) })), ...came];
}

function placed({ index }: Ties): ProbeRecord {
  const sent = index.probes.get('probe-b');
  if (sent === undefined) throw new Error('probe b is not known');
  Object.assign(sent.sent, { partition: 0, offset: '2' });
  return sent;
}

function throughStore(came: Arrival[]): { ties: Ties; store: Store } {
  const ties = createObservation(record);
  const store = createStore(ties);
  for (const each of structuredClone(came)) {
    if (each.kind === 'probe') store.addProbe(each.probe);
    else if (each.kind === 'sent') store.probeSent(placed(ties));
    else if (each.kind === 'span') store.addSpan(each.span);
    else store.addEvent(each.event);
  }
  return { ties, store };
}

function allAtOnce(came: Arrival[]): Ties {
  const ties = createObservation(record);
  for (const each of structuredClone(came)) {
    if (each.kind === 'probe') observeProbe(ties, each.probe);
    else if (each.kind === 'sent') tieSent(ties, placed(ties));
    else if (each.kind === 'span') observeSpan(ties, each.span);
    else observeEvent(ties, each.event);
  }
  return ties;
}

/** What is tied to whom, and where; by what first, is a matter of order. */
function tiesOf({ byProbe }: Ties): object {
  return Object.fromEntries(
    [...byProbe].map(([id, { traces, events }]) => [
      id,
      {
        traces: Object.fromEntries(
          [...traces].map(([trace, { inferred, whole, seeds, linking }]) => [
            trace,
            { inferred, whole, seeds, linking },
          ]),
        ),
        events: Object.fromEntries([...events].map(([event, { inferred }]) => [event, inferred])),
      },
    ]),
  );
}

test('whatever comes in whatever order, the same is tied as if nothing had waited', () => {
  let waited = 0;
  let tied = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const came = arrivals(seed);
    const { ties, store } = throughStore(came);
    const plain = allAtOnce(came);
    expect(tiesOf(ties), `seed ${seed}`).toEqual(tiesOf(plain));
    expect(new Set(store.spans().map(({ spanId }) => spanId)).size).toBe(
      came.filter(({ kind }) => kind === 'span').length,
    );
    expect(ties.index.emitters).toEqual(plain.index.emitters);
    waited += plain.index.traces.size - ties.index.traces.size;
    tied += [...plain.byProbe.values()].reduce((sum, { traces }) => sum + traces.size - 1, 0);
  }
  expect(waited).toBeGreaterThan(300);
  expect(tied).toBeGreaterThan(300);
});
