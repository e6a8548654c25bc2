/** Jaeger's API v3: `GET /api/v3/traces`, OTLP in `result`. */
import type { Complaint } from '../../model/problem.ts';
import type { DecodedBatch, DecodeSettings } from '../otlp/batch.ts';
import { tracesDecoder } from '../otlp/json/request.ts';
import { asObject, objectAt } from '../otlp/json/shape.ts';
import type { Asker } from '../store/answer.ts';
import { eachOf } from '../store/each.ts';
import { type BodyReader, documentReader, type Parts } from '../store/reading.ts';
import { countingTraces, cutOff, MOST_TRACES } from '../store/search-limit.ts';
import type { StoreClient, Wanted } from '../store/store.ts';

export function jaegerV3(
  asker: Asker,
  settings: DecodeSettings,
  clock: () => number,
): Pick<StoreClient, 'ping' | 'ask'> {
  const decode = tracesDecoder(settings);
  const readerInto = (take: (batch: DecodedBatch) => void): BodyReader =>
    documentReader(RESULT, (document) => take(decode(objectAt(asObject(document), 'result'), clock())));
  return {
    ping: async (signal) => {
      const services = documentReader({ paths: ['$.services'], alone: (names) => ({ services: names }) }, asObject);
      await asker.get({ method: 'GET', path: '/api/v3/services' }, services, signal);
    },
    async ask(wanted, take, signal) {
      let incomplete: Complaint | undefined;
      await eachOf(wanted.traceIds, async (id) => {
        await asker.find(byId(id), readerInto(take), signal);
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

const RESULT: Parts = {
  paths: ['$.result.resourceSpans.*'],
  alone: (resourceSpans) => ({ result: { resourceSpans: [resourceSpans] } }),
};

/** Servers of before 2026 know the second spelling of each parameter only; both pass over the one they do not know. */
function byId(id: string) {
  return { method: 'GET', path: `/api/v3/traces/${id}`, parameters: spelled([['', 'rawTraces', 'true']]) } as const;
}

function bySearch(service: string, { from, until }: Wanted) {
  const parameters = spelled([
    ['query.', 'serviceName', service],
    ['query.', 'startTimeMin', new Date(from).toISOString()],
    ['query.', 'startTimeMax', new Date(until).toISOString()],
    ['query.', 'searchDepth', String(MOST_TRACES)],
    ['query.', 'rawTraces', 'true'],
  ]);
  parameters.push(['query.num_traces', String(MOST_TRACES)]);
  return { method: 'GET', path: '/api/v3/traces', parameters } as const;
}

function spelled(parameters: [prefix: string, name: string, value: string][]): [string, string][] {
  return parameters.flatMap(([prefix, name, value]): [string, string][] => [
    [prefix + name, value],
    [prefix + name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value],
  ]);
}
