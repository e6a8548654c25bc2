/** Span and Span.Link. */
import type { SpanLink } from '../../../model/evidence.ts';
import { tiesIn } from '../attributes.ts';
import { count, kindOf, REMARKS } from '../batch.ts';
import { anyWithin } from '../run-id-scan.ts';
import { emptyDraft, isSpanId, isTraceId, NO_ID, type SpanDraft } from '../span.ts';
import { type AttributeTarget, readAttribute } from './attribute.ts';
import type { Reading } from './reading.ts';
import { spanIdAt } from './span-id.ts';
import { readEnd, readFixed32, readInt32, readNanoseconds, readTag, skip, tag } from './wire.ts';

const SPAN = {
  traceId: tag.bytes(1),
  spanId: tag.bytes(2),
  traceState: tag.bytes(3),
  parentSpanId: tag.bytes(4),
  name: tag.bytes(5),
  kind: tag.varint(6),
  start: tag.fixed64(7),
  end: tag.fixed64(8),
  attributes: tag.bytes(9),
  links: tag.bytes(13),
  flags: tag.fixed32(16),
};
const LINK = { traceId: tag.bytes(1), spanId: tag.bytes(2), flags: tag.fixed32(6) };

/** Reads a Span up to its end. */
export function readSpan(reading: Reading, end: number): SpanDraft {
  const { cursor, settings } = reading;
  const draft = emptyDraft();
  const isMarked = anyWithin(reading.runIdAt, cursor.at, end);
  const target: AttributeTarget = {
    find: reading.find.span,
    attributes: draft.attributes,
    tie: isMarked ? draft.tie : undefined,
  };
  while (cursor.at < end) {
    const fieldTag = readTag(cursor, end);
    if (fieldTag === SPAN.attributes) {
      const stop = readEnd(cursor, end);
      readAttribute(reading, stop, target);
      cursor.at = stop;
    } else readField(reading, fieldTag, end, draft);
  }
  if (isMarked) draft.tie.unshift(...tiesIn(draft.name, 'name', settings.needles.runId));
  return draft;
}

function readField(reading: Reading, fieldTag: number, end: number, draft: SpanDraft): void {
  const { cursor } = reading;
  switch (fieldTag) {
    case SPAN.traceId:
      draft.traceId = readTraceId(reading, end);
      return;
    case SPAN.spanId:
      draft.spanId = readSpanId(reading, end);
      return;
    case SPAN.parentSpanId:
      draft.parentSpanId = readSpanId(reading, end);
      return;
    case SPAN.traceState:
      draft.traceState = readText(reading, end);
      return;
    case SPAN.name:
      draft.name = readText(reading, end);
      return;
    case SPAN.kind:
      draft.kind = kindOf(readInt32(cursor, end));
      return;
    case SPAN.start:
      draft.start = readNanoseconds(cursor, end);
      return;
    case SPAN.end:
      draft.end = readNanoseconds(cursor, end);
      return;
    case SPAN.flags:
      draft.flags = readFixed32(cursor, end);
      return;
    case SPAN.links:
      readLink(reading, end, draft.links);
      return;
    default:
      skip(cursor, fieldTag, end);
  }
}

function readLink(reading: Reading, end: number, links: SpanLink[]): void {
  const { cursor } = reading;
  const stop = readEnd(cursor, end);
  const link = { traceId: '', spanId: '' };
  let flags = 0;
  while (cursor.at < stop) {
    const fieldTag = readTag(cursor, stop);
    if (fieldTag === LINK.traceId) link.traceId = readTraceId(reading, stop);
    else if (fieldTag === LINK.spanId) link.spanId = readSpanId(reading, stop);
    else if (fieldTag === LINK.flags) flags = readFixed32(cursor, stop);
    else skip(cursor, fieldTag, stop);
  }
  if (isTraceId(link.traceId) && isSpanId(link.spanId)) links.push(flags === 0 ? link : { ...link, flags });
  else count(reading.batch.remarks, REMARKS.link);
}

function readText(reading: Reading, end: number): string {
  const { cursor } = reading;
  const stop = readEnd(cursor, end);
  const text = reading.text(cursor, cursor.at, stop);
  cursor.at = stop;
  return text;
}

function readTraceId(reading: Reading, end: number): string {
  const { cursor, traceId } = reading;
  const { bytes } = cursor;
  const stop = readEnd(cursor, end);
  const from = cursor.at;
  cursor.at = stop;
  if (stop - from !== 16) return stop === from ? '' : NO_ID;
  if (traceId.at === -1 || !areSame(bytes, traceId.at, from, 16)) traceId.text = bytes.toString('hex', from, stop);
  traceId.at = from;
  return traceId.text;
}

function readSpanId(reading: Reading, end: number): string {
  const { cursor } = reading;
  const stop = readEnd(cursor, end);
  const from = cursor.at;
  cursor.at = stop;
  if (stop - from !== 8) return stop === from ? '' : NO_ID;
  return spanIdAt(cursor.bytes, from);
}

function areSame(bytes: Buffer, left: number, right: number, length: number): boolean {
  for (let at = 0; at < length; at++) {
    if (bytes[left + at] !== bytes[right + at]) return false;
  }
  return true;
}
