/** Whether a trace stands in spans that nobody declared, told without decoding them. */
import { type Cursor, readEnd, readTag, skip, tag } from './wire.ts';

/** By tag: the way on from a message, or that a trace id stands there. */
type Way = ReadonlyMap<number, Way | 'trace id'>;

const LINK: Way = new Map([[tag.bytes(1), 'trace id']]);
const SPAN: Way = new Map<number, Way | 'trace id'>([
  [tag.bytes(1), 'trace id'],
  [tag.bytes(13), LINK],
]);
const SCOPE_SPANS: Way = new Map([[tag.bytes(2), SPAN]]);
const RESOURCE_SPANS: Way = new Map([[tag.bytes(2), SCOPE_SPANS]]);

/** Whether a span or link in a ResourceSpans message, read from the cursor to its end, belongs to one of the traces. */
export function holdsTrace(cursor: Cursor, end: number, traceIds: ReadonlySet<string>): boolean {
  return leadsToTrace(cursor, end, RESOURCE_SPANS, traceIds);
}

function leadsToTrace(cursor: Cursor, end: number, way: Way, traceIds: ReadonlySet<string>): boolean {
  while (cursor.at < end) {
    const fieldTag = readTag(cursor, end);
    const on = way.get(fieldTag);
    if (on === undefined) {
      skip(cursor, fieldTag, end);
      continue;
    }
    const stop = readEnd(cursor, end);
    if (on === 'trace id' ? isOneOf(cursor, stop, traceIds) : leadsToTrace(cursor, stop, on, traceIds)) return true;
    cursor.at = stop;
  }
  return false;
}

function isOneOf({ bytes, at }: Cursor, end: number, traceIds: ReadonlySet<string>): boolean {
  return end - at === 16 && traceIds.has(bytes.toString('hex', at, end));
}
