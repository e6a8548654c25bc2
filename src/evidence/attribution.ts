/** Which of a probe's events at a node are of a hop: by who wrote them, where that is known. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import { isComplete } from './arrival.ts';
import { arrivalsOf } from './receivers.ts';
import { isSharedWork } from './shared-work.ts';
import { findSpan, type IndexedEvent, type IndexedSpan } from './span-index.ts';
import { linksOf, localRootOf, type Station, stationsOf } from './stations.ts';
import type { Ties } from './tied.ts';

/** An event of a hop. */
export interface AttributedEvent {
  event: IndexedEvent;
  /** Other declared senders into the same node who may have written it as well; empty where the writer is known. */
  rivals: string[];
}

/**
 * @param complete whether the hop has a receiver that went on: an event that nobody is known to have written is then
 * left to the hops that have none
 */
export function eventsOf(
  ties: Ties,
  probe: ProbeRecord,
  hop: Hop,
  node: string,
  senders: Station[],
  complete: boolean,
): AttributedEvent[] {
  const tied = ties.byProbe.get(probe.id)?.events;
  const rivals = rivalsAt(ties, hop, node);
  return (ties.index.eventsByNode.get(node) ?? []).flatMap((event) => {
    if (tied?.has(event.record.id) !== true) return [];
    const writers = writersOf(ties, event);
    if (writers.length > 0) {
      const ours = writers.some((writer) => mayBeOf(ties, probe, hop, senders, event, writer));
      return ours ? [{ event, rivals: [] }] : [];
    }
    const leaves = complete && rivals.some((rival) => !hasReceiver(ties, probe, rival));
    return leaves ? [] : [{ event, rivals: [...new Set(rivals.map(({ from }) => from))] }];
  });
}

/** Other hops of the flow that go into the same node from another sender. */
function rivalsAt(ties: Ties, hop: Hop, node: string): Hop[] {
  return ties.index.hops.into(hop.flow, node).filter(({ from }) => from !== hop.from);
}

/** Other senders of the flow whose own receiver is not seen either: what arrived may be theirs. */
export function openRivals(ties: Ties, probe: ProbeRecord, hop: Hop): string[] {
  const open = rivalsAt(ties, hop, hop.to).filter(
    (rival) => stationsOf(ties, probe, rival.from).length > 0 && !hasReceiver(ties, probe, rival),
  );
  return [...new Set(open.map(({ from }) => from))];
}

function hasReceiver(ties: Ties, probe: ProbeRecord, hop: Hop): boolean {
  return arrivalsOf(ties, probe, hop, stationsOf(ties, probe, hop.from)).some(isComplete);
}

/** The spans that an event's context names as its writer's. */
function writersOf(ties: Ties, { reading }: IndexedEvent): IndexedSpan[] {
  return reading.ids.flatMap(({ traceId, spanId }) => findSpan(ties.index, traceId, spanId) ?? []);
}

function mayBeOf(
  ties: Ties,
  probe: ProbeRecord,
  hop: Hop,
  senders: Station[],
  event: IndexedEvent,
  writer: IndexedSpan,
): boolean {
  // A header that is handed on as it came names the span above the sender, or the one that it links to.
  if (senders.some((sender) => isBelow(ties, sender, writer))) return true;
  if (writer.node !== undefined && writer.node !== hop.from && !hop.via.includes(writer.node)) return false;
  if (event.record.tie.length > 0) return true;
  return !isSharedWork(ties, probe, writer) && !isOfOtherRequest(ties, probe, senders, writer);
}

/** What else a request sent whose context one message of the probe's was given is that request's. */
function isOfOtherRequest(ties: Ties, probe: ProbeRecord, senders: Station[], writer: IndexedSpan): boolean {
  const trace = ties.index.traces.get(writer.record.traceId);
  if (trace === undefined || ties.byProbe.get(probe.id)?.traces.get(trace.id)?.whole === true) return false;
  const root = localRootOf(trace, writer);
  const isEntry = root.record.kind === 'server' || root.record.kind === 'consumer';
  return isEntry && senders.length > 0 && !senders.some(({ span }) => span === root);
}

function isBelow(ties: Ties, sender: Station, { record }: IndexedSpan): boolean {
  if (sender.span?.record.parentSpanId === record.spanId) return true;
  return linksOf(ties.index, sender).some(
    ({ link }) => link.spanId === record.spanId && link.traceId === record.traceId,
  );
}
