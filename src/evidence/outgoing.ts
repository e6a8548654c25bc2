/** Calls that a sender made into a hop and that nothing answers for yet. */
import type { Hop, NodeRecord } from '../model/topology.ts';
import type { Crossing } from './crossing.ts';
import type { IndexedSpan } from './span-index.ts';
import { isOutgoing, type Station, segmentOf } from './stations.ts';
import type { Ties } from './ties.ts';

export interface Call {
  sender: Station;
  span: IndexedSpan;
}

const ADDRESS = ['server.address', 'net.peer.name', 'net.peer.ip'];
const PORT = ['server.port', 'net.peer.port'];
const DESTINATION = ['messaging.destination.name', 'messaging.destination'];

/**
 * The calls of the senders that aim at the hop's first node and are part of no crossing: not a call that is nested in
 * one that is (two instrumentations, pika's double spans), nor an attempt that a later call repeats.
 */
export function unansweredCalls(ties: Ties, hop: Hop, senders: Station[], crossings: Crossing[]): Call[] {
  const first = ties.index.topology.nodes[hop.via[0] ?? hop.to];
  if (first === undefined) return [];
  const known = new Set(crossings.flatMap(({ outgoing }) => outgoing ?? []));
  return senders.flatMap((sender) => {
    const trace = ties.index.traces.get(sender.traceId);
    if (trace === undefined || sender.span === undefined) return [];
    const segment = segmentOf(trace, sender.span);
    const answered = segment.filter((span) => known.has(span));
    return segment
      .filter((span) => isOutgoing(span) && !known.has(span) && aimsAt(ties, span, first))
      .filter((span) => !answered.some((other) => isNested(segment, span, other) || isLater(other, span)))
      .map((span) => ({ sender, span }));
  });
}

/** Whether some call of the sender may have aimed at a node: then it cannot be said that it was not reached. */
export function mayHaveCalled(ties: Ties, sender: Station, node: NodeRecord): boolean {
  const trace = ties.index.traces.get(sender.traceId);
  if (trace === undefined || sender.span === undefined) return false;
  return segmentOf(trace, sender.span).some((span) => isOutgoing(span) && aim(ties, span, node) !== 'elsewhere');
}

function aimsAt(ties: Ties, span: IndexedSpan, node: NodeRecord): boolean {
  return aim(ties, span, node) === 'here';
}

function aim(ties: Ties, span: IndexedSpan, node: NodeRecord): 'here' | 'elsewhere' | 'unknown' {
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

function aimOfAddress(ties: Ties, span: IndexedSpan, node: NodeRecord): 'here' | 'elsewhere' | 'unknown' {
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

function isNested(segment: IndexedSpan[], one: IndexedSpan, other: IndexedSpan): boolean {
  return isAbove(segment, one, other) || isAbove(segment, other, one);
}

function isAbove(segment: IndexedSpan[], upper: IndexedSpan, lower: IndexedSpan): boolean {
  const byId = new Map(segment.map((span) => [span.record.spanId, span]));
  const seen = new Set<IndexedSpan>();
  for (let span: IndexedSpan | undefined = lower; span !== undefined && !seen.has(span); ) {
    if (span === upper) return true;
    seen.add(span);
    span = span.record.parentSpanId === undefined ? undefined : byId.get(span.record.parentSpanId);
  }
  return false;
}

function isLater(one: IndexedSpan, other: IndexedSpan): boolean {
  return BigInt(one.record.start) >= BigInt(other.record.start);
}

function text(span: IndexedSpan, names: readonly string[]): string | undefined {
  const name = names.find((each) => span.record.attributes[each] !== undefined);
  return name === undefined ? undefined : String(span.record.attributes[name]);
}
