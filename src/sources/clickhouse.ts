/** ClickHouse with the table of the Collector's exporter, asked over its HTTP interface: one statement a poll. */
import type { AttributeValue, SpanLink } from '../model/evidence.ts';
import type { StoreConfig } from '../model/reach.ts';
import { type DecodeSettings, emptyBatch, KINDS } from './otlp/batch.ts';
import { asObject, type JsonObject, objectAt, textAt } from './otlp/json/shape.ts';
import { malformed } from './otlp/malformed.ts';
import { isSpanId, isTraceId } from './otlp/span.ts';
import { openAsker } from './store/answer.ts';
import { addPlainSpan, idOf, type PlainSpan } from './store/plain-span.ts';
import { lineReader } from './store/reading.ts';
import type { StoreClient, Wanted } from './store/store.ts';

const DATABASE = 'default';
const TABLE = 'otel_traces';

/** More rows than this are not taken. */
const MOST_ROWS = 100_000;

/** The table is ordered by service and time and cut by day, so the time bounds a search by trace id too. */
const SPANS = `SELECT TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ScopeName,
  ResourceAttributes, SpanAttributes, Links.TraceId AS LinkTraceIds, Links.SpanId AS LinkSpanIds,
  toString(toUnixTimestamp64Nano(Timestamp)) AS Start, toString(Duration) AS Nanos
FROM {database:Identifier}.{table:Identifier}
WHERE Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp <= fromUnixTimestamp64Milli({until:Int64})
  AND (has({traces:Array(String)}, TraceId) OR has({services:Array(String)}, ServiceName)
    OR arrayExists(value -> positionCaseInsensitive(value, {run:String}) > 0, mapValues(SpanAttributes)))
LIMIT ${MOST_ROWS}
FORMAT JSONEachRow`;

const PING = 'SELECT TraceId FROM {database:Identifier}.{table:Identifier} LIMIT 0 FORMAT JSONEachRow';

/** @throws ComplaintError for a url or TLS file that cannot be used */
export async function openClickhouse(
  config: StoreConfig,
  settings: DecodeSettings,
  clock: () => number,
): Promise<StoreClient> {
  const asker = await openAsker(config, 'ClickHouse');
  const { database = DATABASE, table = TABLE } = config;
  const run = async (
    body: string,
    bound: Record<string, string>,
    read: (row: unknown) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const named = Object.entries({ database, table, ...bound }).map(([name, value]): [string, string] => [
      `param_${name}`,
      value,
    ]);
    // Without waiting for its end, a statement that fails half-way has answered 200.
    const parameters: [string, string][] = [['wait_end_of_query', '1'], ...named];
    await asker.get({ method: 'POST', path: '/', parameters, body }, lineReader(read), signal);
  };
  return {
    ping: async (signal) => {
      await run(PING, {}, asObject, signal);
    },
    async ask(wanted, take, signal) {
      let rows = 0;
      const read = (row: unknown): void => {
        rows += 1;
        const batch = emptyBatch();
        addPlainSpan(plainOf(asObject(row)), settings, clock(), batch);
        take(batch);
      };
      await run(SPANS, boundOf(wanted), read, signal);
      if (rows < MOST_ROWS) return undefined;
      return {
        message: `there are more than ${MOST_ROWS} spans in the time of the run; only so many were looked at`,
        hint: 'Some of the probes may be among the others. Audit where less goes on.',
      };
    },
    close: asker.close,
  };
}

function boundOf({ traceIds, services, from, until, runId }: Wanted): Record<string, string> {
  return {
    traces: arrayOf(traceIds),
    services: arrayOf(services),
    from: String(Math.floor(from)),
    until: String(Math.ceil(until)),
    run: runId,
  };
}

/** An array as a bound parameter is written. */
function arrayOf(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replace(/[\\']/g, '\\$&')}'`).join(',')}]`;
}

function plainOf(row: JsonObject): PlainSpan {
  // `Server` in newer versions of the exporter, `SPAN_KIND_SERVER` in older ones.
  const kind = textAt(row, 'SpanKind')
    .replace(/^SPAN_KIND_/, '')
    .toLowerCase();
  const start = wholeAt(row, 'Start');
  return {
    traceId: idOf(textAt(row, 'TraceId'), 32),
    spanId: idOf(textAt(row, 'SpanId'), 16),
    parentSpanId: idOf(textAt(row, 'ParentSpanId'), 16),
    traceState: textAt(row, 'TraceState'),
    name: textAt(row, 'SpanName'),
    kind: KINDS.find((each) => each === kind) ?? 'unspecified',
    start: String(start),
    end: String(start + wholeAt(row, 'Nanos')),
    // The table has no column for them.
    flags: 0,
    links: linksOf(row),
    service: textAt(row, 'ServiceName'),
    scope: textAt(row, 'ScopeName'),
    resource: pairsAt(row, 'ResourceAttributes'),
    attributes: pairsAt(row, 'SpanAttributes'),
  };
}

function pairsAt(row: JsonObject, key: string): [string, AttributeValue][] {
  return Object.entries(objectAt(row, key)).map(([name, value]) => [name, String(value)]);
}

function linksOf(row: JsonObject): SpanLink[] {
  const { LinkTraceIds: traceIds, LinkSpanIds: spanIds } = row;
  if (!Array.isArray(traceIds) || !Array.isArray(spanIds)) return [];
  return traceIds
    .map((traceId, at) => ({ traceId: idOf(String(traceId), 32), spanId: idOf(String(spanIds[at] ?? ''), 16) }))
    .filter(({ traceId, spanId }) => isTraceId(traceId) && isSpanId(spanId));
}

function wholeAt(row: JsonObject, key: string): bigint {
  const text = textAt(row, key);
  if (!/^\d{1,20}$/.test(text)) throw malformed(`${key}: expected a whole number`);
  return BigInt(text);
}
