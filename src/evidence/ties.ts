/**
 * Which traces and wire events belong to which probe, and by what (DESIGN §5): context, marker, coordinates of a
 * message, the tap's own port. Grows with every span and event; a tie pulls in what was waiting for it.
 */
import type { ProbeRecord, WireEvent } from '../model/evidence.ts';
import { append } from './append.ts';
import { coordinatesOfEvent, coordinatesOfSpan, peerPortOf } from './coordinates.ts';
import type { IndexedEvent, IndexedSpan, SpanIndex } from './span-index.ts';

/** Strongest first. `time` is only ever inferred. */
export type TieKind = 'context' | 'marker' | 'link' | 'wire' | 'coordinates' | 'peer-port' | 'time';

/** Why a trace is a probe's. */
export interface TraceTie {
  by: TieKind;
  inferred: boolean;
  /** The probe's own trace: all of it is the probe's. */
  whole: boolean;
  /** Span ids at which the tie holds; what is not below them may be somebody else's. */
  seeds: Set<string>;
}

export interface EventTie {
  by: TieKind;
  inferred: boolean;
}

/** What is tied to one probe. */
export interface ProbeTies {
  traces: Map<string, TraceTie>;
  events: Map<string, EventTie>;
}

export interface Ties {
  index: SpanIndex;
  /** Told of each trace that is newly tied to a probe. */
  onTie: ((probe: string, traceId: string) => void) | undefined;
  byProbe: Map<string, ProbeTies>;
  /** Probes that a trace is tied to. */
  probesOfTrace: Map<string, Set<string>>;
  linksInto: Map<string, IndexedSpan[]>;
  eventsByTrace: Map<string, IndexedEvent[]>;
  spansByCoordinate: Map<string, IndexedSpan[]>;
  eventsByCoordinate: Map<string, IndexedEvent[]>;
  spansByPort: Map<string, IndexedSpan[]>;
  eventsByPort: Map<string, IndexedEvent[]>;
}

export function createTies(index: SpanIndex): Ties {
  return {
    index,
    onTie: undefined,
    byProbe: new Map(),
    probesOfTrace: new Map(),
    linksInto: new Map(),
    eventsByTrace: new Map(),
    spansByCoordinate: new Map(),
    eventsByCoordinate: new Map(),
    spansByPort: new Map(),
    eventsByPort: new Map(),
  };
}

/** Begins to tie things to a probe: first its own trace. */
export function tieProbe(ties: Ties, probe: ProbeRecord): void {
  ties.byProbe.set(probe.id, { traces: new Map(), events: new Map() });
  tieTrace(ties, probe.id, probe.traceId, {
    by: 'context',
    inferred: false,
    whole: true,
    seeds: new Set(),
  });
}

/** Ties a new span by all that it says. */
export function tieSpan(ties: Ties, span: IndexedSpan): void {
  const { record } = span;
  for (const link of record.links) {
    append(ties.linksInto, link.traceId, span);
    for (const probe of probesOf(ties, link.traceId))
      tieTraceAt(ties, probe, span, 'link', isInferred(ties, probe, link.traceId));
  }
  for (const { probe } of record.tie) tieTraceAt(ties, probe, span, 'marker', false);
  for (const key of coordinatesOfSpan(record)) tieByCoordinate(ties, span, key);
  const port = peerPortOf(record);
  if (port !== undefined && span.node !== undefined) {
    const key = `${span.node}:${port}`;
    append(ties.spansByPort, key, span);
    for (const event of ties.eventsByPort.get(key) ?? []) tieEventAndSpan(ties, event, span, 'peer-port');
  }
}

/** Ties a new event, or one of which more is known now. */
export function tieEvent(ties: Ties, event: IndexedEvent): void {
  const { record, reading } = event;
  appendOnce(
    ties.eventsByTrace,
    reading.ids.map(({ traceId }) => traceId),
    event,
  );
  appendOnce(ties.eventsByCoordinate, coordinatesOfEvent(record), event);
  const markers = new Set(namedBy(record));
  for (const probe of markers) tieEventTo(ties, probe, event, 'marker', false);
  if (markers.size === 0) {
    for (const { traceId } of reading.ids) {
      for (const probe of probesOf(ties, traceId))
        tieEventTo(ties, probe, event, 'context', isInferred(ties, probe, traceId));
    }
  }
  for (const key of coordinatesOfEvent(record)) {
    for (const span of ties.spansByCoordinate.get(key) ?? []) tieEventAndSpan(ties, event, span, 'coordinates');
  }
  if (record.http !== undefined) {
    const key = portKey(event);
    appendOnce(ties.eventsByPort, [key], event);
    for (const span of ties.spansByPort.get(key) ?? []) tieEventAndSpan(ties, event, span, 'peer-port');
  }
}

/** The probes that an event's markers name. Baggage travels with the context, which may be another message's: it counts last. */
function namedBy({ tie }: WireEvent): string[] {
  const own = tie.filter(({ where }) => where !== 'baggage');
  return (own.length > 0 ? own : tie).map(({ probe }) => probe);
}

/** Ties a trace to a probe at one span, and whatever was waiting for that. */
export function tieTraceAt(ties: Ties, probe: string, span: IndexedSpan, by: TieKind, inferred: boolean): void {
  tieTrace(ties, probe, span.record.traceId, { by, inferred, whole: false, seeds: new Set([span.record.spanId]) });
}

/** Ties an event to a probe, and the trace whose context it carries. */
export function tieEventTo(ties: Ties, probe: string, event: IndexedEvent, by: TieKind, inferred: boolean): void {
  const known = ties.byProbe.get(probe);
  if (known === undefined) return;
  const before = known.events.get(event.record.id);
  if (before !== undefined && (!before.inferred || inferred)) return;
  known.events.set(event.record.id, { by, inferred });
  // Of several contexts at least one is stale; and what a context ties says nothing more of that context's trace.
  const carried = event.reading.state === 'duplicated' || by === 'context' ? [] : event.reading.ids;
  for (const { traceId, spanId } of carried) {
    tieTrace(ties, probe, traceId, { by: 'wire', inferred, whole: false, seeds: new Set([spanId]) });
  }
  tieSpansOfEvent(ties, probe, event, inferred);
}

function tieSpansOfEvent(ties: Ties, probe: string, event: IndexedEvent, inferred: boolean): void {
  for (const key of coordinatesOfEvent(event.record)) {
    for (const span of ties.spansByCoordinate.get(key) ?? []) tieTraceAt(ties, probe, span, 'coordinates', inferred);
  }
  if (event.record.http === undefined) return;
  for (const span of ties.spansByPort.get(portKey(event)) ?? []) {
    if (cameBy(ties, event, span)) tieTraceAt(ties, probe, span, 'peer-port', inferred);
  }
}

/** The probes that a trace is tied to. */
export function probesOf(ties: Ties, traceId: string): Set<string> {
  return ties.probesOfTrace.get(traceId) ?? NONE;
}

const NONE: ReadonlySet<string> & Set<string> = new Set();

function tieTrace(ties: Ties, probe: string, traceId: string, tie: TraceTie): void {
  const known = ties.byProbe.get(probe);
  if (known === undefined) return;
  const before = known.traces.get(traceId);
  if (before !== undefined) {
    for (const seed of tie.seeds) before.seeds.add(seed);
    if (!before.inferred || tie.inferred) return;
    before.by = tie.by;
    before.inferred = false;
  } else {
    known.traces.set(traceId, tie);
    const probes = ties.probesOfTrace.get(traceId) ?? new Set();
    ties.probesOfTrace.set(traceId, probes.add(probe));
  }
  ties.onTie?.(probe, traceId);
  tieWaiting(ties, probe, traceId);
}

function tieWaiting(ties: Ties, probe: string, traceId: string): void {
  const inferred = isInferred(ties, probe, traceId);
  for (const span of ties.linksInto.get(traceId) ?? []) {
    if (!isTiedAt(ties, probe, span)) tieTraceAt(ties, probe, span, 'link', inferred);
  }
  for (const event of ties.eventsByTrace.get(traceId) ?? []) {
    const named = namedBy(event.record);
    if (named.length === 0 || named.includes(probe)) tieEventTo(ties, probe, event, 'context', inferred);
  }
}

function tieByCoordinate(ties: Ties, span: IndexedSpan, key: string): void {
  for (const event of ties.eventsByCoordinate.get(key) ?? []) tieEventAndSpan(ties, event, span, 'coordinates');
  for (const other of ties.spansByCoordinate.get(key) ?? []) tieSameMessage(ties, span, other);
  append(ties.spansByCoordinate, key, span);
}

/** Two spans that name one message: the one in a probe's own trace ties the other. */
function tieSameMessage(ties: Ties, span: IndexedSpan, other: IndexedSpan): void {
  for (const [from, to] of [
    [span, other],
    [other, span],
  ] as const) {
    for (const probe of probesOf(ties, from.record.traceId)) {
      const isOwn = ties.byProbe.get(probe)?.traces.get(from.record.traceId)?.whole === true;
      if (isOwn && !isTiedAt(ties, probe, to)) tieTraceAt(ties, probe, to, 'coordinates', false);
    }
  }
}

function tieEventAndSpan(ties: Ties, event: IndexedEvent, span: IndexedSpan, by: TieKind): void {
  if (by === 'peer-port' && !cameBy(ties, event, span)) return;
  for (const [probe, known] of ties.byProbe) {
    const eventTie = known.events.get(event.record.id);
    if (eventTie !== undefined) tieTraceAt(ties, probe, span, by, eventTie.inferred);
  }
  for (const { probe } of span.record.tie) tieEventTo(ties, probe, event, by, false);
}

function isTiedAt(ties: Ties, probe: string, span: IndexedSpan): boolean {
  const tie = ties.byProbe.get(probe)?.traces.get(span.record.traceId);
  return tie !== undefined && (tie.whole || tie.seeds.has(span.record.spanId));
}

function isInferred(ties: Ties, probe: string, traceId: string): boolean {
  return ties.byProbe.get(probe)?.traces.get(traceId)?.inferred ?? false;
}

/** Clocks of services may be off by seconds. */
const CLOCK_SLACK_NS = 5_000_000_000n;
/** On a connection that served several requests only a clock that agrees with ours tells them apart. */
const KEEP_ALIVE_SLACK_NS = 2_000_000n;

/** Whether a server span is of the request that a tap saw on the span's own connection. */
function cameBy(ties: Ties, event: IndexedEvent, span: IndexedSpan): boolean {
  const alone = ties.eventsByPort.get(portKey(event))?.length === 1;
  const slack = alone ? CLOCK_SLACK_NS : KEEP_ALIVE_SLACK_NS;
  const start = BigInt(span.record.start);
  const until = BigInt(event.record.http?.end ?? event.record.at) + slack;
  return start >= BigInt(event.record.at) - slack && start <= until;
}

function portKey({ record }: IndexedEvent): string {
  return `${record.node}:${record.http?.upstreamPort}`;
}

function appendOnce(lists: Map<string, IndexedEvent[]>, keys: string[], event: IndexedEvent): void {
  for (const key of keys) {
    if (!lists.get(key)?.includes(event)) append(lists, key, event);
  }
}
