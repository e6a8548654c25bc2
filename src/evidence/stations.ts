/** Where a probe passed a node: the node's entry span in a trace that is tied to the probe. */
import type { AttributeValue, ProbeRecord, SpanLink, SpanRecord } from '../model/evidence.ts';
import { isMediator } from './node-kinds.ts';
import { descendants, seedsOf } from './seeds.ts';
import { findSpan, type IndexedSpan, type IndexedTrace, type SpanIndex } from './span-index.ts';
import type { Ties, TraceTie } from './tied.ts';

/** A node's entry span (its parent is not of the same node), or the probe itself. */
export interface Station {
  /** A node's name, or `probe`. */
  node: string;
  traceId: string;
  spanId: string;
  /** Undefined for the probe, whose root span is its own record. */
  span: IndexedSpan | undefined;
  /** True where the trace was adopted by a weak tie, so that all that is judged in it is `inferred`. */
  inferred: boolean;
  /** True where the node shows only by a call or by inner work: its real entry span may still come. */
  weak: boolean;
}

/** Where a station's entry span came from, by its parent. */
export type Origin =
  /** `below`: the span of a mediator that is the root. */
  | { type: 'root'; below?: IndexedSpan }
  | { type: 'probe' }
  /** A span of another service, seen through the spans of mediators. */
  | { type: 'service'; span: IndexedSpan }
  | { type: 'undeclared'; span: IndexedSpan }
  /** A parent that no source handed over; `local` where the exporter says that it is of the same process. */
  | { type: 'missing'; spanId: string; local: boolean };

/** A link of the station, resolved. */
export interface ResolvedLink {
  link: SpanLink;
  /** The span that carries it. */
  holder: IndexedSpan;
  /** Where it leads, if that span was handed over. */
  target: IndexedSpan | undefined;
}

const FLAG_REMOTE_KNOWN = 0x100;
const FLAG_REMOTE = 0x200;

export function probeStation(probe: ProbeRecord): Station {
  return { node: 'probe', traceId: probe.traceId, spanId: probe.spanId, span: undefined, inferred: false, weak: false };
}

/** Every station of a node for a probe: in the probe's own trace first, then in adopted ones as they were tied. */
export function stationsOf(ties: Ties, probe: ProbeRecord, node: string): Station[] {
  if (node === 'probe') return [probeStation(probe)];
  const tied = ties.byProbe.get(probe.id);
  if (tied === undefined) return [];
  const found: Station[] = [];
  const climbed: Station[] = [];
  for (const [traceId, tie] of tied.traces) {
    const trace = ties.index.traces.get(traceId);
    if (trace === undefined || !trace.byNode.has(node)) continue;
    const seeds = seedsOf(ties, tied, trace, tie);
    const below = tie.whole ? undefined : descendants(trace, seeds);
    // A call in another trace may have been made in a context that an earlier request left behind.
    const isStray = (span: IndexedSpan): boolean => isOutgoing(span) && traceId !== probe.traceId;
    const station = (span: IndexedSpan): Station =>
      toStation(span, node, tie, isStray(span) || isLeftover(trace, span));
    const entries = entriesOf(ties.index, trace, node).filter((span) => isProbes(trace, span, probe.id));
    found.push(...entries.filter((span) => below === undefined || below.has(span)).map(station));
    if (below !== undefined) climbed.push(...entries.filter((span) => holdsSeed(trace, span, seeds)).map(station));
  }
  return firstNonEmpty(
    ...[found, climbed].map((stations) =>
      linkedFirst(
        ties,
        probe,
        stations.filter(({ weak }) => !weak),
      ),
    ),
    found,
    climbed,
  );
}

/** Where some link to what is the probe's, those that link only to other requests are theirs. */
function linkedFirst(ties: Ties, probe: ProbeRecord, stations: Station[]): Station[] {
  if (stations.length < 2) return stations;
  const tied = ties.byProbe.get(probe.id)?.traces;
  const leads = stations.map((station) => linksBelow(ties.index, station).map(({ link }) => tied?.has(link.traceId)));
  if (!leads.some((each) => each.includes(true))) return stations;
  return stations.filter((_, at) => leads[at]?.length === 0 || leads[at]?.includes(true));
}

function firstNonEmpty<T>(...lists: T[][]): T[] {
  return lists.find((list) => list.length > 0) ?? [];
}

/** The entry spans of a node in a trace; where the entry itself is still missing, what it left of itself. */
function entriesOf({ hops }: SpanIndex, trace: IndexedTrace, node: string): IndexedSpan[] {
  const spans = trace.byNode.get(node) ?? [];
  const entries = spans.filter((span) => {
    const parent = parentOf(trace, span);
    if (parent !== undefined) return parent.node !== node || (hops.returns(node) && comesBack(span, parent));
    return span.record.parentSpanId === undefined || !saysLocalParent(span);
  });
  return entries.length > 0 ? entries : spans.filter((span) => parentOf(trace, span) === undefined);
}

/** A node took up what it had sent itself: from a retry topic, or by a call to itself. */
function comesBack({ record: { kind } }: IndexedSpan, parent: IndexedSpan): boolean {
  return (kind === 'server' || kind === 'consumer') && isOutgoing(parent);
}

/** Inner work whose entry span has not come. */
function isLeftover(trace: IndexedTrace, span: IndexedSpan): boolean {
  const isEntry = span.record.kind === 'server' || span.record.kind === 'consumer';
  return (
    !isEntry && span.record.parentSpanId !== undefined && saysLocalParent(span) && parentOf(trace, span) === undefined
  );
}

function toStation(span: IndexedSpan, node: string, tie: TraceTie, weak: boolean): Station {
  const { traceId, spanId, parentSpanId } = span.record;
  return {
    node,
    traceId,
    spanId,
    span,
    inferred: tie.inferred,
    weak: weak || (isOutgoing(span) && parentSpanId === undefined),
  };
}

/** What is done with messages, in today's words. */
export function operationOf({ attributes }: SpanRecord): AttributeValue | undefined {
  return attributes['messaging.operation.type'] ?? attributes['messaging.operation'];
}

/** Whether a span is a call or a send, as opposed to work or a receive. */
export function isOutgoing({ record }: IndexedSpan): boolean {
  if (record.kind === 'producer') return true;
  if (record.kind !== 'client') return false;
  const operation = operationOf(record);
  return operation !== 'receive' && operation !== 'process';
}

/** The parent span; of a client and a server span that share an id, the client's is the server's parent (Zipkin). */
export function parentOf(trace: IndexedTrace, span: IndexedSpan): IndexedSpan | undefined {
  const { spanId, parentSpanId, kind } = span.record;
  if (kind === 'server') {
    const twin = trace.bySpanId.get(spanId)?.find((other) => other.record.kind === 'client');
    if (twin !== undefined) return twin;
  }
  if (parentSpanId === undefined) return undefined;
  // A server that joined a client's span bears that as its parent too, and is not its own.
  const parents = (trace.bySpanId.get(parentSpanId) ?? []).filter((other) => other !== span);
  return parents.find((parent) => parent.node === span.node) ?? parents[0];
}

/** The spans below an entry that are of its own node, the entry first. */
export function segmentOf(trace: IndexedTrace, entry: IndexedSpan): IndexedSpan[] {
  const segment = [entry];
  const seen = new Set(segment);
  for (const span of segment) {
    for (const child of trace.children.get(span.record.spanId) ?? []) {
      if (child.node !== entry.node || seen.has(child)) continue;
      seen.add(child);
      segment.push(child);
    }
  }
  return segment;
}

/** The topmost span of the same node above a span. */
export function localRootOf(trace: IndexedTrace, span: IndexedSpan): IndexedSpan {
  const seen = new Set([span]);
  let top = span;
  let parent = parentOf(trace, top);
  while (parent !== undefined && parent.node === span.node && !seen.has(parent)) {
    seen.add(parent);
    top = parent;
    parent = parentOf(trace, top);
  }
  return top;
}

/** Where a station's entry came from; spans of mediators on the way are passed through. */
export function originOf(index: SpanIndex, probe: ProbeRecord, station: Station): Origin {
  const origin = parentOrigin(index, probe, station);
  return probe.given === true && begins(index, probe, station, origin) ? { type: 'probe' } : origin;
}

/** Whether an entry is where a trace that something else began comes in: nobody declared stands above it. */
function begins({ hops }: SpanIndex, probe: ProbeRecord, station: Station, { type }: Origin): boolean {
  const isFirst = hops.into(probe.flow, station.node).some(({ from }) => from === 'probe');
  return isFirst && station.traceId === probe.traceId && type !== 'service';
}

function parentOrigin(index: SpanIndex, probe: ProbeRecord, station: Station): Origin {
  const trace = index.traces.get(station.traceId);
  if (trace === undefined || station.span === undefined) return { type: 'root' };
  const seen = new Set<IndexedSpan>();
  let span = station.span;
  while (!seen.has(span)) {
    seen.add(span);
    const parent = parentOf(trace, span);
    if (parent === undefined) return withoutParent(span, station, probe);
    if (parent.node === undefined) return { type: 'undeclared', span: parent };
    const isBack = span === station.span && parent.node === station.node && comesBack(span, parent);
    if (isBack && index.hops.returns(station.node)) return { type: 'service', span: parent };
    if (parent.node !== station.node && !isMediator(index, parent.node)) return { type: 'service', span: parent };
    span = parent;
  }
  return { type: 'root' };
}

function withoutParent(span: IndexedSpan, station: Station, probe: ProbeRecord): Origin {
  const { traceId, parentSpanId } = span.record;
  if (parentSpanId === undefined) return span.node === station.node ? { type: 'root' } : { type: 'root', below: span };
  if (traceId === probe.traceId && parentSpanId === probe.spanId) return { type: 'probe' };
  return { type: 'missing', spanId: parentSpanId, local: saysLocalParent(span) };
}

/** The links of a station's own spans, and those one link further within the same node. */
export function linksOf(index: SpanIndex, station: Station): ResolvedLink[] {
  const own = linksBelow(index, station);
  const further = own.flatMap(({ target }) => {
    if (target === undefined || target.node !== station.node) return [];
    const trace = index.traces.get(target.record.traceId);
    return trace === undefined ? [] : linksOfSegment(index, trace, localRootOf(trace, target));
  });
  return [...own, ...further];
}

function linksBelow(index: SpanIndex, { traceId, span }: Station): ResolvedLink[] {
  const trace = index.traces.get(traceId);
  return trace === undefined || span === undefined ? [] : linksOfSegment(index, trace, span);
}

function linksOfSegment(index: SpanIndex, trace: IndexedTrace, entry: IndexedSpan): ResolvedLink[] {
  return segmentOf(trace, entry).flatMap((holder) =>
    holder.record.links.map((link) => ({ link, holder, target: findSpan(index, link.traceId, link.spanId) })),
  );
}

function saysLocalParent({ record: { flags = 0 } }: IndexedSpan): boolean {
  return (flags & FLAG_REMOTE_KNOWN) !== 0 && (flags & FLAG_REMOTE) === 0;
}

/** A segment whose markers name only other probes is theirs, whatever trace it stands in. */
function isProbes(trace: IndexedTrace, entry: IndexedSpan, probe: string): boolean {
  const markers = segmentOf(trace, entry).flatMap((span) => span.record.tie.map((tie) => tie.probe));
  return markers.length === 0 || markers.includes(probe);
}

function holdsSeed(trace: IndexedTrace, entry: IndexedSpan, seeds: ReadonlySet<string>): boolean {
  return segmentOf(trace, entry).some((span) => seeds.has(span.record.spanId));
}
