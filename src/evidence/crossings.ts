/** Puts together what passed a hop: for each passing the sender, its call, the wire at every tapped place, the receiver. */
import type { ProbeRecord } from '../model/evidence.ts';
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { type ContextReading, readContext } from '../trace-context/reading.ts';
import { type Arrival, isComplete } from './arrival.ts';
import { type AttributedEvent, eventsOf, openRivals } from './attribution.ts';
import { coordinatesOfEvent, coordinatesOfSpan, peerPortOf } from './coordinates.ts';
import type { Crossing, WireFact } from './crossing.ts';
import { isBroker } from './node-kinds.ts';
import { unansweredCalls } from './outgoing.ts';
import { arrivalsOf } from './receivers.ts';
import { findSpan, type IndexedEvent, type IndexedSpan } from './span-index.ts';
import { localRootOf, probeStation, type Station, segmentOf, stationsOf } from './stations.ts';
import { mediatorsFrom } from './through-mediators.ts';
import type { Ties } from './tied.ts';

/** Every crossing of a hop by a probe; one with nothing but its sender where none was begun. */
export function crossingsOf(ties: Ties, probe: ProbeRecord, hop: Hop): Crossing[] {
  const senders = stationsOf(ties, probe, hop.from);
  const crossings = arrivalsOf(ties, probe, hop, senders).map((arrival) => start(hop, probe, arrival));
  const path = pathOf(hop);
  for (let at = path.length - 1; at >= 0; at--) placeEvents(ties, crossings, hop, probe, at, senders);
  for (const crossing of crossings) nameSender(ties, crossing, senders);
  addCalls(ties, crossings, hop, probe, senders);
  if (crossings.length === 0) crossings.push({ ...start(hop, probe, undefined), sender: senders[0] });
  nameRivals(ties, crossings, hop, probe);
  if (hop.from === 'probe') for (const crossing of crossings) addWhatTheProbeWrote(ties, crossing);
  return crossings;
}

/** Gives each call that nothing answers for to the crossing that lacks one, or begins one with it. */
function addCalls(ties: Ties, crossings: Crossing[], hop: Hop, probe: ProbeRecord, senders: Station[]): void {
  for (const { sender, span } of unansweredCalls(ties, probe, hop, senders, crossings)) {
    const crossing = crossings.find((each) => each.outgoing === undefined && each.sender === sender);
    if (crossing !== undefined) crossing.outgoing = span;
    else crossings.push({ ...start(hop, probe, undefined), sender, outgoing: span });
  }
}

function nameRivals(ties: Ties, crossings: Crossing[], hop: Hop, probe: ProbeRecord): void {
  const alone = crossings.filter(({ arrival }) => arrival?.went === 'none');
  const rivals = alone.length === 0 ? [] : openRivals(ties, probe, hop);
  for (const crossing of alone) crossing.rivals = rivals;
}

function start(hop: Hop, probe: ProbeRecord, arrival: Arrival | undefined): Crossing {
  const boundaries = new Array<WireFact | undefined>(hop.via.length + 1).fill(undefined);
  return { hop, probe, sender: arrival?.sender, outgoing: arrival?.outgoing, boundaries, arrival, rivals: [] };
}

/** Gives each event at one place of the path to the crossing that it belongs to, or begins one with it. */
function placeEvents(
  ties: Ties,
  crossings: Crossing[],
  hop: Hop,
  probe: ProbeRecord,
  at: number,
  senders: Station[],
): void {
  const node = pathOf(hop)[at] ?? hop.to;
  const complete = crossings.some(({ arrival }) => arrival !== undefined && isComplete(arrival));
  const left = eventsOf(ties, probe, hop, node, senders, complete).filter((attributed) => {
    const owners = crossings.filter((crossing) => isOf(ties, crossing, attributed.event, at));
    for (const owner of owners) place(ties, owner, attributed, at);
    return owners.length === 0;
  });
  const open = crossings.filter((crossing) => crossing.boundaries[at] === undefined && mayTake(crossing));
  const [only, ...more] = left;
  if (only !== undefined && more.length === 0 && only.event.record.transport !== 'http' && open.length > 0) {
    // One message is all that they can have read, however often.
    for (const crossing of open) place(ties, crossing, only, at);
    return;
  }
  for (const [position, attributed] of left.entries()) {
    const { event } = attributed;
    const taker = open.length === left.length ? open[position] : open.find((crossing) => encloses(event, crossing));
    const free = taker !== undefined && taker.boundaries[at] === undefined;
    const crossing = free ? taker : start(hop, probe, undefined);
    if (!free) crossings.push(crossing);
    place(ties, crossing, attributed, at);
  }
}

/** A broker hands on what it was given, so what went into it is also what comes out of it; into another broker somebody copies it. */
function place(ties: Ties, crossing: Crossing, { event, rivals }: AttributedEvent, at: number): void {
  const tie = ties.byProbe.get(crossing.probe.id)?.events.get(event.record.id);
  const fact: WireFact = {
    node: event.record.node,
    event,
    reading: event.reading,
    inferred: tie?.inferred ?? false,
    rivals,
  };
  crossing.boundaries[at] = fact;
  const next = pathOf(crossing.hop)[at + 1];
  if (event.record.transport === 'http' || next === undefined || isBroker(ties.index, next)) return;
  crossing.boundaries[at + 1] ??= fact;
}

/** Whether an event is known to be of a crossing: by the ids that it carries, by coordinates, by the tap's own port. */
function isOf(ties: Ties, crossing: Crossing, event: IndexedEvent, at: number): boolean {
  const later = crossing.boundaries.slice(at + 1).find((fact) => fact?.event !== undefined);
  if (later?.event !== undefined) {
    return (
      later.event === event ||
      sharesIds(later.reading, event.reading) ||
      leadsTo(ties, later.reading, event.reading) ||
      isWithin(event, later.event)
    );
  }
  const { arrival } = crossing;
  if (arrival === undefined) return false;
  const { record } = arrival.station.span ?? {};
  const { ids } = event.reading;
  if (ids.some(({ traceId, spanId }) => record?.traceId === traceId && record.parentSpanId === spanId)) return true;
  if (arrival.links.some(({ link }) => ids.some((id) => id.traceId === link.traceId && id.spanId === link.spanId))) {
    return true;
  }
  return sharesPlace(ties, arrival, event);
}

function sharesPlace(ties: Ties, { station }: Arrival, event: IndexedEvent): boolean {
  const trace = ties.index.traces.get(station.traceId);
  if (trace === undefined || station.span === undefined) return false;
  const wanted = new Set(coordinatesOfEvent(event.record));
  const segment = segmentOf(trace, station.span);
  if (segment.some((span) => coordinatesOfSpan(span.record).some((key) => wanted.has(key)))) return true;
  const port = peerPortOf(station.span.record);
  return event.record.http !== undefined && port === event.record.http.upstreamPort && spans(event, station.span);
}

function sharesIds(one: ContextReading, other: ContextReading): boolean {
  return one.ids.some((id) => other.ids.some((each) => each.traceId === id.traceId && each.spanId === id.spanId));
}

/** Whether what came out of mediators names a span of theirs that hangs below what went in. */
function leadsTo({ index }: Ties, out: ContextReading, into: ContextReading): boolean {
  return out.ids.some(({ traceId, spanId }) =>
    mediatorsFrom(index, findSpan(index, traceId, spanId)).some(({ record }) =>
      into.ids.some((id) => id.traceId === traceId && id.spanId === record.parentSpanId),
    ),
  );
}

/** Whether a request was made while the other was being answered. */
function isWithin(outer: IndexedEvent, inner: IndexedEvent): boolean {
  const end = outer.record.http?.end;
  if (outer.record.http === undefined || inner.record.http === undefined || end === undefined) return false;
  return BigInt(inner.record.at) >= BigInt(outer.record.at) && BigInt(inner.record.at) <= BigInt(end);
}

/** How a receiver stands to the sender whose crossing takes what nothing else gives to it. */
const OPEN: readonly Arrival['went'][] = ['none', 'unknown', 'strayed'];

function mayTake({ arrival }: Crossing): boolean {
  return arrival === undefined || OPEN.includes(arrival.went);
}

function encloses(event: IndexedEvent, { arrival }: Crossing): boolean {
  return arrival?.station.span !== undefined && spans(event, arrival.station.span);
}

function spans(event: IndexedEvent, span: IndexedSpan): boolean {
  const end = event.record.http?.end;
  if (end === undefined) return false;
  return BigInt(span.record.start) >= BigInt(event.record.at) && BigInt(span.record.start) <= BigInt(end);
}

/** Who sent it: whose span the wire names, else who has an entry in that trace, else the only one there is. */
function nameSender(ties: Ties, crossing: Crossing, senders: Station[]): void {
  if (crossing.sender !== undefined && crossing.outgoing !== undefined) return;
  const first = crossing.boundaries.find((fact) => fact !== undefined);
  for (const { traceId, spanId } of first?.reading.ids ?? []) {
    const span = findSpan(ties.index, traceId, spanId, ({ node }) => node === crossing.hop.from);
    const trace = ties.index.traces.get(traceId);
    if (span === undefined || trace === undefined) continue;
    const root = localRootOf(trace, span);
    crossing.outgoing ??= span;
    crossing.sender ??= senders.find((sender) => sender.span === root);
  }
  const traceIds = new Set(first?.reading.ids.map(({ traceId }) => traceId));
  crossing.sender ??= senders.find(({ traceId }) => traceIds.has(traceId)) ?? senders[0];
}

function addWhatTheProbeWrote(ties: Ties, crossing: Crossing): void {
  crossing.sender ??= probeStation(crossing.probe);
  if (crossing.boundaries[0] !== undefined || crossing.probe.given === true) return;
  const { sent } = crossing.probe;
  const fact: WireFact = {
    node: pathOf(crossing.hop)[0] ?? crossing.hop.to,
    event: undefined,
    reading: readContext(sent.context, sent.transport),
    inferred: false,
    rivals: [],
  };
  crossing.boundaries[0] = fact;
  if (ties.index.topology.nodes[fact.node]?.kind !== 'proxy' && crossing.hop.via.length > 0) {
    crossing.boundaries[1] ??= sent.transport === 'http' ? undefined : fact;
  }
}
