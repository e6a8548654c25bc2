/**
 * Which traces and wire events belong to which probe, and by what (DESIGN §5): context, marker, coordinates of a
 * message, the tap's own port. Grows with every span and event; a tie pulls in what was waiting for it.
 */
import type { ProbeRecord } from '../model/evidence.ts';
import { append } from './append.ts';
import { coordinatesOfEvent, coordinatesOfSent, coordinatesOfSpan, isPlace, peerPortOf } from './coordinates.ts';
import { isBroker } from './node-kinds.ts';
import type { IndexedEvent, IndexedSpan } from './span-index.ts';
import { isOutgoing } from './stations.ts';
import { type EventTie, probesOf, type TieKind, type Ties, type TraceTie } from './tied.ts';
import { cameBy, isShared, namedBy, portKey, withSameContext } from './whose-event.ts';

/** Begins to tie things to a probe: first its own trace. */
export function tieProbe(ties: Ties, probe: ProbeRecord): void {
  ties.byProbe.set(probe.id, { traces: new Map(), events: new Map() });
  tieTrace(ties, probe.id, probe.traceId, {
    by: 'context',
    inferred: false,
    whole: true,
    seeds: new Set(),
    linking: new Set(),
  });
  tieSent(ties, probe);
}

/** Ties what names the record or message that the probe itself sent, once it is known where the broker put it. */
export function tieSent(ties: Ties, probe: ProbeRecord): void {
  const { id } = probe;
  for (const key of coordinatesOfSent(probe)) {
    ties.probesByCoordinate.set(key, id);
    for (const span of ties.spansByCoordinate.get(key) ?? []) tieTraceAt(ties, id, span, 'coordinates', false);
  }
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

/** Makes an event known by all that it says, so that it counts before it is tied to anybody. */
export function noteEvent(ties: Ties, event: IndexedEvent): void {
  appendOnce(
    ties.eventsByTrace,
    event.reading.ids.map(({ traceId }) => traceId),
    event,
  );
  appendOnce(ties.eventsByCoordinate, coordinatesOfEvent(event.record), event);
  if (event.record.http !== undefined) appendOnce(ties.eventsByPort, [portKey(event)], event);
}

/** Ties a new event, or one of which more is known now. */
export function tieEvent(ties: Ties, event: IndexedEvent): void {
  const { record, reading } = event;
  noteEvent(ties, event);
  const markers = new Set(namedBy(event));
  for (const probe of markers) tieEventTo(ties, probe, event, 'marker', false);
  if (markers.size === 0) {
    for (const { traceId } of reading.ids) {
      for (const probe of probesOf(ties, traceId)) tieByContext(ties, probe, event, traceId);
    }
  }
  for (const key of coordinatesOfEvent(record)) {
    for (const span of ties.spansByCoordinate.get(key) ?? []) tieEventAndSpan(ties, event, span, 'coordinates');
  }
  if (record.http === undefined) return;
  for (const span of ties.spansByPort.get(portKey(event)) ?? []) tieEventAndSpan(ties, event, span, 'peer-port');
}

function tieByContext(ties: Ties, probe: string, event: IndexedEvent, traceId: string): void {
  const tie = ties.byProbe.get(probe)?.traces.get(traceId);
  if (tie === undefined || (!tie.whole && isShared(withSameContext(ties.eventsByTrace, event), event, probe))) return;
  tieEventTo(ties, probe, event, 'context', tie.inferred);
}

/** Ties a trace to a probe at one span, and whatever was waiting for that. */
export function tieTraceAt(ties: Ties, probe: string, span: IndexedSpan, by: TieKind, inferred: boolean): void {
  const seeds = new Set([span.record.spanId]);
  const linking = new Set(by === 'link' ? seeds : []);
  tieTrace(ties, probe, span.record.traceId, { by, inferred, whole: false, seeds, linking });
}

/** Ties an event to a probe, and the trace whose context it carries. */
export function tieEventTo(ties: Ties, probe: string, event: IndexedEvent, by: TieKind, inferred: boolean): void {
  const known = ties.byProbe.get(probe);
  if (known === undefined) return;
  const before = known.events.get(event.record.id);
  if (before !== undefined && (!before.inferred || inferred)) return;
  known.events.set(event.record.id, { by, inferred });
  // Of several contexts at least one is stale; and what a context ties says nothing more of that context's trace.
  const says = event.reading.state !== 'duplicated' && by !== 'context' && !isOthersToo(ties, probe, event);
  const carried = says ? event.reading.ids : [];
  for (const { traceId, spanId } of carried) {
    const tie = { inferred, whole: false, seeds: new Set([spanId]), linking: new Set<string>() };
    tieTrace(ties, probe, traceId, { by: 'wire', ...tie });
  }
  tieSpansOfEvent(ties, probe, event, { by, inferred });
}

/** A context of another trace than the probe's that other requests carry as well. */
function isOthersToo(ties: Ties, probe: string, event: IndexedEvent): boolean {
  const tie = ties.byProbe.get(probe)?.traces.get(event.reading.ids[0]?.traceId ?? '');
  return tie?.whole !== true && isShared(withSameContext(ties.eventsByTrace, event), event, probe);
}

function tieSpansOfEvent(ties: Ties, probe: string, event: IndexedEvent, tie: EventTie): void {
  const { inferred } = tie;
  const keys =
    isVague(ties, probe, event, tie) || isOneOfMany(ties, probe, event) ? [] : coordinatesOfEvent(event.record);
  for (const key of keys) {
    for (const span of ties.spansByCoordinate.get(key) ?? []) {
      if (standsBeside(ties, span, event)) tieTraceAt(ties, probe, span, 'coordinates', inferred);
    }
  }
  if (event.record.http === undefined) return;
  for (const span of ties.spansByPort.get(portKey(event)) ?? []) {
    if (cameBy(ties.eventsByPort, event, span)) tieTraceAt(ties, probe, span, 'peer-port', inferred);
  }
}

function tieTrace(ties: Ties, probe: string, traceId: string, tie: TraceTie): void {
  const known = ties.byProbe.get(probe);
  if (known === undefined) return;
  const before = known.traces.get(traceId);
  if (before !== undefined) {
    addSeeds(before, tie);
    if (!before.inferred || tie.inferred) return;
    before.by = tie.by;
    before.inferred = false;
  } else {
    known.traces.set(traceId, tie);
    const probes = ties.probesOfTrace.get(traceId) ?? new Set();
    ties.probesOfTrace.set(traceId, probes.add(probe));
  }
  for (const tell of ties.onTie) tell(probe, traceId);
  tieWaiting(ties, probe, traceId);
}

function addSeeds(to: TraceTie, { seeds, linking }: TraceTie): void {
  for (const seed of seeds) {
    if (!linking.has(seed)) to.linking.delete(seed);
    else if (!to.seeds.has(seed)) to.linking.add(seed);
    to.seeds.add(seed);
  }
}

function tieWaiting(ties: Ties, probe: string, traceId: string): void {
  const inferred = isInferred(ties, probe, traceId);
  for (const span of ties.linksInto.get(traceId) ?? []) {
    if (!isTiedAt(ties, probe, span)) tieTraceAt(ties, probe, span, 'link', inferred);
  }
  for (const event of ties.eventsByTrace.get(traceId) ?? []) {
    const named = namedBy(event);
    if (named.length === 0) tieByContext(ties, probe, event, traceId);
    else if (named.includes(probe)) tieEventTo(ties, probe, event, 'context', inferred);
  }
}

/** Whether only its trace ties an event, and that is the probe's in part: it may be of another request that shares it. */
function isVague(ties: Ties, probe: string, { reading }: IndexedEvent, { by }: EventTie): boolean {
  const traces = ties.byProbe.get(probe)?.traces;
  return by === 'context' && !reading.ids.some(({ traceId }) => traces?.get(traceId)?.whole === true);
}

function tieByCoordinate(ties: Ties, span: IndexedSpan, key: string): void {
  for (const event of ties.eventsByCoordinate.get(key) ?? []) tieEventAndSpan(ties, event, span, 'coordinates');
  if (isPlace(key)) for (const other of ties.spansByCoordinate.get(key) ?? []) tieSameMessage(ties, span, other);
  append(ties.spansByCoordinate, key, span);
  const probe = ties.probesByCoordinate.get(key);
  if (probe !== undefined) tieTraceAt(ties, probe, span, 'coordinates', false);
}

/** Whether messages into one node share the id by which spans name them: some programs give all of them the same. */
function isOneOfMany(ties: Ties, probe: string, event: IndexedEvent): boolean {
  return coordinatesOfEvent(event.record).some((key) => isShared(ties.eventsByCoordinate.get(key) ?? [], event, probe));
}

/** Two spans that name one message: the one in a probe's own trace ties the other. */
function tieSameMessage(ties: Ties, span: IndexedSpan, other: IndexedSpan): void {
  for (const [from, to] of [
    [span, other],
    [other, span],
  ] as const) {
    for (const probe of probesOf(ties, from.record.traceId)) {
      if (isOfOwnTrace(ties, probe, from) && !isOfOwnTrace(ties, probe, to))
        tieTraceAt(ties, probe, to, 'coordinates', false);
    }
  }
}

function tieEventAndSpan(ties: Ties, event: IndexedEvent, span: IndexedSpan, by: TieKind): void {
  const isTheirs = by === 'peer-port' ? cameBy(ties.eventsByPort, event, span) : standsBeside(ties, span, event);
  if (!isTheirs) return;
  for (const [probe, known] of ties.byProbe) {
    const eventTie = known.events.get(event.record.id);
    if (eventTie === undefined) continue;
    if (by === 'coordinates' && (isVague(ties, probe, event, eventTie) || isOneOfMany(ties, probe, event))) continue;
    tieTraceAt(ties, probe, span, by, eventTie.inferred);
  }
  if (by === 'coordinates') tieNamedRecord(ties, event, span);
  for (const { probe } of span.record.tie) {
    if (by !== 'coordinates' || !isOneOfMany(ties, probe, event)) tieEventTo(ties, probe, event, by, false);
  }
}

/** A record that names no probe, and whose place its producer's span names, which is of a probe's own trace. */
function tieNamedRecord(ties: Ties, event: IndexedEvent, span: IndexedSpan): void {
  if (event.record.kafka === undefined || !isOutgoing(span) || namedBy(event).length > 0) return;
  for (const probe of probesOf(ties, span.record.traceId)) {
    if (isOfOwnTrace(ties, probe, span)) tieEventTo(ties, probe, event, 'coordinates', false);
  }
}

function isOfOwnTrace(ties: Ties, probe: string, { record }: IndexedSpan): boolean {
  return ties.byProbe.get(probe)?.traces.get(record.traceId)?.whole === true;
}

function isTiedAt(ties: Ties, probe: string, span: IndexedSpan): boolean {
  const tie = ties.byProbe.get(probe)?.traces.get(span.record.traceId);
  return tie !== undefined && (tie.whole || tie.seeds.has(span.record.spanId));
}

function isInferred(ties: Ties, probe: string, traceId: string): boolean {
  return ties.byProbe.get(probe)?.traces.get(traceId)?.inferred ?? false;
}

function appendOnce(lists: Map<string, IndexedEvent[]>, keys: string[], event: IndexedEvent): void {
  for (const key of keys) {
    if (!lists.get(key)?.includes(event)) append(lists, key, event);
  }
}

/** Whether a span may be of who writes into or reads from the very broker of an event: clusters share names of topics. */
function standsBeside({ index }: Ties, { node }: IndexedSpan, { record }: IndexedEvent): boolean {
  const nearest = index.hops.beside(node).flatMap((stretch) => stretch.find((each) => isBroker(index, each)) ?? []);
  return nearest.length === 0 || nearest.includes(record.node);
}
