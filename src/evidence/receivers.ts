/** The receivers of a hop: which entry spans of its end belong to it, and how each stands to the sender. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import { type Arrival, type ByWay, byWay, isComplete } from './arrival.ts';
import { byLinkHandedOn, byLinkToSender, byStrangeLink, byStrayedLink } from './by-link.ts';
import { isBypassed, isOfMessage, keptOnPurpose, readsTheSame } from './handed-on.ts';
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
import { seenThrough } from './through-mediators.ts';
import { probesOf, type Ties } from './tied.ts';

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
  if (origin.type !== 'root' || links.length > 0 || trace === undefined) return false;
  if (span?.record.kind !== 'consumer' || operationOf(span.record) === 'receive') return false;
  const isOnlyHop = ties.index.hops.into(hop.flow, hop.to).every(({ from }) => from === hop.from);
  return isOnlyHop && segmentOf(trace, span).some(({ record }) => record.tie.some((tie) => tie.probe === probe.id));
}

function classify(ties: Ties, probe: ProbeRecord, hop: Hop, senders: Station[], station: Station): Arrival | undefined {
  const origin = originOf(ties.index, probe, station);
  const links = linksOf(ties.index, station);
  const base = { station, origin, links, link: undefined, sender: undefined, outgoing: undefined };
  const byParent = classifyByParent(ties, hop, senders, station, origin);
  const elsewhere = byParent === 'elsewhere';
  if (!elsewhere && byParent?.went === 'parent') return { ...base, ...byParent };
  const targets = links.map((link) => seenThrough(ties.index, link));
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

/** Whether a link leads, within what is tied to the probe, to another service that the flow lets send to the hop's end. */
function isOfAnotherHop(ties: Ties, probe: ProbeRecord, hop: Hop, { link, target }: ResolvedLink): boolean {
  const from = target?.node;
  if (from === undefined || from === hop.from || !probesOf(ties, link.traceId).has(probe.id)) return false;
  return isDeclared(ties, hop, from);
}

/** Whether the flow declares a hop from a node to this hop's end. */
function isDeclared(ties: Ties, hop: Hop, from: string): boolean {
  return ties.index.hops.from(hop.flow, from).some((each) => each.to === hop.to);
}

function fromSender(ties: Ties, hop: Hop, senders: Station[], call: IndexedSpan): ByParent {
  const trace = ties.index.traces.get(call.record.traceId);
  const root = trace === undefined ? call : localRootOf(trace, call);
  const sender = senders.find(({ span }) => span === root) ?? senders.find(({ traceId }) => traceId === trace?.id);
  if (sender === undefined) return { went: 'strayed', outgoing: call };
  return { ...byWay(ties, call, hop, 'parent'), sender, outgoing: call };
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
