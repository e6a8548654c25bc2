/** The receivers of a hop: which entry spans of its end belong to it, and how each stands to the sender. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import { wayOf } from './aim.ts';
import { isBypassed, isOfMessage, keptOnPurpose, readsTheSame, wasGiven } from './handed-on.ts';
import { isOfAnotherHop, seenThrough } from './link-origin.ts';
import type { IndexedSpan } from './span-index.ts';
import {
  linksOf,
  localRootOf,
  type Origin,
  operationOf,
  originOf,
  type ResolvedLink,
  type Station,
  segmentOf,
  stationsOf,
} from './stations.ts';
import { probesOf, type Ties } from './tied.ts';

/** An entry span of the hop's end. */
export interface Arrival {
  station: Station;
  origin: Origin;
  /** Every link of the station's own spans. */
  links: ResolvedLink[];
  /** The link that leads to the sender's call, if one does. */
  link: ResolvedLink | undefined;
  /**
   * How it goes on from the sender: `parent`, `link`, or `none`. `bypassed`: its parent is the sender's own parent;
   * `strayed`: its parent is a span of the sender's in another trace; `unknown`: in the sender's trace, below a span
   * that no source handed over; `undeclared`: below a service that the path does not name; `misplaced`: below a call of
   * the sender's that aimed at another declared node.
   */
  went: 'parent' | 'link' | 'bypassed' | 'misplaced' | 'strayed' | 'unknown' | 'undeclared' | 'none';
  /** The sender's call went, by its attributes, to another declared node: one that did come here may still show. */
  odd?: boolean;
  /** Of a misplaced one: the service that the call went to, which hangs below it as well and may have passed it on. */
  sharedWith?: string;
  sender: Station | undefined;
  outgoing: IndexedSpan | undefined;
}

/** Whether an arrival went on from the sender. */
export function isComplete({ went }: Arrival): boolean {
  return went === 'parent' || went === 'link';
}

/** The arrivals of a hop. An entry span that another hop of the flow explains is left to that one. */
export function arrivalsOf(ties: Ties, probe: ProbeRecord, hop: Hop, senders: Station[]): Arrival[] {
  const all = stationsOf(ties, probe, hop.to)
    .map((station) => classify(ties, probe, hop, senders, station))
    .filter((arrival) => arrival !== undefined);
  const goesOn = all.filter((arrival) => isComplete(arrival) || arrival.went === 'bypassed');
  const others = all.filter((arrival) => !goesOn.includes(arrival) && fits(ties, hop, arrival.station));
  if (goesOn.length > 0) {
    return [
      ...goesOn,
      ...others.filter((arrival) => arrival.sender !== undefined || isOwnMessage(ties, probe, hop, arrival)),
    ];
  }
  return others;
}

/**
 * A consumer's root that names the probe beside one that went on: another message of the same hop, and no inner work. One
 * of a receive, or with links, may be of the message that went on.
 */
function isOwnMessage(ties: Ties, probe: ProbeRecord, hop: Hop, { origin, links, station }: Arrival): boolean {
  const { traceId, span } = station;
  const trace = ties.index.traces.get(traceId);
  if (origin.type !== 'root' || links.length > 0 || span?.record.kind !== 'consumer' || trace === undefined)
    return false;
  if (
    operationOf(span.record) === 'receive' ||
    ties.index.hops.into(hop.flow, hop.to).some(({ from }) => from !== hop.from)
  )
    return false;
  return segmentOf(trace, span).some(({ record }) => record.tie.some((tie) => tie.probe === probe.id));
}

function classify(ties: Ties, probe: ProbeRecord, hop: Hop, senders: Station[], station: Station): Arrival | undefined {
  const origin = originOf(ties.index, probe, station);
  const links = linksOf(ties.index, station);
  const base = { station, origin, links, link: undefined, sender: undefined, outgoing: undefined };
  const byParent = classifyByParent(ties, hop, senders, station, origin);
  const elsewhere = byParent === 'elsewhere';
  if (!elsewhere && byParent?.went === 'parent') return { ...base, ...byParent };
  const targets = links.map((link) => seenThrough(ties, link));
  const byLink = byLinkToSender(ties, hop, senders, targets);
  if (byLink !== undefined) return { ...base, ...byLink };
  if (elsewhere) return undefined;
  if (byParent !== undefined) return { ...base, ...byParent };
  if (targets.some((link) => isOfAnotherHop(ties, probe, hop, link))) return undefined;
  const handedOn = byLinkHandedOn(ties, senders, links);
  if (handedOn !== undefined && readsTheSame(ties, hop)) return undefined;
  const other = handedOn ?? byStrangeLink(ties, probe, senders, links) ?? byStrayedLink(hop, targets);
  return { ...base, went: 'none', ...other };
}

function byLinkToSender(
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
function byLinkHandedOn(
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
function byStrangeLink(
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
function byStrayedLink(hop: Hop, links: ResolvedLink[]): Pick<Arrival, 'went' | 'link' | 'outgoing'> | undefined {
  const [link] = links;
  const outgoing = link === undefined ? undefined : outgoingOf(hop, link);
  const alone = new Set(links.map(({ link: { traceId } }) => traceId)).size === 1;
  return link !== undefined && outgoing !== undefined && alone ? { went: 'strayed', link, outgoing } : undefined;
}

/** The root span of a trace that something else began. */
const UNKNOWN_SPAN_ID = '0'.repeat(16);

type ByWay = Pick<Arrival, 'went' | 'odd' | 'sharedWith'>;
type ByParent = ByWay & Partial<Pick<Arrival, 'sender' | 'outgoing'>>;

function classifyByParent(
  ties: Ties,
  hop: Hop,
  senders: Station[],
  station: Station,
  origin: Origin,
): ByParent | 'elsewhere' | undefined {
  const bypassed = senders.find((sender) => isBypassed(sender, station));
  switch (origin.type) {
    case 'probe':
      if (hop.from === 'probe') return { went: 'parent', ...one(senders[0]) };
      return notFromSender(ties, hop, station, 'probe', bypassed);
    case 'service':
      if (origin.span.node === hop.from) return fromSender(ties, hop, senders, origin.span);
      return notFromSender(ties, hop, station, origin.span.node, bypassed, origin.span);
    case 'undeclared':
      return { went: 'undeclared' };
    case 'missing': {
      if (bypassed !== undefined) return { went: 'bypassed', sender: bypassed };
      const sender = senders.find(({ traceId }) => traceId === station.traceId);
      return sender === undefined ? undefined : { went: 'unknown', sender };
    }
    case 'root':
      return undefined;
  }
}

function one(sender: Station | undefined): { sender?: Station } {
  return sender === undefined ? {} : { sender };
}

function fromSender(ties: Ties, hop: Hop, senders: Station[], call: IndexedSpan): ByParent {
  const trace = ties.index.traces.get(call.record.traceId);
  const root = trace === undefined ? call : localRootOf(trace, call);
  const sender = senders.find(({ span }) => span === root) ?? senders.find(({ traceId }) => traceId === trace?.id);
  if (sender === undefined) return { went: 'strayed', outgoing: call };
  return { ...byWay(ties, call, hop, 'parent'), sender, outgoing: call };
}

function byWay(ties: Ties, call: IndexedSpan, hop: Hop, went: 'parent' | 'link'): ByWay {
  const way = wayOf(ties, call, hop);
  switch (way.to) {
    case 'here':
      return { went };
    case 'odd':
      return { went, odd: true };
    case 'past':
      return { went: 'misplaced' };
    case 'shared':
      return { went: 'misplaced', sharedWith: way.with };
  }
}

function notFromSender(
  ties: Ties,
  hop: Hop,
  station: Station,
  parent: string | undefined,
  bypassed: Station | undefined,
  call?: IndexedSpan,
): ByParent | 'elsewhere' {
  const declared = parent !== undefined && isDeclared(ties, hop, parent);
  if (bypassed !== undefined) {
    const outgoing = keptOnPurpose(ties, bypassed, station);
    if (outgoing !== undefined) return { went: 'parent', sender: bypassed, outgoing };
    if (!(declared && isOfMessage(station, call)) && !readsTheSame(ties, hop)) {
      return { went: 'bypassed', sender: bypassed };
    }
    if (!declared) return 'elsewhere';
  }
  return declared ? 'elsewhere' : { went: 'undeclared' };
}

/** Whether the flow declares a hop from a node to this hop's end. */
function isDeclared(ties: Ties, hop: Hop, from: string): boolean {
  return ties.index.hops.from(hop.flow, from).some((each) => each.to === hop.to);
}

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

/** Whether an entry span that nothing joins to a sender can be of this hop, by the transport that it speaks of. */
function fits(ties: Ties, hop: Hop, { span }: Station): boolean {
  if (span === undefined) return false;
  const { kind, attributes } = span.record;
  const crossesBroker = hop.via.some((node) =>
    ['kafka', 'rabbitmq', 'channel'].includes(ties.index.topology.nodes[node]?.kind ?? ''),
  );
  if (kind === 'server') return !crossesBroker;
  const messaging = kind === 'consumer' || attributes['messaging.system'] !== undefined;
  return messaging ? crossesBroker : true;
}
