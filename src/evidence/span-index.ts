/** Append-only index of spans and wire events: built once from saved evidence, or grown while a run goes on. */
import type { ProbeRecord, SpanRecord, WireEvent } from '../model/evidence.ts';
import type { TopologyRecord } from '../model/topology.ts';
import { type ContextReading, readContext } from '../trace-context/reading.ts';
import { type AimIndex, indexAims } from './aim-index.ts';
import { append } from './append.ts';
import { type HopIndex, indexHops } from './hop-index.ts';
import { type NodeFinder, nodeFinder } from './node-of-span.ts';
import { isSameSpan } from './same-span.ts';

export interface IndexedSpan {
  record: SpanRecord;
  /** The declared node that emitted it, undefined for a service that the topology does not name. */
  node: string | undefined;
}

export interface IndexedEvent {
  record: WireEvent;
  reading: ContextReading;
}

export interface IndexedTrace {
  id: string;
  spans: IndexedSpan[];
  /** A client and a server span may share an id (Zipkin), hence several. */
  bySpanId: Map<string, IndexedSpan[]>;
  /** By parent span id. */
  children: Map<string, IndexedSpan[]>;
  byNode: Map<string | undefined, IndexedSpan[]>;
}

export interface SpanIndex {
  topology: TopologyRecord;
  probes: Map<string, ProbeRecord>;
  traces: Map<string, IndexedTrace>;
  /** Nodes of which a span was met in any trace, whether it is here or not. */
  emitters: Set<string>;
  events: Map<string, IndexedEvent>;
  eventsByNode: Map<string, IndexedEvent[]>;
  nodeOf: NodeFinder;
  hops: HopIndex;
  aims: AimIndex;
}

export function createSpanIndex(topology: TopologyRecord): SpanIndex {
  return {
    topology,
    probes: new Map(),
    traces: new Map(),
    emitters: new Set(),
    events: new Map(),
    eventsByNode: new Map(),
    nodeOf: nodeFinder(topology),
    hops: indexHops(topology.hops),
    aims: indexAims(topology),
  };
}

/** The span as it came before: with a client's retry, or from a second source. */
export function findTwin(index: SpanIndex, record: SpanRecord): IndexedSpan | undefined {
  return index.traces
    .get(record.traceId)
    ?.bySpanId.get(record.spanId)
    ?.find((other) => isSameSpan(other.record, record));
}

/** Places a span anew whose record says more now. */
export function replaceSpan(index: SpanIndex, span: IndexedSpan): void {
  const { byNode } = traceOf(index, span.record.traceId);
  const node = index.nodeOf(span.record);
  if (node === span.node) return;
  const rest = byNode.get(span.node)?.filter((other) => other !== span) ?? [];
  if (rest.length > 0) byNode.set(span.node, rest);
  else byNode.delete(span.node);
  span.node = node;
  noteEmitter(index, node);
  append(byNode, node, span);
}

/** Adds a span that was not there yet. */
export function indexSpan(index: SpanIndex, record: SpanRecord): IndexedSpan {
  const trace = traceOf(index, record.traceId);
  const span: IndexedSpan = { record, node: index.nodeOf(record) };
  trace.spans.push(span);
  append(trace.bySpanId, record.spanId, span);
  if (record.parentSpanId !== undefined) append(trace.children, record.parentSpanId, span);
  append(trace.byNode, span.node, span);
  noteEmitter(index, span.node);
  return span;
}

/** Makes known that a span of the node was met. */
export function noteEmitter({ emitters }: SpanIndex, node: string | undefined): void {
  if (node !== undefined) emitters.add(node);
}

/** Adds a wire event, or replaces the one with its id. */
export function indexEvent(index: SpanIndex, record: WireEvent): IndexedEvent {
  const known = index.events.get(record.id);
  const reading = readContext(record.context, record.transport, record.envelope);
  if (known !== undefined) return Object.assign(known, { record, reading });
  const event: IndexedEvent = { record, reading };
  index.events.set(record.id, event);
  append(index.eventsByNode, record.node, event);
  return event;
}

/** The span whose id is the given one; of a client and a server span that share it, the one that `wanted` picks. */
export function findSpan(
  index: SpanIndex,
  traceId: string,
  spanId: string,
  wanted: (span: IndexedSpan) => boolean = () => true,
): IndexedSpan | undefined {
  return index.traces.get(traceId)?.bySpanId.get(spanId)?.find(wanted);
}

function traceOf(index: SpanIndex, id: string): IndexedTrace {
  const known = index.traces.get(id);
  if (known !== undefined) return known;
  const trace: IndexedTrace = { id, spans: [], bySpanId: new Map(), children: new Map(), byNode: new Map() };
  index.traces.set(id, trace);
  return trace;
}
