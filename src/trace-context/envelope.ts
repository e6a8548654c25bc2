/**
 * Context that travels in a body instead of in headers: in fields of JSON that frameworks are known to put it in. Of a
 * body only those fields are ever kept.
 */
import type { ContextField } from '../model/evidence.ts';
import { recogniseIds } from './traceparent.ts';

/** The objects in which context fields stand, by the lower-case keys on the way there. */
interface Carriers {
  readonly [key: string]: Carriers;
}

/** At the top, CloudEvents in structured mode (its distributed tracing extension) and Dapr have theirs. */
const CARRIERS: Carriers = {
  // MassTransit, NServiceBus, CAP, Celery; rows of an outbox
  headers: {},
  metadata: {},
  _tracecontext: {},
  trace_context: {},
  // what SNS hands to SQS or posts; what is sent to SQS
  messageattributes: {},
  // Pub/Sub, pushed
  message: { attributes: {} },
  // change events of Debezium, and the schema that Kafka Connect puts around its JSON
  after: {},
  payload: { after: {}, headers: {} },
};

/** A field that holds context whatever stands in it; only where ids of W3C's length do; only beside one of those. */
type FieldSort = 'certain' | 'with-ids' | 'companion';

/** In lower case. */
const FIELDS: ReadonlyMap<string, FieldSort> = new Map<string, FieldSort>([
  ['traceparent', 'certain'],
  ['googclient_traceparent', 'certain'],
  ['traceid', 'with-ids'],
  ['mt-activity-id', 'with-ids'],
  ['tracingspancontext', 'with-ids'],
  ['tracestate', 'companion'],
  ['baggage', 'companion'],
  ['googclient_tracestate', 'companion'],
]);

/** By these bytes it shows whether JSON is worth parsing; what is spelled otherwise in between is not met in the wild. */
const NEEDLES = ['raceparent', 'raceParent', 'traceid', 'Activity-Id', 'tracingspancontext'];

/** What of a value is kept; the longest that W3C asks anyone to pass on is a tracestate of 512. */
const VALUE_LENGTH = 1024;

/** What JSON allows before its first brace, and how much of it is passed over. */
const WHITE_SPACE = [0x20, 0x0a, 0x0d, 0x09];
const WHITE_SPACE_LENGTH = 64;

/** Whether a body that begins so may be an envelope. */
export function mayBeEnvelope(start: Uint8Array): boolean {
  const first = start.subarray(0, WHITE_SPACE_LENGTH).find((byte) => !WHITE_SPACE.includes(byte));
  return first === 0x7b;
}

/**
 * The context fields of a body that is an envelope, whole and uncompressed; `name` is the path to each as it is spelled
 * (`MessageAttributes.traceparent.Value`). Empty where there are none.
 */
export function readEnvelope(body: Uint8Array): ContextField[] {
  if (!mayBeEnvelope(body)) return [];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!NEEDLES.some((needle) => bytes.includes(needle, 0, 'latin1'))) return [];
  return contextIn(parsed(bytes.toString('utf8')), CARRIERS, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Each key of an object is looked at once, for a body may have very many. */
function contextIn(carrier: unknown, carriers: Carriers, path: string): ContextField[] {
  if (!isObject(carrier)) return [];
  const own: ContextField[] = [];
  const companions: ContextField[] = [];
  const deeper: ContextField[] = [];
  for (const key of Object.keys(carrier)) {
    const lower = key.toLowerCase();
    const sort = FIELDS.get(lower);
    if (sort !== undefined) (sort === 'companion' ? companions : own).push(...fieldAt(sort, path + key, carrier[key]));
    if (Object.hasOwn(carriers, lower))
      deeper.push(...contextIn(carrier[key], carriers[lower] ?? {}, `${path}${key}.`));
  }
  return [...own, ...(own.length > 0 ? companions : []), ...deeper];
}

function fieldAt(sort: FieldSort, name: string, value: unknown): ContextField[] {
  const field = textField(name, value);
  if (field === undefined) return [];
  if (sort !== 'with-ids') return [field];
  return recogniseIds(field.value) === undefined ? [] : [{ ...field, value: traceParentLine(field.value) }];
}

/** The field as text; in the attributes of SNS and SQS it stands one level deeper. */
function textField(name: string, value: unknown): ContextField | undefined {
  if (typeof value === 'string') return { name, value: value.slice(0, VALUE_LENGTH) };
  if (!isObject(value)) return undefined;
  const key = ['Value', 'StringValue'].find((each) => typeof value[each] === 'string');
  return key === undefined ? undefined : textField(`${name}.${key}`, value[key]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Debezium keeps a whole carrier in one field, in the text form of Java's Properties; of that, the line that counts. */
function traceParentLine(value: string): string {
  return /^traceparent=(.*)$/m.exec(value)?.[1]?.trim() ?? value;
}
