/** Where a call went, by the attributes of its span. */

import { pathOf } from '../model/path.ts';
import type { Hop, NodeRecord } from '../model/topology.ts';
import { destinationOf, withLocalhost } from './aim-index.ts';
import type { IndexedSpan } from './span-index.ts';
import { isOutgoing, localRootOf, segmentOf } from './stations.ts';
import type { Ties } from './tied.ts';

export type Aim = 'here' | 'elsewhere' | 'unknown';

const ADDRESS = ['server.address', 'net.peer.name', 'net.peer.ip'];
const PORT = ['server.port', 'net.peer.port'];
const DESTINATION = ['messaging.destination.name', 'messaging.destination'];

/**
 * What a call that the receiver hangs below went to. `here`: the way of this hop, or nothing that a node has.
 * `past`: another declared node, while the sender made another call that did go here, so what hangs below the first was
 * given a wrong parent. `shared`: another declared service, which hangs below it as well. `odd`: another declared node,
 * and neither is known; it may still come, or the call led here by a way that the path does not name, such as a gateway.
 */
export type Way = { to: 'here' | 'past' | 'odd' } | { to: 'shared'; with: string };

export function wayOf(ties: Ties, call: IndexedSpan, hop: Hop): Way {
  const path = pathOf(hop);
  const others = aimedAt(ties, call);
  if (others.length === 0 || path.some((name) => others.includes(name))) return { to: 'here' };
  const trace = ties.index.traces.get(call.record.traceId);
  const beside = trace === undefined ? [] : segmentOf(trace, localRootOf(trace, call));
  if (beside.some((span) => aimedAt(ties, span).includes(path[0] ?? hop.to))) return { to: 'past' };
  const children = trace?.children.get(call.record.spanId) ?? [];
  const other = others.find((name) => children.some(({ node }) => node === name));
  return other === undefined ? { to: 'odd' } : { to: 'shared', with: other };
}

/** The nodes that a call's own attributes name. */
function aimedAt(ties: Ties, call: IndexedSpan): string[] {
  if (!isOutgoing(call)) return [];
  const { byAddress, byDestination } = ties.index.aims;
  const destination = text(call, DESTINATION) ?? '';
  const address = addressOf(call);
  const named = [
    ...(address === undefined ? [] : (byAddress.get(address) ?? [])),
    ...prefixesOf(destination).flatMap((name) => byDestination.get(name) ?? []),
  ];
  return named.filter((name) => {
    const node = ties.index.topology.nodes[name];
    return node !== undefined && aimOf(ties, call, node) === 'here';
  });
}

/** The whole of `exchange:routing key`, and each part of it before a colon. */
function prefixesOf(destination: string): string[] {
  const parts = destination.split(':');
  return parts.map((_, end) => parts.slice(0, end + 1).join(':'));
}

/** Whether a call's own attributes say that it went to a node, to something else, or nothing of the kind. */
export function aimOf(ties: Ties, span: IndexedSpan, node: NodeRecord): Aim {
  const { attributes, kind } = span.record;
  const system = attributes['messaging.system'];
  const isMessaging = kind === 'producer' || system !== undefined;
  if (isMessaging !== isCarrier(node)) return 'elsewhere';
  if (!isMessaging) return aimOfAddress(ties, span, node);
  if (system !== undefined && system !== node.kind && node.kind !== 'channel') return 'elsewhere';
  const destination = text(span, DESTINATION);
  const wanted = destinationOf(node);
  if (destination === undefined || wanted === undefined) return 'unknown';
  // RabbitMQ producers name `exchange` or `exchange:routing key`.
  return destination === wanted || destination.startsWith(`${wanted}:`) ? 'here' : 'elsewhere';
}

function aimOfAddress(ties: Ties, span: IndexedSpan, node: NodeRecord): Aim {
  const address = addressOf(span);
  if (address === undefined) return 'unknown';
  if (node.addresses.some((each) => withLocalhost(each) === address)) return 'here';
  return ties.index.aims.byAddress.has(address) ? 'elsewhere' : 'unknown';
}

function addressOf(span: IndexedSpan): string | undefined {
  const host = text(span, ADDRESS);
  const port = text(span, PORT);
  return host === undefined || port === undefined ? undefined : withLocalhost(`${host}:${port}`);
}

function isCarrier({ kind }: NodeRecord): boolean {
  return kind === 'kafka' || kind === 'rabbitmq' || kind === 'channel';
}

function text(span: IndexedSpan, names: readonly string[]): string | undefined {
  const name = names.find((each) => span.record.attributes[each] !== undefined);
  return name === undefined ? undefined : String(span.record.attributes[name]);
}
