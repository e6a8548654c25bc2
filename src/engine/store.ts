/** What a run has gathered: bounded, so that other people's traffic can pass by for as long as it likes. */

import { askedByEvent, askedByProbe } from '../evidence/asked-for.ts';
import { forgetEvent } from '../evidence/forget.ts';
import { observeEvent, observeProbe } from '../evidence/observe.ts';
import type { IndexedEvent } from '../evidence/span-index.ts';
import type { Ties } from '../evidence/tied.ts';
import { tieSent } from '../evidence/ties.ts';
import type { ProbeRecord, WireEvent } from '../model/evidence.ts';
import { createSpanStore, type SpanStore } from './span-store.ts';

/** Events of one tap that nothing ties. */
const MOST_UNTIED_EVENTS = 10_000;

export interface Store {
  addProbe(probe: ProbeRecord): void;
  /** It is known now where what the probe sent is. */
  probeSent(probe: ProbeRecord): void;
  addSpan: SpanStore['add'];
  addEvent(event: WireEvent): IndexedEvent;
  /** All spans that are kept. */
  spans: SpanStore['all'];
  /** How many spans, and how many events of a tap, were met and could not be kept. */
  dropped(): { spans: number; events: ReadonlyMap<string, number> };
}

export function createStore(ties: Ties): Store {
  const { index } = ties;
  const spans = createSpanStore(ties);
  const droppedEvents = new Map<string, number>();

  const makeRoomForEvents = (node: string): void => {
    const events = index.eventsByNode.get(node) ?? [];
    if (events.length <= MOST_UNTIED_EVENTS) return;
    const oldest = events.find(({ record }) => ![...ties.byProbe.values()].some((tied) => tied.events.has(record.id)));
    if (oldest === undefined) return;
    forgetEvent(ties, oldest);
    droppedEvents.set(node, (droppedEvents.get(node) ?? 0) + 1);
  };

  return {
    addProbe(probe) {
      observeProbe(ties, probe);
      spans.ask(askedByProbe(probe));
    },
    probeSent(probe) {
      tieSent(ties, probe);
      spans.ask(askedByProbe(probe));
    },
    addSpan: spans.add,
    addEvent(record) {
      const event = observeEvent(ties, record);
      spans.ask(askedByEvent(event));
      makeRoomForEvents(record.node);
      return event;
    },
    spans: spans.all,
    dropped: () => ({ spans: spans.dropped(), events: droppedEvents }),
  };
}
