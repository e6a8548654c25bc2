/** What a run has gathered: bounded, so that other people's traffic can pass by for as long as it likes. */

import { forgetEvent, forgetTrace } from '../evidence/forget.ts';
import { observeEvent, observeProbe, observeSpan } from '../evidence/observe.ts';
import type { IndexedEvent, IndexedSpan } from '../evidence/span-index.ts';
import { probesOf, type Ties } from '../evidence/tied.ts';
import type { ProbeRecord, SpanRecord, WireEvent } from '../model/evidence.ts';

/** Spans of declared services that nothing ties yet; the oldest traces go first. */
const MOST_UNTIED_SPANS = 50_000;
/** Spans of one trace: one that grows beyond it leaks, and what comes then is only counted. */
const MOST_OF_A_TRACE = 10_000;
/** Events of one tap that nothing ties. */
const MOST_UNTIED_EVENTS = 10_000;

export interface Store {
  addProbe(probe: ProbeRecord): void;
  /** The span as indexed; undefined where it was known. */
  addSpan(span: SpanRecord): IndexedSpan | undefined;
  addEvent(event: WireEvent): IndexedEvent;
  /** How many spans, and how many events of a tap, were met and could not be kept. */
  dropped(): { spans: number; events: ReadonlyMap<string, number> };
}

export function createStore(ties: Ties): Store {
  const { index } = ties;
  const droppedEvents = new Map<string, number>();
  let droppedSpans = 0;
  let untiedSpans = 0;

  const makeRoomForSpans = (): void => {
    for (const [id, trace] of index.traces) {
      if (untiedSpans <= MOST_UNTIED_SPANS) return;
      if (probesOf(ties, id).size > 0) continue;
      untiedSpans -= trace.spans.length;
      droppedSpans += trace.spans.length;
      forgetTrace(ties, trace);
    }
  };
  const makeRoomForEvents = (node: string): void => {
    const events = index.eventsByNode.get(node) ?? [];
    if (events.length <= MOST_UNTIED_EVENTS) return;
    const oldest = events.find(({ record }) => ![...ties.byProbe.values()].some((tied) => tied.events.has(record.id)));
    if (oldest === undefined) return;
    forgetEvent(ties, oldest);
    droppedEvents.set(node, (droppedEvents.get(node) ?? 0) + 1);
  };

  return {
    addProbe: (probe) => observeProbe(ties, probe),
    addSpan(record) {
      if ((index.traces.get(record.traceId)?.spans.length ?? 0) >= MOST_OF_A_TRACE) {
        droppedSpans += 1;
        return undefined;
      }
      const span = observeSpan(ties, record);
      if (span !== undefined && probesOf(ties, record.traceId).size === 0) {
        untiedSpans += 1;
        makeRoomForSpans();
      }
      return span;
    },
    addEvent(record) {
      const event = observeEvent(ties, record);
      makeRoomForEvents(record.node);
      return event;
    },
    dropped: () => ({ spans: droppedSpans, events: droppedEvents }),
  };
}
