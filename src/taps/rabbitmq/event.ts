/** A message that a tap was handed, as evidence. */
import type { RabbitmqMessage } from '../../clients/rabbitmq.ts';
import type { ContextField, MarkerTie, WireEvent } from '../../model/evidence.ts';
import { isContextName } from '../../trace-context/carrier.ts';
import { findMarkers, findMarkersInBytes } from '../../trace-context/marker.ts';
import { BODY_LIMIT, envelopeOf } from '../body.ts';
import { canaryOf, isCanary } from '../canary.ts';

const MARKED_PROPERTIES = ['messageId', 'correlationId', 'type', 'appId', 'replyTo'] as const;

/** What the message does not say itself. */
export interface Arrival {
  /** Unique in the run. */
  id: string;
  /** The tapped node. */
  node: string;
  runId: string;
  /** ms since the epoch. */
  now: number;
}

/**
 * The event of one message. A header whose value is an array (how AMQP 0-9-1 repeats a name) gives one context field
 * per element; a name that stands twice in the table itself, which the specification forbids, arrives as its last value.
 */
export function wireEventOf(message: RabbitmqMessage, { id, node, runId, now }: Arrival): WireEvent {
  const { exchange, routingKey } = message.fields;
  const messageId = textProperty(message, 'messageId');
  const correlationId = textProperty(message, 'correlationId');
  const canary = headersOf(message).find(([name]) => isCanary(name));
  return {
    id,
    node,
    transport: 'rabbitmq',
    at: String(BigInt(now) * 1_000_000n),
    seenAt: now,
    target: `${exchange}:${routingKey}`,
    context: contextOf(message),
    tie: tiesOf(message, runId),
    ...canaryOf(canary && textOf(canary[1])),
    ...envelopeOf(message.content),
    rabbitmq: {
      exchange,
      routingKey,
      ...(messageId !== undefined && { messageId }),
      ...(correlationId !== undefined && { correlationId }),
    },
  };
}

function contextOf(message: RabbitmqMessage): ContextField[] {
  return headersOf(message)
    .filter(([name]) => isContextName(name))
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => contextField(name, each)));
}

function contextField(name: string, value: unknown): ContextField {
  return Buffer.isBuffer(value)
    ? { name, value: value.toString('utf8'), type: 'bytes' }
    : { name, value: textOf(value) };
}

function tiesOf(message: RabbitmqMessage, runId: string): MarkerTie[] {
  const properties = MARKED_PROPERTIES.map((name): [where: string, text: string] => [
    name,
    textProperty(message, name) ?? '',
  ]);
  const headers = headersOf(message).map(([name, value]): [where: string, text: string] => {
    const lower = name.toLowerCase();
    return [lower === 'baggage' ? 'baggage' : `header:${lower}`, textOf(value)];
  });
  const texts: [where: string, text: string][] = [...properties, ['routingKey', message.fields.routingKey], ...headers];
  const inBody = findMarkersInBytes(message.content.subarray(0, BODY_LIMIT), runId);
  return [
    ...texts.flatMap(([where, text]) => findMarkers(text, runId).map((probe) => ({ probe, where }))),
    ...inBody.map((probe) => ({ probe, where: 'body' })),
  ];
}

function headersOf(message: RabbitmqMessage): [name: string, value: unknown][] {
  return Object.entries(message.properties.headers ?? {});
}

function textProperty(message: RabbitmqMessage, name: (typeof MARKED_PROPERTIES)[number]): string | undefined {
  const value: unknown = message.properties[name];
  return typeof value === 'string' ? value : undefined;
}

/** Text stays; bytes as UTF-8; lists and tables as JSON with their bytes as text; what is void is empty. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' ? Object.values(value).map(textOf).join(',') : String(value);
}
