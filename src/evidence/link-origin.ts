/** Whose context a receiver links to. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import { isMediator } from './node-kinds.ts';
import type { IndexedSpan } from './span-index.ts';
import { parentOf, type ResolvedLink } from './stations.ts';
import { probesOf, type Ties } from './tied.ts';

/** The link as if it led to the span that sent what a mediator passed on; as it is, where it leads to no mediator's span. */
export function seenThrough(ties: Ties, link: ResolvedLink): ResolvedLink {
  const seen = new Set<IndexedSpan>();
  let target = link.target;
  while (target?.node !== undefined && isMediator(ties.index, target.node) && !seen.has(target)) {
    seen.add(target);
    const trace = ties.index.traces.get(target.record.traceId);
    target = trace === undefined ? undefined : parentOf(trace, target);
  }
  return target === undefined ? link : { ...link, target };
}

/** Whether a link leads, within what is tied to the probe, to another service that the flow lets send to the hop's end. */
export function isOfAnotherHop(ties: Ties, probe: ProbeRecord, hop: Hop, { link, target }: ResolvedLink): boolean {
  const from = target?.node;
  if (from === undefined || from === hop.from || !probesOf(ties, link.traceId).has(probe.id)) return false;
  return ties.index.hops.from(hop.flow, from).some((each) => each.to === hop.to);
}
