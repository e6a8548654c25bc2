/** Context that a sender handed on as it came, and what looks like that and is right. */
import type { SpanLink } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import { isBroker } from './node-kinds.ts';
import type { IndexedSpan } from './span-index.ts';
import { isOutgoing, linksOf, type Station, segmentOf } from './stations.ts';
import type { Ties } from './tied.ts';

/** The receiver hangs on the very span that the sender hangs on: the header was handed on as it came. */
export function isBypassed(sender: Station, receiver: Station): boolean {
  const parent = sender.span?.record.parentSpanId;
  return parent !== undefined && sender.traceId === receiver.traceId && receiver.span?.record.parentSpanId === parent;
}

/** Whether a link names the context that came into a sender: its parent, or what it links to itself. */
export function wasGiven(ties: Ties, sender: Station, { traceId, spanId }: SpanLink): boolean {
  if (sender.span === undefined) return false;
  if (sender.traceId === traceId && sender.span.record.parentSpanId === spanId) return true;
  return linksOf(ties.index, sender).some(
    ({ link, target }) => link.traceId === traceId && link.spanId === spanId && target?.node !== sender.node,
  );
}

/** Consumers of one message are siblings by right; of one HTTP call they are not. */
export function isOfMessage({ span }: Station, call: IndexedSpan | undefined): boolean {
  if (call?.record.kind === 'producer' || call?.record.attributes['messaging.system'] !== undefined) return true;
  return span?.record.kind === 'consumer' && call?.record.kind !== 'client';
}

/** Whether both ends of a hop read one topic: its end then gets what the sender got, beside what the sender wrote. */
export function readsTheSame(ties: Ties, { flow, from, via }: Hop): boolean {
  const topic = via.at(-1);
  if (topic === undefined || !isBroker(ties.index, topic)) return false;
  return ties.index.hops.into(flow, from).some((hop) => hop.to === from && hop.via.at(-1) === topic);
}

/** A call of the sender's that links to the receiver's parent: a creation context, sent on as it was on purpose. */
export function keptOnPurpose(ties: Ties, sender: Station, { traceId, span }: Station): IndexedSpan | undefined {
  const trace = ties.index.traces.get(sender.traceId);
  if (trace === undefined || sender.span === undefined) return undefined;
  const isOf = (link: SpanLink): boolean => link.traceId === traceId && link.spanId === span?.record.parentSpanId;
  return segmentOf(trace, sender.span).find((each) => isOutgoing(each) && each.record.links.some(isOf));
}
