/**
 * The weakest tie: the only request on an HTTP boundary between start and end of the sender's tied span. Several
 * candidates tie nothing; what is asynchronous is never tied so; and all that follows from it is `inferred` (DESIGN §5).
 */
import type { ProbeRecord } from '../model/evidence.ts';
import { isolatedHop } from '../model/isolation.ts';
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { crossingsOf } from './crossings.ts';
import type { IndexedEvent, IndexedSpan } from './span-index.ts';
import type { Station } from './stations.ts';
import { probesOf, type Ties } from './tied.ts';
import { tieEventTo, tieTraceAt } from './ties.ts';

interface Stretch {
  from: bigint;
  until: bigint;
}

/** Ties by time what nothing stronger ties, hop by hop in topology order. Only right once all evidence is in. */
export function tieByTime(ties: Ties): void {
  for (const probe of ties.index.probes.values()) {
    for (const hop of hopsOf(ties, probe)) if (isSynchronous(ties, probe, hop)) tieHop(ties, probe, hop);
  }
}

function hopsOf({ index: { topology } }: Ties, probe: ProbeRecord): Hop[] {
  if (probe.purpose === 'main') return topology.hops.filter(({ flow }) => flow === probe.flow);
  return topology.hops.filter(({ id }) => id === probe.about?.hop).map((hop) => isolatedHop(hop, probe));
}

function tieHop(ties: Ties, probe: ProbeRecord, hop: Hop): void {
  for (const { arrival, sender, outgoing, boundaries } of crossingsOf(ties, probe, hop)) {
    const stretch = arrival === undefined && sender !== undefined ? stretchOf(probe, outgoing, sender) : undefined;
    if (stretch === undefined) continue;
    if (boundaries.every((fact) => fact?.event === undefined)) {
      for (const event of pathOf(hop).flatMap((node) => only(untiedEvents(ties, probe, node, stretch)) ?? [])) {
        tieEventTo(ties, probe.id, event, 'time', true);
      }
    }
    const span = only(untiedRoots(ties, probe, hop.to, stretch));
    if (span !== undefined) tieTraceAt(ties, probe.id, span, 'time', true);
  }
}

function isSynchronous(ties: Ties, probe: ProbeRecord, hop: Hop): boolean {
  if (hop.from === 'probe' && probe.sent.transport !== 'http') return false;
  return hop.via.every((node) => {
    const kind = ties.index.topology.nodes[node]?.kind;
    return kind === 'proxy' || kind === 'service';
  });
}

function stretchOf(probe: ProbeRecord, outgoing: IndexedSpan | undefined, sender: Station): Stretch | undefined {
  const span = outgoing ?? sender.span;
  if (span !== undefined) return { from: BigInt(span.record.start), until: BigInt(span.record.end) };
  return probe.end === undefined ? undefined : { from: BigInt(probe.start), until: BigInt(probe.end) };
}

function untiedEvents(ties: Ties, probe: ProbeRecord, node: string, stretch: Stretch): IndexedEvent[] {
  const untied = (ties.index.eventsByNode.get(node) ?? []).filter(
    ({ record, reading }) =>
      reading.state !== 'valid' && ![...ties.byProbe.values()].some(({ events }) => events.has(record.id)),
  );
  return foreground(ties, probe, untied, stretch, ({ record }) => ({ at: record.at, what: record.target }));
}

function untiedRoots(ties: Ties, probe: ProbeRecord, node: string, stretch: Stretch): IndexedSpan[] {
  const roots: IndexedSpan[] = [];
  for (const [id, trace] of ties.index.traces) {
    if (probesOf(ties, id).size > 0) continue;
    for (const span of trace.byNode.get(node) ?? []) {
      const { parentSpanId, kind, links } = span.record;
      if (parentSpanId === undefined && kind === 'server' && links.length === 0) roots.push(span);
    }
  }
  return foreground(ties, probe, roots, stretch, ({ record }) => ({ at: record.start, what: record.name }));
}

/** What happened in the stretch only: a health check goes on outside of it too, and is nobody's call. */
function foreground<T>(
  ties: Ties,
  probe: ProbeRecord,
  all: T[],
  stretch: Stretch,
  describe: (each: T) => { at: string; what: string },
): T[] {
  // What answers other probes of ours says nothing of what goes on by itself.
  const ours = [stretch, ...stretchesOfOthers(ties, probe)];
  const outside = new Set(
    all.map(describe).flatMap(({ at, what }) => (ours.some((each) => isIn(at, each)) ? [] : [what])),
  );
  return all.filter((each) => {
    const { at, what } = describe(each);
    return isIn(at, stretch) && !outside.has(what);
  });
}

function stretchesOfOthers({ index }: Ties, { id }: ProbeRecord): Stretch[] {
  return [...index.probes.values()]
    .filter((other) => other.id !== id)
    .map(({ start, end = start }) => ({ from: BigInt(start), until: BigInt(end) }));
}

function isIn(time: string, { from, until }: Stretch): boolean {
  const at = BigInt(time);
  return at >= from && at <= until;
}

function only<T>(candidates: T[]): T | undefined {
  return candidates.length === 1 ? candidates[0] : undefined;
}
