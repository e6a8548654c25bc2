/** Where a call went, by the attributes of its span. */

import { pathOf } from '../model/path.ts';
import type { Hop, NodeRecord } from '../model/topology.ts';
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
  const { nodes } = ties.index.topology;
  const goesTo = (span: IndexedSpan, name: string): boolean => {
    const node = nodes[name];
    return node !== undefined && isOutgoing(span) && aimOf(ties, span, node) === 'here';
  };
  const path = pathOf(hop);
  if (path.some((name) => goesTo(call, name))) return { to: 'here' };
  const others = Object.keys(nodes).filter((name) => goesTo(call, name));
  if (others.length === 0) return { to: 'here' };
  const trace = ties.index.traces.get(call.record.traceId);
  const beside = trace === undefined ? [] : segmentOf(trace, localRootOf(trace, call));
  if (beside.some((span) => goesTo(span, path[0] ?? hop.to))) return { to: 'past' };
  const children = trace?.children.get(call.record.spanId) ?? [];
  const other = others.find((name) => children.some(({ node }) => node === name));
  return other === undefined ? { to: 'odd' } : { to: 'shared', with: other };
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
  const wanted = node.topic ?? node.exchange;
  if (destination === undefined || wanted === undefined) return 'unknown';
  // RabbitMQ producers name `exchange` or `exchange:routing key`.
  return destination === wanted || destination.startsWith(`${wanted}:`) ? 'here' : 'elsewhere';
}

function aimOfAddress(ties: Ties, span: IndexedSpan, node: NodeRecord): Aim {
  const host = text(span, ADDRESS);
  const port = text(span, PORT);
  if (host === undefined || port === undefined) return 'unknown';
  const address = `${LOOPBACK.has(host) ? 'localhost' : host}:${port}`;
  const named = (other: NodeRecord): boolean => other.addresses.map(withLocalhost).includes(address);
  if (named(node)) return 'here';
  return Object.values(ties.index.topology.nodes).some(named) ? 'elsewhere' : 'unknown';
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '[::1]', 'localhost', '0.0.0.0']);

function withLocalhost(address: string): string {
  const at = address.lastIndexOf(':');
  return LOOPBACK.has(address.slice(0, at)) ? `localhost${address.slice(at)}` : address;
}

function isCarrier({ kind }: NodeRecord): boolean {
  return kind === 'kafka' || kind === 'rabbitmq' || kind === 'channel';
}

function text(span: IndexedSpan, names: readonly string[]): string | undefined {
  const name = names.find((each) => span.record.attributes[each] !== undefined);
  return name === undefined ? undefined : String(span.record.attributes[name]);
}
