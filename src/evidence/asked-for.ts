/**
 * Of a span that nothing ties: by what it might be tied yet, and whether something known has to do with it. What is in
 * the index asks for what waits outside of it, so that judging sees the same as if all of it were there.
 */
import type { ProbeRecord, SpanRecord } from '../model/evidence.ts';
import { coordinatesOfEvent, coordinatesOfSent, coordinatesOfSpan, peerPortOf } from './coordinates.ts';
import type { IndexedEvent, IndexedSpan } from './span-index.ts';
import { probesOf, type Ties } from './tied.ts';
import { portKey } from './whose-event.ts';

/** The keys, beside its trace id, by which something that comes later may ask for a span. */
export function keysOf(record: SpanRecord, node: string | undefined): string[] {
  const keys = coordinatesOfSpan(record);
  for (const { traceId } of record.links) keys.push(linksInto(traceId));
  const port = peerPortOf(record);
  if (port !== undefined) keys.push(`${node}:${port}`);
  return keys;
}

/** Whether a span has to do with anything in the index. @param keys as {@link keysOf} gives them */
export function isAskedFor(ties: Ties, record: SpanRecord, keys: readonly string[]): boolean {
  const { traceId, links, tie } = record;
  return (
    tie.length > 0 ||
    ties.index.traces.has(traceId) ||
    probesOf(ties, traceId).size > 0 ||
    ties.linksInto.has(traceId) ||
    ties.eventsByTrace.has(traceId) ||
    links.some((link) => probesOf(ties, link.traceId).size > 0) ||
    keys.some(
      (key) =>
        ties.spansByCoordinate.has(key) ||
        ties.eventsByCoordinate.has(key) ||
        ties.probesByCoordinate.has(key) ||
        ties.eventsByPort.has(key),
    )
  );
}

/** Keys that a span in the index asks for. */
export function askedBySpan({ record }: IndexedSpan): string[] {
  return [...coordinatesOfSpan(record), ...record.links.map(({ traceId }) => traceId)];
}

/** Keys that a wire event asks for. */
export function askedByEvent(event: IndexedEvent): string[] {
  const keys = coordinatesOfEvent(event.record);
  for (const { traceId } of event.reading.ids) keys.push(traceId);
  if (event.record.http !== undefined) keys.push(portKey(event));
  return keys;
}

/** Keys that what a probe sent asks for. */
export function askedByProbe(probe: ProbeRecord): string[] {
  return coordinatesOfSent(probe);
}

/** Keys that a trace which is a probe's asks for. */
export function askedByTrace(traceId: string): string[] {
  return [traceId, linksInto(traceId)];
}

function linksInto(traceId: string): string {
  return `links into ${traceId}`;
}
