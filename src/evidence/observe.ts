/** Evidence → facts per crossing. Pure: the same evidence gives the same facts. */
import type { Evidence, ProbeRecord, SpanRecord, WireEvent } from '../model/evidence.ts';
import type { TopologyRecord } from '../model/topology.ts';
import { untieSpan } from './forget.ts';
import { addSources, complete, saysMore } from './same-span.ts';
import {
  createSpanIndex,
  findTwin,
  type IndexedEvent,
  type IndexedSpan,
  indexEvent,
  indexSpan,
  replaceSpan,
} from './span-index.ts';
import { createTies, probesOf, type Ties } from './tied.ts';
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

/** The span as indexed; undefined where it was known already and nothing came of it. */
export function observeSpan(ties: Ties, record: SpanRecord): IndexedSpan | undefined {
  const twin = findTwin(ties.index, record);
  if (twin !== undefined) return observeTwin(ties, twin, record);
  const span = indexSpan(ties.index, record);
  tieSpan(ties, span);
  return span;
}

/** A span that a second source hands over may say what the first left out. */
function observeTwin(ties: Ties, twin: IndexedSpan, record: SpanRecord): IndexedSpan | undefined {
  const says = saysMore(twin.record, record);
  addSources(twin.record, record);
  if (!says) return undefined;
  untieSpan(ties, twin);
  complete(twin.record, record);
  replaceSpan(ties.index, twin);
  tieSpan(ties, twin);
  return probesOf(ties, record.traceId).size > 0 ? twin : undefined;
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
