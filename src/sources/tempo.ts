/** Tempo: traces by id, and TraceQL for what was begun in other traces. Its JSON is OTLP with ids in base64. */
import type { Complaint } from '../model/problem.ts';
import type { StoreConfig } from '../model/reach.ts';
import type { DecodedBatch, DecodeSettings } from './otlp/batch.ts';
import { parseObject, tracesDecoder } from './otlp/json/request.ts';
import { eachAt, type JsonObject, objectAt, textAt } from './otlp/json/shape.ts';
import { type Asker, openAsker } from './store/answer.ts';
import { eachOf } from './store/each.ts';
import { idOf } from './store/plain-span.ts';
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
  return {
    ping: async (signal) => {
      await asker.get(search('{ }', clock() - 1000, clock(), 1), signal);
    },
    async ask(wanted, take, signal) {
      let incomplete: Complaint | undefined;
      const fetch = async (id: string): Promise<void> => {
        const { batch, partial } = await fetchTrace(id, signal);
        take(batch);
        incomplete ??= partial;
      };
      await eachOf(wanted.traceIds, fetch);
      const query = queryOf(wanted);
      if (query === undefined) return incomplete;
      const found = foundIn(await asker.get(search(query, wanted.from, wanted.until, MOST_TRACES), signal));
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

type TraceFetcher = (
  id: string,
  signal: AbortSignal,
) => Promise<{ batch: DecodedBatch; partial: Complaint | undefined }>;

/** By the API's second version where there is one: that answers 200 for a trace that is not there. */
function traceFetcher(asker: Asker, settings: DecodeSettings, clock: () => number): TraceFetcher {
  const decode = tracesDecoder(settings);
  let hasV2 = true;
  return async (id, signal) => {
    const v2 = hasV2 ? await asker.find({ method: 'GET', path: `/api/v2/traces/${id}` }, signal) : undefined;
    if (v2 !== undefined) {
      const answer = parseObject(v2);
      return { batch: decode(objectAt(answer, 'trace'), v2, clock()), partial: partialOf(answer) };
    }
    hasV2 = false;
    const v1 = await asker.find({ method: 'GET', path: `/api/traces/${id}` }, signal);
    const { batches, ...rest } = v1 === undefined ? {} : parseObject(v1);
    return { batch: decode({ resourceSpans: batches, ...rest }, v1 ?? NOTHING, clock()), partial: undefined };
  };
}

const NOTHING = Buffer.alloc(0);

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

/** The traces that a search found, and what tells whether they have grown since. */
function foundIn(body: Buffer): { id: string; looks: string }[] {
  const found: { id: string; looks: string }[] = [];
  eachAt(parseObject(body), 'traces', (trace) => {
    let matched = '';
    eachAt(trace, 'spanSets', (set) => {
      matched += ` ${set.matched}`;
    });
    // Leading zeros are left out here.
    found.push({ id: idOf(textAt(trace, 'traceID'), 32), looks: `${trace.durationMs}${matched}` });
  });
  return found;
}
