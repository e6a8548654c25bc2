/** OTLP/JSON → spans: an export request, or a line of what the Collector's file exporter writes. */
import type { SpanRecord } from '../../../model/evidence.ts';
import {
  count,
  type Decode,
  type DecodedBatch,
  type DecodeSettings,
  emptyBatch,
  isDeclared,
  REMARKS,
  serviceOf,
} from '../batch.ts';
import { runIdFinder } from '../run-id-scan.ts';
import { finish, type SpanSurroundings } from '../span.ts';
import { readAttributes } from './attribute.ts';
import { withExactNumbers } from './number.ts';
import { asObject, eachAt, eachText, type JsonObject, objectAt, parseJson, textAt } from './shape.ts';
import { readSpan } from './span.ts';

/** One body while it is read. */
interface Reading {
  settings: DecodeSettings;
  receivedAt: number;
  /** Whether the run's id stands in the body at all. */
  isMarked: boolean;
}

/** Gives the reader of JSON bodies. */
export function jsonDecoder(settings: DecodeSettings): Decode {
  const decode = tracesDecoder(settings);
  const findRunId = runIdFinder(settings.needles.runId);
  return (body, receivedAt) => {
    const traces = parseObject(body, 'a JSON object with resourceSpans');
    return decode(traces, receivedAt, findRunId(body).length > 0);
  };
}

/** Gives the reader of a TracesData that stands somewhere in a parsed body, which may hold the run's id. */
export function tracesDecoder(
  settings: DecodeSettings,
): (traces: JsonObject, receivedAt: number, isMarked?: boolean) => DecodedBatch {
  return (traces, receivedAt, isMarked = true) => {
    const reading = { settings, receivedAt, isMarked };
    const batch = emptyBatch();
    eachAt(traces, 'resourceSpans', (message) => readResourceSpans(message, reading, batch));
    return batch;
  };
}

/** The object that a body is. Large numbers become strings, which hold them. */
function parseObject(body: Buffer, expected = 'a JSON object'): JsonObject {
  return asObject(parseJson(withExactNumbers(body.toString('utf8'))), expected);
}

function readResourceSpans(message: JsonObject, reading: Reading, batch: DecodedBatch): void {
  const { settings, receivedAt } = reading;
  const { needles, filter, source } = settings;
  const resource = readAttributes(objectAt(message, 'resource'), filter.resource, needles.runId);
  const service = serviceOf(resource);
  const around = { service, resource, scope: '', receivedAt, source, runId: needles.runId };
  const own = emptyBatch();
  eachAt(message, 'scopeSpans', (scopeSpans) => readScopeSpans(scopeSpans, 'scope', reading, around, own));
  eachAt(message, 'instrumentationLibrarySpans', (scopeSpans) => {
    count(own.remarks, REMARKS.instrumentationLibrary);
    readScopeSpans(scopeSpans, 'instrumentationLibrary', reading, around, own);
  });
  if (isDeclared(service, needles) || concernsTheRun(message, own.spans, reading)) add(own, batch);
}

function readScopeSpans(
  message: JsonObject,
  scopeKey: string,
  reading: Reading,
  resource: SpanSurroundings,
  batch: DecodedBatch,
): void {
  const around = { ...resource, scope: textAt(objectAt(message, scopeKey), 'name') };
  eachAt(message, 'spans', (span) => finish(readSpan(span, reading.settings, batch, reading.isMarked), around, batch));
}

/** Whether the spans of an undeclared service hold a probe's id or a trace that is looked for. */
function concernsTheRun(message: JsonObject, spans: SpanRecord[], { settings, isMarked }: Reading): boolean {
  const { traceIds, runId } = settings.needles;
  const belongs = ({ traceId }: { traceId: string }): boolean => traceIds.has(traceId);
  return spans.some((span) => belongs(span) || span.links.some(belongs)) || (isMarked && holdsText(message, runId));
}

function holdsText(value: unknown, text: string): boolean {
  let holds = false;
  eachText(value, (each) => {
    holds ||= each.toLowerCase().includes(text);
  });
  return holds;
}

function add(from: DecodedBatch, to: DecodedBatch): void {
  for (const span of from.spans) to.spans.push(span);
  for (const tally of ['rejected', 'remarks'] as const) {
    for (const [what, times] of from[tally]) to[tally].set(what, (to[tally].get(what) ?? 0) + times);
  }
}
