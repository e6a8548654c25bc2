/** How a receiver stands to the sender by its links. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import { type Arrival, type ByWay, byWay } from './arrival.ts';
import { wasGiven } from './handed-on.ts';
import type { IndexedSpan } from './span-index.ts';
import { localRootOf, type ResolvedLink, type Station } from './stations.ts';
import { probesOf, type Ties } from './tied.ts';

/** A link leads to a call of the sender's. */
export function byLinkToSender(
  ties: Ties,
  hop: Hop,
  senders: Station[],
  links: ResolvedLink[],
): (ByWay & Pick<Arrival, 'link' | 'sender' | 'outgoing'>) | undefined {
  for (const link of links) {
    if (senders.some((sender) => wasGiven(ties, sender, link.link))) continue;
    const sender = senderOfLink(ties, hop, senders, link);
    if (sender === undefined) continue;
    const outgoing = outgoingOf(hop, link);
    const way: ByWay = outgoing === undefined ? { went: 'link' } : byWay(ties, outgoing, hop, 'link');
    return { ...way, link, sender, outgoing };
  }
  return undefined;
}

/** It links to what the sender was given: the header was handed on as it came. */
export function byLinkHandedOn(
  ties: Ties,
  senders: Station[],
  links: ResolvedLink[],
): Pick<Arrival, 'went' | 'link' | 'sender'> | undefined {
  for (const link of links) {
    const sender = senders.find((each) => wasGiven(ties, each, link.link));
    if (sender !== undefined) return { went: 'bypassed', link, sender };
  }
  return undefined;
}

/** A link into the probe's trace that leads to nobody on the path: to a service that is not declared, or to a lost span. */
export function byStrangeLink(
  ties: Ties,
  probe: ProbeRecord,
  senders: Station[],
  links: ResolvedLink[],
): Pick<Arrival, 'went' | 'link'> | undefined {
  const link = links.find(({ link: { traceId } }) => probesOf(ties, traceId).has(probe.id));
  if (link === undefined) return undefined;
  if (link.target === undefined) return senders.length === 0 ? { went: 'unknown', link } : undefined;
  return link.target.node === undefined ? { went: 'undeclared', link } : undefined;
}

/** The only link leads to a call of the sender's that is part of another trace. */
export function byStrayedLink(
  hop: Hop,
  links: ResolvedLink[],
): Pick<Arrival, 'went' | 'link' | 'outgoing'> | undefined {
  const [link] = links;
  const outgoing = link === undefined ? undefined : outgoingOf(hop, link);
  const alone = new Set(links.map(({ link: { traceId } }) => traceId)).size === 1;
  return link !== undefined && outgoing !== undefined && alone ? { went: 'strayed', link, outgoing } : undefined;
}

/** The root span of a trace that something else began. */
const UNKNOWN_SPAN_ID = '0'.repeat(16);

function senderOfLink(ties: Ties, hop: Hop, senders: Station[], { link, target }: ResolvedLink): Station | undefined {
  if (hop.from === 'probe') {
    return senders.find(
      ({ traceId, spanId }) => traceId === link.traceId && (spanId === link.spanId || spanId === UNKNOWN_SPAN_ID),
    );
  }
  const trace = ties.index.traces.get(link.traceId);
  if (target === undefined || trace === undefined) {
    return senders.find(({ traceId }) => traceId === link.traceId);
  }
  if (target.node !== hop.from) return undefined;
  const root = localRootOf(trace, target);
  return senders.find(({ span }) => span === root);
}

function outgoingOf(hop: Hop, { target }: ResolvedLink): IndexedSpan | undefined {
  return target?.node === hop.from ? target : undefined;
}
