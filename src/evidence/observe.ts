/** Evidence → facts per crossing. Pure: the same evidence gives the same facts. */
import type { Evidence, ProbeRecord, SpanRecord, WireEvent } from '../model/evidence.ts';
import type { TopologyRecord } from '../model/topology.ts';
import { createSpanIndex, type IndexedEvent, type IndexedSpan, indexEvent, indexSpan } from './span-index.ts';
import { createTies, type Ties } from './tied.ts';
import { noteEvent, tieEvent, tieProbe, tieSpan } from './ties.ts';
import { tieByTime } from './time-ties.ts';

/** Everything that is known so far, indexed and tied to probes. */
export function createObservation(topology: TopologyRecord): Ties {
  return createTies(createSpanIndex(topology));
}

export function observeProbe(ties: Ties, probe: ProbeRecord): void {
  ties.index.probes.set(probe.id, probe);
  tieProbe(ties, probe);
}

/** The span as indexed; undefined where it was known already. */
export function observeSpan(ties: Ties, record: SpanRecord): IndexedSpan | undefined {
  const span = indexSpan(ties.index, record);
  if (span !== undefined) tieSpan(ties, span);
  return span;
}

export function observeEvent(ties: Ties, record: WireEvent): IndexedEvent {
  const event = indexEvent(ties.index, record);
  tieEvent(ties, event);
  return event;
}

/** What a run gathered of a system. */
export type Gathered = Pick<Evidence, 'topology' | 'probes' | 'spans' | 'wire'>;

/** The whole of saved evidence. What was on the wire comes before the spans, as it does in a run. */
export function observeEvidence(evidence: Gathered): Ties {
  const ties = createObservation(evidence.topology);
  for (const probe of evidence.probes) observeProbe(ties, probe);
  // Which context several requests share shows only when all of them are known.
  for (const event of evidence.wire.map((record) => indexEvent(ties.index, record))) noteEvent(ties, event);
  for (const event of evidence.wire) observeEvent(ties, event);
  for (const span of evidence.spans) observeSpan(ties, structuredClone(span));
  tieByTime(ties);
  return ties;
}
