/**
 * How receivers take a `traceparent` off the wire. The same bytes are read by one and refused by another: the parsers
 * agree (W3C Trace Context §3.2), what stands before them does not.
 */
import { defaultTextMapGetter, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { ContextField, WireEvent } from '../model/evidence.ts';
import { readTraceParent } from './traceparent.ts';

type Transport = WireEvent['transport'];

interface Receiver {
  language: string;
  /** The text that its parser is given, or why it is given none. */
  takes(fields: readonly ContextField[], transport: Transport): { text: string } | { refuses: string };
  parses(text: string): boolean;
}

const propagator = new W3CTraceContextPropagator();

/** Asks OpenTelemetry's own propagator for JavaScript. */
function parsesInJavaScript(text: string): boolean {
  const context = propagator.extract(ROOT_CONTEXT, { traceparent: text }, defaultTextMapGetter);
  const spanContext = trace.getSpanContext(context);
  return spanContext !== undefined && isSpanContextValid(spanContext);
}

function parsesStrictly(text: string): boolean {
  return readTraceParent(text.trim()).ok;
}

function exact(fields: readonly ContextField[]): ContextField[] {
  return fields.filter(({ name }) => name === 'traceparent');
}

const joined = (fields: readonly ContextField[]): { text: string } => ({
  text: fields.map(({ value }) => value).join(','),
});

/** AMQP tables keep case and type: the default getter wants a text under exactly this key. */
function textOfTable(fields: readonly ContextField[]): { text: string } | { refuses: string } {
  const [field] = exact(fields);
  if (field === undefined) return { refuses: 'the key is not exactly "traceparent"' };
  return field.type === 'bytes' ? { refuses: 'the value is a byte array and no text' } : { text: field.value };
}

const RECEIVERS: readonly Receiver[] = [
  {
    language: 'JavaScript',
    takes: (fields, transport) => (transport === 'rabbitmq' ? textOfTable(fields) : joined(fields)),
    parses: parsesInJavaScript,
  },
  {
    language: 'Python',
    takes(fields, transport) {
      if (transport === 'rabbitmq') return textOfTable(fields);
      if (transport === 'http') return joined(fields);
      const [first] = exact(fields);
      return first === undefined ? { refuses: 'the key is not exactly "traceparent"' } : { text: first.value };
    },
    parses: parsesStrictly,
  },
  {
    language: 'Java',
    takes(fields, transport) {
      const field = transport === 'kafka' ? fields.at(-1) : fields[0];
      return { text: field?.value ?? '' };
    },
    parses: parsesStrictly,
  },
  { language: 'Go', takes: ([first]) => ({ text: first?.value ?? '' }), parses: parsesStrictly },
];

/**
 * For whom the `traceparent` fields of one event are dead, and who reads them all the same: `dead for JavaScript,
 * Python; read by Java, Go`.
 */
export function describeReceivers(fields: readonly ContextField[], transport: Transport): string {
  const readers = RECEIVERS.filter((receiver) => reads(receiver, fields, transport));
  const dead = RECEIVERS.filter((receiver) => !readers.includes(receiver));
  return [...listed('dead for', dead), ...listed('read by', readers)].join('; ');
}

function reads({ takes, parses }: Receiver, fields: readonly ContextField[], transport: Transport): boolean {
  const taken = takes(fields, transport);
  return 'text' in taken && parses(taken.text);
}

function listed(what: string, receivers: Receiver[]): string[] {
  return receivers.length === 0 ? [] : [`${what} ${receivers.map(({ language }) => language).join(', ')}`];
}
