/** The properties of an AMQP 0-9-1 message (class basic, https://www.rabbitmq.com/docs/publishers#message-properties). */
import { complaintError } from '../model/problem.ts';

/** As amqplib takes them. */
export interface MessageProperties {
  contentType?: string;
  contentEncoding?: string;
  deliveryMode?: number;
  priority?: number;
  correlationId?: string;
  replyTo?: string;
  expiration?: string;
  messageId?: string;
  timestamp?: number;
  type?: string;
  userId?: string;
  appId?: string;
}

const TEXTS = [
  'contentType',
  'contentEncoding',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'type',
  'userId',
  'appId',
] as const;

/** Numbers, and the largest that each may be; `timestamp` is in seconds. */
const NUMBERS = { deliveryMode: 2, priority: 255, timestamp: Number.MAX_SAFE_INTEGER } as const;

/** AMQP's short strings. */
const MAX_BYTES = 255;

/**
 * Reads properties by their AMQP names, as amqplib spells them or as the specification does (`message-id`).
 * @throws ComplaintError that names the property which there is not, or whose value it cannot have
 */
export function readProperties(given: Record<string, string>): MessageProperties {
  const properties: MessageProperties = {};
  for (const [name, value] of Object.entries(given)) {
    const spelled = name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
    const text = TEXTS.find((each) => each === spelled);
    if (text !== undefined) properties[text] = readText(name, value);
    else if (isNumber(spelled)) properties[spelled] = readNumber(name, value, NUMBERS[spelled]);
    else throw unknownProperty(name);
  }
  return properties;
}

function isNumber(name: string): name is keyof typeof NUMBERS {
  return Object.hasOwn(NUMBERS, name);
}

function readText(name: string, value: string): string {
  const length = Buffer.byteLength(value);
  if (length <= MAX_BYTES) return value;
  throw complaintError({
    message: `the property ${name} is ${length} bytes long; AMQP takes ${MAX_BYTES}`,
    hint: 'Shorten it, or send the text as a header or in the body.',
  });
}

function readNumber(name: string, value: string, max: number): number {
  if (/^\d+$/.test(value) && Number(value) <= max) return Number(value);
  throw complaintError({
    message: `the property ${name} must be a whole number from 0 to ${max}`,
    hint: 'deliveryMode: 1 transient, 2 persistent; timestamp: seconds since 1970.',
  });
}

function unknownProperty(name: string): Error {
  return complaintError({
    message: `an AMQP message has no property "${name}"`,
    hint: `It has ${[...TEXTS, ...Object.keys(NUMBERS)].join(', ')}; anything else is a header.`,
  });
}
