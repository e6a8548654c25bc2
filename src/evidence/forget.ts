/** Takes out of the index again what nothing tied, so that it stays bounded. */
import { coordinatesOfEvent, coordinatesOfSpan, peerPortOf } from './coordinates.ts';
import type { IndexedEvent, IndexedSpan, IndexedTrace } from './span-index.ts';
import type { Ties } from './tied.ts';

export function forgetTrace(ties: Ties, trace: IndexedTrace): void {
  ties.index.traces.delete(trace.id);
  for (const span of trace.spans) untieSpan(ties, span);
}

/** Takes a span out of what it could be tied by. */
export function untieSpan(ties: Ties, span: IndexedSpan): void {
  for (const link of span.record.links) remove(ties.linksInto, link.traceId, span);
  for (const key of coordinatesOfSpan(span.record)) remove(ties.spansByCoordinate, key, span);
  remove(ties.spansByPort, `${span.node}:${peerPortOf(span.record)}`, span);
}

export function forgetEvent(ties: Ties, event: IndexedEvent): void {
  const { record, reading } = event;
  ties.index.events.delete(record.id);
  remove(ties.index.eventsByNode, record.node, event);
  for (const { traceId } of reading.ids) remove(ties.eventsByTrace, traceId, event);
  for (const key of coordinatesOfEvent(record)) remove(ties.eventsByCoordinate, key, event);
  remove(ties.eventsByPort, `${record.node}:${record.http?.upstreamPort}`, event);
}

function remove<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  const at = list?.indexOf(value) ?? -1;
  if (list === undefined || at === -1) return;
  list.splice(at, 1);
  if (list.length === 0) lists.delete(key);
}
