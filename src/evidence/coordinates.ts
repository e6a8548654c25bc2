/** Where a message stands, as spans of any convention and wire events name it, in one spelling. */
import type { AttributeValue, ProbeRecord, SpanRecord, WireEvent } from '../model/evidence.ts';

type Attributes = Record<string, AttributeValue>;

const TOPIC = ['messaging.destination.name', 'messaging.source.name', 'messaging.destination'];
const PARTITION = [
  'messaging.destination.partition.id',
  'messaging.kafka.destination.partition',
  'messaging.kafka.source.partition',
  'messaging.kafka.partition',
];
const OFFSET = ['messaging.kafka.offset', 'messaging.kafka.message.offset'];
const MESSAGE_ID = ['messaging.message.id', 'messaging.message_id'];
const PEER_PORT = ['network.peer.port', 'net.sock.peer.port', 'net.peer.port', 'client.port'];

/** Keys by which a span of a producer or consumer and a record or message on the wire name the same thing. */
export function coordinatesOfSpan(span: SpanRecord): string[] {
  const topic = first(span.attributes, TOPIC);
  const partition = first(span.attributes, PARTITION);
  const offset = first(span.attributes, OFFSET);
  const messageId = first(span.attributes, MESSAGE_ID);
  const keys: string[] = [];
  if (topic !== undefined && partition !== undefined && offset !== undefined)
    keys.push(record(topic, partition, offset));
  if (messageId !== undefined) {
    // confluent-kafka writes `topic.partition.offset` as the message id.
    const parts = /^(.+)\.(\d+)\.(\d+)$/.exec(messageId);
    if (parts?.[1] !== undefined && parts[1] === topic) keys.push(record(topic, parts[2] ?? '', parts[3] ?? ''));
    else keys.push(message(messageId));
  }
  return keys;
}

export function coordinatesOfEvent({ kafka, rabbitmq }: WireEvent): string[] {
  if (kafka !== undefined) return [record(kafka.topic, String(kafka.partition), kafka.offset)];
  return rabbitmq?.messageId === undefined ? [] : [message(rabbitmq.messageId)];
}

/** Of what a probe sent: the record, once the broker said where it is, or the message, if its id is the probe's alone. */
export function coordinatesOfSent({ id, sent }: ProbeRecord): string[] {
  const { transport, target, partition, offset, messageId } = sent;
  if (transport === 'kafka' && partition !== undefined && offset !== undefined) {
    return [record(target, String(partition), offset)];
  }
  return messageId?.includes(id) === true ? [message(messageId)] : [];
}

/** Whether a key names a place in a log, which no other message has; a message's id is what its sender chose. */
export function isPlace(key: string): boolean {
  return key.startsWith(RECORD);
}

const RECORD = 'record:';

/** The port from which a server span's request came, if it says so. */
export function peerPortOf(span: SpanRecord): number | undefined {
  const port = Number(first(span.attributes, PEER_PORT));
  return span.kind === 'server' && Number.isInteger(port) ? port : undefined;
}

function record(topic: string, partition: string, offset: string): string {
  return `${RECORD}${topic}:${partition}:${offset}`;
}

function message(id: string): string {
  return `message:${id}`;
}

function first(attributes: Attributes, names: readonly string[]): string | undefined {
  const name = names.find((each) => attributes[each] !== undefined);
  return name === undefined ? undefined : String(attributes[name]);
}
