/**
 * Which attributes judging uses. All others are searched for the marker and let go, so that the evidence holds nothing
 * that it need not (SURFACE §4). Names old and new: reference/protocol.md §4.2.
 */

import type { AttributeValue, MarkerTie } from '../../model/evidence.ts';
import { findMarkers, withoutSecrets } from '../../trace-context/marker.ts';

/** An attribute that is kept. */
export interface KeptAttribute {
  name: string;
  /** Its value is a URL, and what could be a secret is cut from it. */
  isUrl: boolean;
}

/** What is kept, by attribute name. */
export interface AttributeFilter {
  resource: ReadonlyMap<string, KeptAttribute>;
  span: ReadonlyMap<string, KeptAttribute>;
}

const RESOURCE = [
  'service.name',
  'service.namespace',
  'service.instance.id',
  'service.version',
  'telemetry.sdk.name',
  'telemetry.sdk.language',
  'telemetry.sdk.version',
  'deployment.environment',
  'deployment.environment.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'host.name',
  'process.pid',
];

const HTTP = [
  'http.request.method',
  'http.method',
  'http.route',
  'http.response.status_code',
  'http.status_code',
  'http.request.resend_count',
  'http.resend_count',
];

const ADDRESSES = [
  'server.address',
  'server.port',
  'net.host.name',
  'net.host.port',
  'net.peer.name',
  'net.peer.ip',
  'net.peer.port',
  'network.peer.address',
  'network.peer.port',
  'network.local.address',
  'network.local.port',
  'net.sock.peer.addr',
  'net.sock.peer.name',
  'net.sock.peer.port',
  'client.address',
  'client.port',
];

const RPC = ['rpc.system', 'rpc.system.name', 'rpc.service', 'rpc.method'];

/** A Kafka message's key is not here: it may be anybody's name. The marker in it is found all the same. */
const MESSAGING = [
  'messaging.system',
  'messaging.destination',
  'messaging.destination.name',
  'messaging.destination.subscription.name',
  'messaging.source.name',
  'messaging.operation',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.message_id',
  'messaging.message.id',
  'messaging.conversation_id',
  'messaging.message.conversation_id',
  'messaging.batch.message_count',
  'messaging.consumer.group.name',
  'messaging.destination.partition.id',
  'messaging.kafka.partition',
  'messaging.kafka.destination.partition',
  'messaging.kafka.source.partition',
  'messaging.kafka.offset',
  'messaging.kafka.message.offset',
  'messaging.kafka.consumer_group',
  'messaging.kafka.consumer.group',
  'messaging.rabbitmq.routing_key',
  'messaging.rabbitmq.destination.routing_key',
  'messaging.rabbitmq.message.delivery_tag',
];

const URLS = ['url.full', 'url.path', 'http.url', 'http.target'];

/**
 * The filter of a run.
 * @param declared names of resource and span attributes by which the topology tells its nodes apart
 */
export function attributeFilter(declared: ReadonlySet<string>): AttributeFilter {
  return {
    resource: kept([...RESOURCE, ...declared]),
    span: kept([...HTTP, ...ADDRESSES, ...RPC, ...MESSAGING, ...URLS, ...declared]),
  };
}

function kept(names: string[]): ReadonlyMap<string, KeptAttribute> {
  return new Map(names.map((name) => [name, { name, isUrl: URLS.includes(name) }]));
}

/** A value as it may be kept. */
export function keptValue(value: AttributeValue, { isUrl }: KeptAttribute, runId: string): AttributeValue {
  return isUrl && typeof value === 'string' && MAY_HOLD_SECRETS.test(value) ? withoutSecrets(value, runId) : value;
}

/** Without one of these a URL has neither userinfo nor query. */
const MAY_HOLD_SECRETS = /[?#@]/;

/** A double as JSON can hold it. */
export function keptDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A span's name without the query that some instrumentations leave in it. */
export function keptName(name: string, runId: string): string {
  if (!name.includes('?') && !name.includes('@')) return name;
  return name
    .split(' ')
    .map((word) => (word.includes('/') ? withoutSecrets(word, runId) : word))
    .join(' ');
}

/** The markers in a text, as ties to where it stood. */
export function tiesIn(text: string, where: string, runId: string): MarkerTie[] {
  return findMarkers(text, runId).map((probe) => ({ probe, where }));
}
