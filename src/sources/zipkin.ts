/** Zipkin's API v2: flat spans, service names in lower case, times in µs, spans that client and server share. */
import type { SpanLink } from '../model/evidence.ts';
import type { Complaint } from '../model/problem.ts';
import type { StoreConfig } from '../model/reach.ts';
import { type DecodedBatch, type DecodeSettings, emptyBatch, KINDS } from './otlp/batch.ts';
import { asObject, type JsonObject, objectAt, textAt } from './otlp/json/shape.ts';
import { malformed } from './otlp/malformed.ts';
import { isSpanId, isTraceId } from './otlp/span.ts';
import { openAsker } from './store/answer.ts';
import { eachOf } from './store/each.ts';
import { addPlainSpan, declaredSpelling, idOf, type PlainSpan, timesOf } from './store/plain-span.ts';
import { documentReader, type Parts } from './store/reading.ts';
import { countingTraces, cutOff, MOST_TRACES } from './store/search-limit.ts';
import type { StoreClient, Wanted } from './store/store.ts';

/** @throws ComplaintError for a url or TLS file that cannot be used */
export async function openZipkin(
  config: StoreConfig,
  settings: DecodeSettings,
  clock: () => number,
): Promise<StoreClient> {
  const asker = await openAsker(config, 'Zipkin');
  const spelling = declaredSpelling(settings.needles.services);
  const read = (spans: unknown[], take: (batch: DecodedBatch) => void): void => {
    const batch = emptyBatch();
    for (const span of spans) addPlainSpan(plainOf(asObject(span, 'spans'), spelling), settings, clock(), batch);
    take(batch);
  };
  return {
    ping: async (signal) => {
      await asker.get({ method: 'GET', path: '/api/v2/services' }, documentReader(SPANS, listOf), signal);
    },
    async ask(wanted, take, signal) {
      let incomplete: Complaint | undefined;
      await eachOf(wanted.traceIds, async (id) => {
        const query = { method: 'GET', path: `/api/v2/trace/${id.replace(/^0{16}/, '')}` } as const;
        await asker.find(
          query,
          documentReader(SPANS, (spans) => read(listOf(spans), take)),
          signal,
        );
      });
      await eachOf(wanted.services, async (service) => {
        const counting = countingTraces(take);
        const reader = documentReader(TRACES, (traces) => {
          for (const trace of listOf(traces)) read(listOf(trace), counting.take);
        });
        await asker.get(bySearch(service, wanted), reader, signal);
        incomplete ??= cutOff(service, counting.count());
      });
      return incomplete;
    },
    close: asker.close,
  };
}

const SPANS: Parts = { paths: ['$.*'], alone: (span) => [span] };
const TRACES: Parts = { paths: ['$.*.*'], alone: (span) => [[span]] };

function bySearch(service: string, { from, until }: Wanted) {
  const parameters: [string, string][] = [
    ['serviceName', service.toLowerCase()],
    ['endTs', String(Math.ceil(until))],
    ['lookback', String(Math.ceil(until - from))],
    ['limit', String(MOST_TRACES)],
  ];
  return { method: 'GET', path: '/api/v2/traces', parameters } as const;
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed('expected a JSON array');
  return value;
}

function plainOf(span: JsonObject, spelling: (service: string) => string): PlainSpan {
  const spanId = idOf(textAt(span, 'id'), 16);
  const kind = textAt(span, 'kind').toLowerCase();
  const tags = Object.entries(objectAt(span, 'tags')).map(([name, value]): [string, string] => [name, String(value)]);
  const links = tags.flatMap(linkOf);
  return {
    traceId: idOf(textAt(span, 'traceId'), 32),
    spanId,
    // A server that joined the client's span is below it, although both bear one id and one parent.
    parentSpanId: span.shared === true && kind === 'server' ? spanId : idOf(textAt(span, 'parentId'), 16),
    links,
    mayLackLinks: links.length === 0,
    traceState: tags.find(([name]) => name === 'w3c.tracestate')?.[1] ?? '',
    name: textAt(span, 'name'),
    // OpenTelemetry's exporters leave the kind out for what is internal.
    kind: KINDS.find((each) => each === kind) ?? 'internal',
    ...timesOf(span, 'timestamp', 'duration'),
    flags: 0,
    service: spelling(textAt(objectAt(span, 'localEndpoint'), 'serviceName')),
    scope: tags.find(([name]) => name === 'otel.scope.name' || name === 'otel.library.name')?.[1] ?? '',
    // OpenTelemetry's exporters put both into the tags.
    resource: tags,
    attributes: tags,
  };
}

/** The Collector writes links into tags: `otlp.link.0`: `<trace id>|<span id>|<tracestate>|<attributes>|<dropped>`. */
function linkOf([name, value]: [string, string]): SpanLink[] {
  if (!/^otlp\.link\.\d+$/.test(name)) return [];
  const [traceId = '', spanId = ''] = value.split('|');
  const link = { traceId: idOf(traceId, 32), spanId: idOf(spanId, 16) };
  return isTraceId(link.traceId) && isSpanId(link.spanId) ? [link] : [];
}
