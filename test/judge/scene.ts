/** Builds evidence by hand: a few lines say what the probe met, so that a table of cases stays readable. */

import { judgeEvidence } from '../../src/judge/judge-evidence.ts';
import type { ContextField, Evidence, ProbePurpose, Sight, SpanRecord, WireEvent } from '../../src/model/evidence.ts';
import type { HopReport, Report } from '../../src/model/report.ts';
import { readTopology } from '../../src/topology/read.ts';

const RUN = '0a1b2c3d';
export const PROBE: string = `${RUN}-1111-4222-a333-444455556666`;
const START = 1_790_000_000_000;

/** Trace ids by the letter that a test calls them. `T` is the probe's. */
export function traceId(name: string): string {
  return Buffer.from(name.padEnd(16, '.')).toString('hex');
}

export function spanId(name: string): string {
  return Buffer.from(name.padEnd(8, '.')).toString('hex').slice(0, 16);
}

export interface SpanSketch {
  node: string;
  /** Name of the span; its id is made of it. */
  id: string;
  /** `probe`, the name of another span, or nothing for a root. */
  parent?: string;
  trace?: string;
  kind?: SpanRecord['kind'];
  /** `trace:span` names. */
  links?: string[];
  /** Whether an attribute of it names the probe. */
  marked?: boolean;
  /** Whom the marker names; the main probe unless said. */
  of?: string;
  flags?: number;
  traceState?: string;
  resource?: SpanRecord['resource'];
  /** ms after the probe was sent. */
  at?: number;
  forMs?: number;
  attributes?: SpanRecord['attributes'];
}

export interface WireSketch {
  into: string;
  /** `trace:span`, `none`, or raw headers. */
  carries: string | ContextField[];
  /** Whether the marker stands somewhere in it; it does unless said otherwise. */
  marked?: boolean;
  /** Whom the marker names; the main probe unless said. */
  of?: string;
  /** Whom the baggage names besides. */
  baggageOf?: string;
  canary?: string;
  /** Whether the probe's entry is in the baggage; as the scene says unless told. */
  baggage?: boolean;
  envelope?: ContextField[];
  at?: number;
  status?: number;
  port?: number;
  offset?: string;
}

/** A probe beside the main one. */
export interface ExtraSketch {
  purpose: ProbePurpose;
  /** Name of its span and its trace. */
  id: string;
  /** The node that it is about, and where it is sent. */
  node: string;
  to?: string;
  hop: string;
  case?: string;
  status?: string;
  at?: number;
}

export interface Scene {
  span(sketch: SpanSketch): Scene;
  wire(sketch: WireSketch): Scene;
  sight(sight: Partial<Sight> & Pick<Sight, 'part' | 'name'>): Scene;
  probe(change: Partial<Evidence['probes'][number]>): Scene;
  /** What is known of what the main probe sent. */
  sent(change: Partial<Evidence['probes'][number]['sent']>): Scene;
  /** One more probe; its trace is called as its span. */
  extra(sketch: ExtraSketch): Scene;
  evidence(): Evidence;
  report(): Report;
  /** The report of the hop between two nodes. */
  hop(from: string, to: string): HopReport;
  /** `verdict cause culprit certainty [suspects] (alternatives)` of the first finding, for tables. */
  verdict(from: string, to: string): string;
}

/** @param topology a topology file; every tap and the only source see everything unless the scene says otherwise */
export function scene(topology: string, options: { baggage?: boolean } = {}): Scene {
  const { topology: read, problems } = readTopology(topology, {
    file: 'tracegap.yaml',
    env: {},
    sha256: '0'.repeat(64),
  });
  if (read === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  const { record } = read;
  const [flow = ''] = Object.keys(record.flows);
  const flowRecord = record.flows[flow];
  const evidence: Evidence = {
    version: 1,
    tool: { name: 'tracegap', version: '0.0.0' },
    run: { id: RUN, startedAt: new Date(START).toISOString(), durationMs: 1000 },
    options: { failOn: 'inconclusive' },
    topology: record,
    probes: [
      {
        id: PROBE,
        flow,
        number: 1,
        index: 0,
        purpose: 'main',
        traceId: traceId('T'),
        spanId: spanId('probe'),
        start: ns(0),
        end: ns(900),
        status: '200',
        sent: {
          to: flowRecord?.sendTo ?? '',
          transport: flowRecord?.transport ?? 'http',
          target: 'POST /orders',
          context: context('T:probe', options.baggage ?? true),
        },
      },
    ],
    spans: [],
    wire: [],
    sight: [
      { part: 'source', name: 'otlp', from: START, until: START + 1000, gaps: [], dropped: 0 },
      ...Object.entries(record.nodes).flatMap(([name, { tapped }]): Sight[] =>
        tapped ? [{ part: 'tap', name, from: START, until: START + 1000, gaps: [], dropped: 0 }] : [],
      ),
    ],
    waits: [],
    problems: [],
  };
  const self: Scene = {
    span(sketch) {
      evidence.spans.push(toSpan(sketch, record.nodes[sketch.node]?.services[0] ?? sketch.node));
      return self;
    },
    wire(sketch) {
      evidence.wire.push(toEvent(sketch, evidence, options.baggage ?? true));
      return self;
    },
    sight(sight) {
      const known = evidence.sight.find(({ part, name }) => part === sight.part && name === sight.name);
      if (known === undefined) throw new Error(`no sight ${sight.part} ${sight.name}`);
      Object.assign(known, sight);
      return self;
    },
    probe(change) {
      Object.assign(evidence.probes[0] ?? {}, change);
      return self;
    },
    sent(change) {
      Object.assign(evidence.probes[0]?.sent ?? {}, change);
      return self;
    },
    extra({ purpose, id, node, to = node, hop, case: ofCase, status = '200', at = 1000 }) {
      const [main] = evidence.probes;
      if (main === undefined) throw new Error('no main probe');
      evidence.probes.push({
        ...main,
        id: extraId(id),
        number: evidence.probes.length + 1,
        purpose,
        about: { hop, node, why: 'to clear it up', ...(ofCase === undefined ? {} : { case: ofCase }) },
        traceId: traceId(id),
        spanId: spanId(id),
        start: ns(at),
        end: ns(at + 100),
        status,
        sent: { ...main.sent, to, context: purpose === 'control' ? [] : context(`${id}:${id}`, true) },
      });
      return self;
    },
    evidence: () => evidence,
    report: () => judgeEvidence(structuredClone(evidence)),
    hop(from, to) {
      const hop = self.report().hops.find((each) => each.from === from && each.to === to);
      if (hop === undefined) throw new Error(`no hop ${from} -> ${to}`);
      return hop;
    },
    verdict: (from, to) => describe(self.hop(from, to)),
  };
  return self;
}

/** The id of an extra probe, by the name of its span. */
export function extraId(name: string): string {
  return `${RUN}-0000-4000-a000-${Buffer.from(name.padEnd(6, '.').slice(-6)).toString('hex')}`;
}

function describe({ verdict, findings: [finding] }: HopReport): string {
  if (finding === undefined) return verdict;
  const { cause, culprit, certainty, suspects, alternatives } = finding;
  const parts = [verdict, cause, culprit ?? '-', certainty ?? ''];
  if (suspects.length > 1) parts.push(`[${suspects.join(' ')}]`);
  if (alternatives.length > 0) parts.push(`or ${alternatives.join(' ')}`);
  return parts.filter((part) => part !== '').join(' ');
}

function ns(ms: number): string {
  return String(BigInt(START + ms) * 1_000_000n);
}

function toSpan(sketch: SpanSketch, service: string): SpanRecord {
  const { id, parent, trace = 'T', kind = 'server', links = [], marked = false, flags, at = 10, forMs = 100 } = sketch;
  return {
    traceId: traceId(trace),
    spanId: spanId(id),
    ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
    links: links.map((link) => {
      const [to = '', span = ''] = link.split(':');
      return { traceId: traceId(to), spanId: spanId(span) };
    }),
    ...(flags === undefined ? {} : { flags }),
    ...(sketch.traceState === undefined ? {} : { traceState: sketch.traceState }),
    kind,
    name: id,
    start: ns(at),
    end: ns(at + forMs),
    service,
    resource: { 'service.name': service, ...sketch.resource },
    attributes: sketch.attributes ?? {},
    tie: marked ? [{ probe: sketch.of ?? PROBE, where: 'url.path' }] : [],
    receivedAt: START + at + forMs,
    sources: ['otlp'],
  };
}

function toEvent(sketch: WireSketch, { wire, topology }: Evidence, baggage: boolean): WireEvent {
  const { into, carries, marked = true, at = 20, status, port = 40_000, offset = '7' } = sketch;
  const node = topology.nodes[into];
  const fields = Array.isArray(carries) ? carries : context(carries, sketch.baggage ?? baggage);
  const common = {
    id: `${into}:${wire.length}`,
    node: into,
    at: ns(at),
    seenAt: START + at,
    context: fields,
    tie: [
      ...(marked ? [{ probe: sketch.of ?? PROBE, where: 'body' }] : []),
      ...(sketch.baggageOf === undefined ? [] : [{ probe: sketch.baggageOf, where: 'baggage' }]),
    ],
    ...(sketch.canary === undefined ? {} : { canary: sketch.canary }),
    ...(sketch.envelope === undefined ? {} : { envelope: sketch.envelope }),
  };
  if (node?.kind === 'kafka') {
    const topic = node.topic ?? '';
    return { ...common, transport: 'kafka', target: topic, kafka: { topic, partition: 0, offset } };
  }
  if (node?.kind === 'rabbitmq') {
    const exchange = node.exchange ?? '';
    const target = `${exchange}:created`;
    return {
      ...common,
      transport: 'rabbitmq',
      target,
      rabbitmq: { exchange, routingKey: 'created', messageId: PROBE },
    };
  }
  const http = { upstreamPort: port, end: ns(at + 60), ...(status === undefined ? {} : { status }) };
  return { ...common, transport: 'http', target: 'POST /', http };
}

/** The headers of `trace:span` with everything beside them, or none. */
function context(carries: string, baggage = true): ContextField[] {
  if (carries === 'none') return [];
  const [trace = '', span = ''] = carries.split(':');
  return [
    { name: 'traceparent', value: `00-${traceId(trace)}-${spanId(span)}-01` },
    { name: 'tracestate', value: 'tracegap=1,rojo=2' },
    ...(baggage ? [{ name: 'baggage', value: `tracegap.probe=${PROBE}` }] : []),
  ];
}
