/**
 * ExportTraceServiceRequest in protobuf → spans. Fields may come in any order, so what surrounds a span is read
 * before it, in a pass of its own that steps over everything else by its length.
 * Field numbers: opentelemetry-proto, trace/v1, resource/v1 and common/v1.
 */
import type { AttributeValue } from '../../../model/evidence.ts';
import { type Decode, type DecodeSettings, emptyBatch, isDeclared, serviceOf } from '../batch.ts';
import { anyWithin, runIdFinder } from '../run-id-scan.ts';
import { finish, type SpanSurroundings } from '../span.ts';
import { nameFinder, rememberingReader } from '../text.ts';
import { readAttribute } from './attribute.ts';
import { eachMessage, type Reading } from './reading.ts';
import { holdsTrace } from './skim.ts';
import { readSpan } from './span.ts';
import { cursorOf, tag } from './wire.ts';

const REQUEST = { resourceSpans: tag.bytes(1) };
const RESOURCE_SPANS = { resource: tag.bytes(1), scopeSpans: tag.bytes(2) };
const RESOURCE = { attributes: tag.bytes(1) };
const SCOPE_SPANS = { scope: tag.bytes(1), spans: tag.bytes(2) };
const SCOPE = { name: tag.bytes(1) };

/** Gives the reader of protobuf bodies; what it remembers of one body makes the next cheaper. */
export function protobufDecoder(settings: DecodeSettings): Decode {
  const findRunId = runIdFinder(settings.needles.runId);
  const text = rememberingReader();
  const find = { resource: nameFinder(settings.filter.resource), span: nameFinder(settings.filter.span) };
  return (body, receivedAt) => {
    const reading: Reading = {
      cursor: cursorOf(body),
      settings,
      text,
      find,
      batch: emptyBatch(),
      receivedAt,
      runIdAt: findRunId(body),
      traceId: { text: '', at: -1 },
    };
    eachMessage(reading.cursor, body.length, REQUEST.resourceSpans, (end) => readResourceSpans(reading, end));
    return reading.batch;
  };
}

function readResourceSpans(reading: Reading, end: number): void {
  const { cursor, settings, receivedAt } = reading;
  const from = cursor.at;
  const resource = readResource(reading, end);
  const service = serviceOf(resource);
  if (!isDeclared(service, settings.needles) && !concernsTheRun(reading, from, end)) return;

  cursor.at = from;
  const around = { service, resource, scope: '', receivedAt, source: settings.source, runId: settings.needles.runId };
  eachMessage(cursor, end, RESOURCE_SPANS.scopeSpans, (stop) => readScopeSpans(reading, stop, around));
}

function readResource(reading: Reading, end: number): Record<string, AttributeValue> {
  const { cursor, find } = reading;
  const target = { find: find.resource, attributes: {}, tie: undefined };
  eachMessage(cursor, end, RESOURCE_SPANS.resource, (stop) => {
    eachMessage(cursor, stop, RESOURCE.attributes, (attributeEnd) => readAttribute(reading, attributeEnd, target));
  });
  return target.attributes;
}

/** Whether the spans of an undeclared service hold a probe's id or a trace that is looked for. */
function concernsTheRun(reading: Reading, from: number, end: number): boolean {
  if (anyWithin(reading.runIdAt, from, end)) return true;
  const { traceIds } = reading.settings.needles;
  reading.cursor.at = from;
  return traceIds.size > 0 && holdsTrace(reading.cursor, end, traceIds);
}

function readScopeSpans(reading: Reading, end: number, resource: SpanSurroundings): void {
  const { cursor, text, batch } = reading;
  const from = cursor.at;
  const around = { ...resource };
  eachMessage(cursor, end, SCOPE_SPANS.scope, (stop) => {
    eachMessage(cursor, stop, SCOPE.name, (nameEnd) => {
      around.scope = text(cursor, cursor.at, nameEnd);
    });
  });
  cursor.at = from;
  eachMessage(cursor, end, SCOPE_SPANS.spans, (stop) => finish(readSpan(reading, stop), around, batch));
}
