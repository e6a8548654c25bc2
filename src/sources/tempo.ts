/** Tempo: traces by id, and TraceQL for what was begun in other traces. Its JSON is OTLP with ids in base64. */
import type { Complaint } from '../model/problem.ts';
import type { StoreConfig } from '../model/reach.ts';
import type { DecodedBatch, DecodeSettings } from './otlp/batch.ts';
import { tracesDecoder } from './otlp/json/request.ts';
import { asObject, eachAt, type JsonObject, objectAt, textAt } from './otlp/json/shape.ts';
import { type Asker, openAsker } from './store/answer.ts';
import { eachOf } from './store/each.ts';
import { idOf } from './store/plain-span.ts';
import { type BodyReader, documentReader, type Parts } from './store/reading.ts';
import { cutOff, MOST_TRACES } from './store/search-limit.ts';
import type { StoreClient, Wanted } from './store/store.ts';

/** TraceQL can look for a text only in attributes that are named: those in which a marker usually stands. */
const MARKED = [
  'name',
  'span.url.path',
  'span.url.full',
  'span.url.query',
  'span.http.target',
  'span.http.url',
  'span.messaging.message.id',
  'span.messaging.message.conversation_id',
  'span.messaging.kafka.message.key',
];

/** @throws ComplaintError for a url or TLS file that cannot be used */
export async function openTempo(
  config: StoreConfig,
  settings: DecodeSettings,
  clock: () => number,
): Promise<StoreClient> {
  const asker = await openAsker(config, 'Tempo');
  const fetchTrace = traceFetcher(asker, settings, clock);
  /** How a trace looked in the search when it was last fetched. */
  const fetched = new Map<string, string>();
  const find = async (wanted: Wanted, query: string, signal: AbortSignal): Promise<Found[]> => {
    const found: Found[] = [];
    const reader = documentReader(TRACES, (document) => found.push(...foundIn(asObject(document))));
    await asker.get(search(query, wanted.from, wanted.until, MOST_TRACES), reader, signal);
    return found;
  };
  return {
    ping: async (signal) => {
      await asker.get(search('{ }', clock() - 1000, clock(), 1), documentReader(TRACES, asObject), signal);
    },
    async ask(wanted, take, signal) {
      let incomplete: Complaint | undefined;
      const fetch = async (id: string): Promise<void> => {
        const partial = await fetchTrace(id, take, signal);
        incomplete ??= partial;
      };
      await eachOf(wanted.traceIds, fetch);
      const query = queryOf(wanted);
      if (query === undefined) return incomplete;
      const found = await find(wanted, query, signal);
      const fresh = found.filter(({ id, looks }) => fetched.get(id) !== looks && !wanted.traceIds.includes(id));
      await eachOf(fresh, async ({ id, looks }) => {
        await fetch(id);
        fetched.set(id, looks);
      });
      return incomplete ?? cutOff('the declared services', found.length);
    },
    close: asker.close,
  };
}

/** A part of a trace's answer, of either version. */
const TRACE: Parts = {
  paths: ['$.trace.resourceSpans.*', '$.batches.*', '$.status'],
  alone: (value, key) => (key === 'status' ? { status: value } : { trace: { resourceSpans: [value] } }),
};
const TRACES: Parts = { paths: ['$.traces.*'], alone: (trace) => ({ traces: [trace] }) };

/** Gives what keeps the trace from being whole, if anything does. */
type TraceFetcher = (
  id: string,
  take: (batch: DecodedBatch) => void,
  signal: AbortSignal,
) => Promise<Complaint | undefined>;

/** By the API's second version where there is one: that answers 200 for a trace that is not there. */
function traceFetcher(asker: Asker, settings: DecodeSettings, clock: () => number): TraceFetcher {
  const decode = tracesDecoder(settings);
  let hasV2 = true;
  return async (id, take, signal) => {
    let partial: Complaint | undefined;
    const reader = (): BodyReader =>
      documentReader(TRACE, (document) => {
        const answer = asObject(document);
        const { trace = { resourceSpans: answer.batches } } = answer;
        take(decode(objectAt({ trace }, 'trace'), clock()));
        partial ??= partialOf(answer);
      });
    if (hasV2) hasV2 = await asker.find({ method: 'GET', path: `/api/v2/traces/${id}` }, reader(), signal);
    if (!hasV2) await asker.find({ method: 'GET', path: `/api/traces/${id}` }, reader(), signal);
    return partial;
  };
}

function partialOf(answer: JsonObject): Complaint | undefined {
  if (textAt(answer, 'status') !== 'PARTIAL') return undefined;
  return {
    message: "Tempo gave a part of a trace only: it is larger than the tenant's limit",
    hint: 'Raise `max_bytes_per_trace` for the tenant, or audit where less goes into one trace.',
  };
}

function search(q: string, from: number, until: number, limit: number) {
  const parameters: [string, string][] = [
    ['q', q],
    ['start', String(Math.floor(from / 1000))],
    ['end', String(Math.ceil(until / 1000))],
    ['limit', String(limit)],
    ['spss', '1'],
  ];
  return { method: 'GET', path: '/api/search', parameters } as const;
}

/** The declared services, and the run's marker wherever else it may stand. */
function queryOf({ services, runId }: Wanted): string | undefined {
  if (services.length === 0) return undefined;
  const ofServices = services.map((service) => `resource.service.name = ${JSON.stringify(service)}`);
  const marked = MARKED.map((attribute) => `${attribute} =~ ".*${runId}.*"`);
  return `{ ${[...ofServices, ...marked].join(' || ')} }`;
}

/** A trace that a search found, and what tells whether it has grown since. */
interface Found {
  id: string;
  looks: string;
}

function foundIn(answer: JsonObject): Found[] {
  const found: Found[] = [];
  eachAt(answer, 'traces', (trace) => {
    let matched = '';
    eachAt(trace, 'spanSets', (set) => {
      matched += ` ${set.matched}`;
    });
    // Leading zeros are left out here.
    found.push({ id: idOf(textAt(trace, 'traceID'), 32), looks: `${trace.durationMs}${matched}` });
  });
  return found;
}
