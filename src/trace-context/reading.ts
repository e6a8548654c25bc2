/** What the context headers of one event say, and for whom they are dead. */
import type { ContextField, WireEvent } from '../model/evidence.ts';
import { valuesOf } from './carrier.ts';
import { type ForeignContext, readForeignFormats } from './foreign-formats.ts';
import { describeReceivers } from './receivers.ts';
import { readTraceParent, recogniseIds } from './traceparent.ts';

type Transport = WireEvent['transport'];

export interface ContextIds {
  traceId: string;
  spanId: string;
}

export interface ContextReading {
  /**
   * `valid`: one `traceparent` that every W3C receiver reads; `malformed`: one that receivers refuse; `duplicated`:
   * several; `foreign`: none, but context in another format; `none`: no context at all.
   */
  state: 'valid' | 'malformed' | 'duplicated' | 'foreign' | 'none';
  /** Of a valid header, or of what a person recognises in a malformed, duplicated or foreign one. */
  ids: ContextIds[];
  /** W3C flags of a valid header. */
  flags?: number;
  /** For whom it is dead and why, when not valid. */
  reason?: string;
  foreign: ForeignContext[];
  /** Whether it stands in the body only, where a receiver that knows the envelope finds it. */
  inBody?: true;
  /** The combined `tracestate`, undefined where there is none. */
  traceState?: string;
  /** The combined `baggage`, undefined where there is none. */
  baggage?: string;
}

/** Reads the context headers of an event as the receivers of its transport do. */
export function readContext(
  context: readonly ContextField[],
  transport: Transport,
  envelope: readonly ContextField[] = [],
): ContextReading {
  const traceParents = context.filter((field) => field.name.toLowerCase() === 'traceparent');
  const foreign = readForeignFormats(context);
  const reading: ContextReading = { ...readTraceParents(traceParents, transport, foreign), foreign };
  if (reading.state === 'none') Object.assign(reading, readEnvelope(envelope));
  const traceState = valuesOf(context, 'tracestate').join(',');
  const baggage = valuesOf(context, 'baggage').join(',');
  if (traceState !== '') reading.traceState = traceState;
  if (baggage !== '') reading.baggage = baggage;
  return reading;
}

function readTraceParents(
  fields: ContextField[],
  transport: Transport,
  foreign: ForeignContext[],
): Omit<ContextReading, 'foreign'> {
  const [first] = fields;
  if (first === undefined) return withoutTraceParent(foreign);
  if (fields.length > 1) {
    return {
      state: 'duplicated',
      ids: fields.flatMap((field) => recognised(field.value)),
      reason: `${fields.length} traceparent headers, ${describeReceivers(fields, transport)}`,
    };
  }
  const refusal = refusedByCarrier(first, transport);
  const read = readTraceParent(transport === 'http' ? first.value.trim() : first.value);
  if (read.ok && refusal === undefined) {
    const { traceId, parentId, flags } = read.value;
    return { state: 'valid', ids: [{ traceId, spanId: parentId }], flags };
  }
  const reason = refusal ?? (read.ok ? '' : read.reason);
  return {
    state: 'malformed',
    ids: recognised(first.value),
    reason: `${reason} (${describeReceivers(fields, transport)})`,
  };
}

/** Context in a field of the body. */
function readEnvelope(envelope: readonly ContextField[]): Partial<ContextReading> {
  for (const { name, value } of envelope) {
    const [ids] = recognised(value);
    if (ids === undefined) continue;
    const reason = `context only in the body, at ${name}; receivers look for it among the headers`;
    return { state: 'foreign', ids: [ids], reason, foreign: [{ format: 'envelope', ...ids }], inBody: true };
  }
  return {};
}

function withoutTraceParent(foreign: ForeignContext[]): Omit<ContextReading, 'foreign'> {
  if (foreign.length === 0) return { state: 'none', ids: [] };
  const ids = foreign.flatMap(({ traceId, spanId }) => (traceId && spanId ? [{ traceId, spanId }] : []));
  const formats = foreign.map(({ format }) => format).join(', ');
  return { state: 'foreign', ids, reason: `context only as ${formats}; a W3C receiver reads traceparent` };
}

/** What the carrier itself makes of a header whose text would do. */
function refusedByCarrier(field: ContextField, transport: Transport): string | undefined {
  if (transport === 'http') return undefined;
  if (transport === 'rabbitmq' && field.type === 'bytes')
    return 'its AMQP type is a byte array; receivers that want text pass it over';
  if (field.name !== 'traceparent')
    return `it is spelled "${field.name}"; receivers of messages look for exactly "traceparent"`;
  return undefined;
}

function recognised(value: string): ContextIds[] {
  const found = recogniseIds(value);
  return found === undefined ? [] : [{ traceId: found.traceId, spanId: found.parentId }];
}
