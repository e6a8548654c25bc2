/** Jaeger's older, undocumented API: `GET /api/traces`, spans in Jaeger's own model, times in µs. */

import type { AttributeValue, SpanLink } from '../../model/evidence.ts';
import type { Complaint } from '../../model/problem.ts';
import { type DecodedBatch, type DecodeSettings, emptyBatch, KINDS } from '../otlp/batch.ts';
import { int64Of } from '../otlp/json/number.ts';
import { asObject, eachAt, type JsonObject, objectAt, textAt } from '../otlp/json/shape.ts';
import { isSpanId, isTraceId } from '../otlp/span.ts';
import type { Asker } from '../store/answer.ts';
import { eachOf } from '../store/each.ts';
import { addPlainSpan, idOf, type PlainSpan, timesOf } from '../store/plain-span.ts';
import { type BodyReader, documentReader, type Parts } from '../store/reading.ts';
import { countingTraces, cutOff, MOST_TRACES } from '../store/search-limit.ts';
import type { StoreClient, Wanted } from '../store/store.ts';

export function jaegerLegacy(
  asker: Asker,
  settings: DecodeSettings,
  clock: () => number,
): Pick<StoreClient, 'ping' | 'ask'> {
  const readerInto = (take: (batch: DecodedBatch) => void): BodyReader =>
    documentReader(DATA, (document) => {
      const batch = emptyBatch();
      eachAt(asObject(document), 'data', (trace) => {
        eachAt(trace, 'spans', (span) => addPlainSpan(plainOf(span, trace), settings, clock(), batch));
      });
      take(batch);
    });
  return {
    ping: async (signal) => {
      await asker.get({ method: 'GET', path: '/api/services' }, documentReader(DATA, asObject), signal);
    },
    async ask(wanted, take, signal) {
      let incomplete: Complaint | undefined;
      await eachOf(wanted.traceIds, async (id) => {
        const parameters: [string, string][] = [['raw', 'true']];
        await asker.find({ method: 'GET', path: `/api/traces/${id}`, parameters }, readerInto(take), signal);
      });
      await eachOf(wanted.services, async (service) => {
        const counting = countingTraces(take);
        await asker.find(bySearch(service, wanted), readerInto(counting.take), signal);
        incomplete ??= cutOff(service, counting.count());
      });
      return incomplete;
    },
  };
}

/** A trace's processes may come after its spans, so it is read as one. */
const DATA: Parts = { paths: ['$.data.*'], alone: (trace) => ({ data: [trace] }) };

function bySearch(service: string, { from, until }: Wanted) {
  const parameters: [string, string][] = [
    ['service', service],
    ['start', String(Math.floor(from * 1000))],
    ['end', String(Math.ceil(until * 1000))],
    ['limit', String(MOST_TRACES)],
    ['raw', 'true'],
  ];
  return { method: 'GET', path: '/api/traces', parameters } as const;
}

function plainOf(span: JsonObject, trace: JsonObject): PlainSpan {
  const process = objectAt(objectAt(trace, 'processes'), textAt(span, 'processID'));
  const tags = tagsOf(span);
  const traceId = idOf(textAt(span, 'traceID'), 32);
  const { parentSpanId, links } = referencesOf(span, traceId);
  const kind = String(tagOf(tags, 'span.kind') ?? '').toLowerCase();
  return {
    traceId,
    spanId: idOf(textAt(span, 'spanID'), 16),
    parentSpanId,
    links,
    traceState: String(tagOf(tags, 'w3c.tracestate') ?? ''),
    name: textAt(span, 'operationName'),
    kind: KINDS.find((each) => each === kind) ?? 'unspecified',
    ...timesOf(span, 'startTime', 'duration'),
    // Jaeger's flags are W3C's sampled bit and bits of its own.
    flags: 0,
    service: textAt(process, 'serviceName'),
    scope: String(tagOf(tags, 'otel.scope.name') ?? tagOf(tags, 'otel.library.name') ?? ''),
    resource: tagsOf(process),
    attributes: tags,
  };
}

type Tags = [name: string, value: AttributeValue][];

function tagOf(tags: Tags, wanted: string): AttributeValue | undefined {
  return tags.find(([name]) => name === wanted)?.[1];
}

function tagsOf(holder: JsonObject): Tags {
  const tags: Tags = [];
  eachAt(holder, 'tags', (tag) => {
    const { value } = tag;
    if (value === undefined || value === null) return;
    const isInteger = textAt(tag, 'type') === 'int64';
    tags.push([textAt(tag, 'key'), typeof value === 'boolean' ? value : isInteger ? int64Of(value) : String(value)]);
  });
  return tags;
}

/** The parent is what the span is a child of, or follows from, in its own trace; all else are links. */
function referencesOf(span: JsonObject, traceId: string): { parentSpanId: string; links: SpanLink[] } {
  const references: { type: string; link: SpanLink }[] = [];
  eachAt(span, 'references', (reference) => {
    const link = { traceId: idOf(textAt(reference, 'traceID'), 32), spanId: idOf(textAt(reference, 'spanID'), 16) };
    if (isTraceId(link.traceId) && isSpanId(link.spanId)) references.push({ type: textAt(reference, 'refType'), link });
  });
  const own = references.filter(({ link }) => link.traceId === traceId);
  const parent = own.find(({ type }) => type === 'CHILD_OF') ?? own[0];
  return {
    parentSpanId: parent?.link.spanId ?? idOf(textAt(span, 'parentSpanID'), 16),
    links: references.flatMap((each) => (each === parent ? [] : [each.link])),
  };
}
