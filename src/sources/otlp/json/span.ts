/** Span and Span.Link in OTLP/JSON. */
import type { SpanKind, SpanLink } from '../../../model/evidence.ts';
import { tiesIn } from '../attributes.ts';
import { count, type DecodedBatch, type DecodeSettings, KINDS, kindOf, REMARKS } from '../batch.ts';
import { isSpanId, isTraceId, NO_ID, type SpanDraft } from '../span.ts';
import { attributeTies, readAttributes } from './attribute.ts';
import { uint32At, uint64At } from './number.ts';
import { eachAt, type JsonObject, textAt } from './shape.ts';

const HEX = /^[0-9a-f]+$/i;
const BASE64 = /^[0-9a-z+/_-]+={1,2}$/i;

/** @param isMarked whether the run's id stands in the body at all */
export function readSpan(
  span: JsonObject,
  settings: DecodeSettings,
  batch: DecodedBatch,
  isMarked: boolean,
): SpanDraft {
  const { runId } = settings.needles;
  const name = textAt(span, 'name');
  return {
    traceId: idAt(span, 'traceId', 16, batch),
    spanId: idAt(span, 'spanId', 8, batch),
    parentSpanId: idAt(span, 'parentSpanId', 8, batch),
    traceState: textAt(span, 'traceState'),
    name,
    kind: readKind(span, batch),
    start: uint64At(span, 'startTimeUnixNano'),
    end: uint64At(span, 'endTimeUnixNano'),
    flags: uint32At(span, 'flags'),
    links: readLinks(span, batch),
    attributes: readAttributes(span, settings.filter.span, runId),
    tie: isMarked ? [...tiesIn(name, 'name', runId), ...attributeTies(span, runId)] : [],
  };
}

/** Hex in any case, as OTLP has it; base64, as generic protobuf printers have it. */
function idAt(parent: JsonObject, key: string, length: number, batch: DecodedBatch): string {
  const id = textAt(parent, key);
  if (id === '') return '';
  if (id.length === length * 2 && HEX.test(id)) return id.toLowerCase();
  if (id.length === Math.ceil(length / 3) * 4 && BASE64.test(id)) {
    const bytes = Buffer.from(id, 'base64');
    if (bytes.length === length) {
      count(batch.remarks, REMARKS.base64);
      return bytes.toString('hex');
    }
  }
  return NO_ID;
}

function readKind(span: JsonObject, batch: DecodedBatch): SpanKind {
  const { kind } = span;
  if (typeof kind !== 'string') return kindOf(uint32At(span, 'kind'));
  count(batch.remarks, REMARKS.enumName);
  const name = kind.replace(/^SPAN_KIND_/, '').toLowerCase();
  return KINDS.find((each) => each === name) ?? kindOf(Number(name));
}

function readLinks(span: JsonObject, batch: DecodedBatch): SpanLink[] {
  const links: SpanLink[] = [];
  eachAt(span, 'links', (link) => {
    const traceId = idAt(link, 'traceId', 16, batch);
    const spanId = idAt(link, 'spanId', 8, batch);
    const flags = uint32At(link, 'flags');
    if (isTraceId(traceId) && isSpanId(spanId))
      links.push(flags === 0 ? { traceId, spanId } : { traceId, spanId, flags });
    else count(batch.remarks, REMARKS.link);
  });
  return links;
}
