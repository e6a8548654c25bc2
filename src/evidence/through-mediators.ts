/** Spans of mediators, which stand between a sender's span and a receiver's. */
import { isMediator } from './node-kinds.ts';
import type { IndexedSpan, SpanIndex } from './span-index.ts';
import { parentOf, type ResolvedLink } from './stations.ts';

/** The spans of mediators from one of theirs upwards, as far as they hang together. */
export function mediatorsFrom(index: SpanIndex, span: IndexedSpan | undefined): IndexedSpan[] {
  const climbed = new Set<IndexedSpan>();
  let next = span;
  while (next?.node !== undefined && isMediator(index, next.node) && !climbed.has(next)) {
    climbed.add(next);
    const trace = index.traces.get(next.record.traceId);
    next = trace === undefined ? undefined : parentOf(trace, next);
  }
  return [...climbed];
}

/** The link as if it led to the span that sent what a mediator passed on; as it is, where it leads to no mediator's span. */
export function seenThrough(index: SpanIndex, link: ResolvedLink): ResolvedLink {
  const last = mediatorsFrom(index, link.target).at(-1);
  const trace = index.traces.get(last?.record.traceId ?? '');
  const target = last === undefined || trace === undefined ? undefined : parentOf(trace, last);
  return target === undefined ? link : { ...link, target };
}
