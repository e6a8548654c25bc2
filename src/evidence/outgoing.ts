/** Calls that a sender made into a hop and that nothing answers for yet. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop, NodeRecord } from '../model/topology.ts';
import { aimOf } from './aim.ts';
import type { Crossing } from './crossing.ts';
import { isSharedWork } from './shared-work.ts';
import type { IndexedSpan } from './span-index.ts';
import { isOutgoing, type Station, segmentOf } from './stations.ts';
import type { Ties } from './tied.ts';

export interface Call {
  sender: Station;
  span: IndexedSpan;
}

/**
 * The calls of the senders that aim at the hop's first node and are part of no crossing: not a call that is nested in
 * one that is (two instrumentations, pika's double spans), nor an attempt that a later call repeats.
 */
export function unansweredCalls(
  ties: Ties,
  probe: ProbeRecord,
  hop: Hop,
  senders: Station[],
  crossings: Crossing[],
): Call[] {
  const first = ties.index.topology.nodes[hop.via[0] ?? hop.to];
  if (first === undefined) return [];
  const known = new Set(crossings.flatMap(({ outgoing }) => outgoing ?? []));
  return senders.flatMap((sender) => {
    const trace = ties.index.traces.get(sender.traceId);
    if (trace === undefined || sender.span === undefined) return [];
    const segment = segmentOf(trace, sender.span);
    const answered = segment.filter((span) => known.has(span));
    return segment
      .filter((span) => isOutgoing(span) && !known.has(span) && aimOf(ties, span, first) === 'here')
      .filter((span) => mayBeFor(ties, probe, span))
      .filter((span) => !answered.some((other) => isNested(segment, span, other) || isLater(other, span)))
      .map((span) => ({ sender, span }));
  });
}

/** Whether some call of the sender may have aimed at a node: then it cannot be said that it was not reached. */
export function mayHaveCalled(ties: Ties, sender: Station, node: NodeRecord): boolean {
  const trace = ties.index.traces.get(sender.traceId);
  if (trace === undefined || sender.span === undefined) return false;
  return segmentOf(trace, sender.span).some((span) => isOutgoing(span) && aimOf(ties, span, node) !== 'elsewhere');
}

/** What is written under work for several messages may be for any of them: only a marker says for which. */
function mayBeFor(ties: Ties, probe: ProbeRecord, span: IndexedSpan): boolean {
  const { tie } = span.record;
  return tie.length > 0 ? tie.some((each) => each.probe === probe.id) : !isSharedWork(ties, probe, span);
}

function isNested(segment: IndexedSpan[], one: IndexedSpan, other: IndexedSpan): boolean {
  return isAbove(segment, one, other) || isAbove(segment, other, one);
}

function isAbove(segment: IndexedSpan[], upper: IndexedSpan, lower: IndexedSpan): boolean {
  const byId = new Map(segment.map((span) => [span.record.spanId, span]));
  const seen = new Set<IndexedSpan>();
  for (let span: IndexedSpan | undefined = lower; span !== undefined && !seen.has(span); ) {
    if (span === upper) return true;
    seen.add(span);
    span = span.record.parentSpanId === undefined ? undefined : byId.get(span.record.parentSpanId);
  }
  return false;
}

function isLater(one: IndexedSpan, other: IndexedSpan): boolean {
  return BigInt(one.record.start) >= BigInt(other.record.start);
}
