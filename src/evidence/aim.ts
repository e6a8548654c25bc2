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
 * Whether a call went to another declared node than any on the path, while the sender made another one that did go
 * there: what hangs below the first was given a wrong parent. Alone the first may have led there by a way that the path
 * does not name, such as a gateway.
 */
export function aimsPast(ties: Ties, call: IndexedSpan, hop: Hop): boolean {
  const { nodes } = ties.index.topology;
  const goesTo = (span: IndexedSpan, name: string): boolean => {
    const node = nodes[name];
    return node !== undefined && isOutgoing(span) && aimOf(ties, span, node) === 'here';
  };
  const path = pathOf(hop);
  if (path.some((name) => goesTo(call, name)) || !Object.keys(nodes).some((name) => goesTo(call, name))) return false;
  const trace = ties.index.traces.get(call.record.traceId);
  const beside = trace === undefined ? [] : segmentOf(trace, localRootOf(trace, call));
  return beside.some((span) => goesTo(span, path[0] ?? hop.to));
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
