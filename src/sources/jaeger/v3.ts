/** Jaeger's API v3: `GET /api/v3/traces`, OTLP in `result`. */
import type { Complaint } from '../../model/problem.ts';
import type { DecodedBatch, DecodeSettings } from '../otlp/batch.ts';
import { parseObject, tracesDecoder } from '../otlp/json/request.ts';
import { objectAt } from '../otlp/json/shape.ts';
import type { Asker } from '../store/answer.ts';
import { eachOf } from '../store/each.ts';
import { cutOff, MOST_TRACES, tracesIn } from '../store/search-limit.ts';
import type { StoreClient, Wanted } from '../store/store.ts';

export function jaegerV3(
  asker: Asker,
  settings: DecodeSettings,
  clock: () => number,
): Pick<StoreClient, 'ping' | 'ask'> {
  const decode = tracesDecoder(settings);
  const read = (body: Buffer | undefined): DecodedBatch | undefined =>
    body === undefined ? undefined : decode(objectAt(parseObject(body), 'result'), body, clock());
  return {
    ping: async (signal) => {
      parseObject(await asker.get({ method: 'GET', path: '/api/v3/services' }, signal));
    },
    async ask(wanted, take, signal) {
      let incomplete: Complaint | undefined;
      await eachOf(wanted.traceIds, async (id) => {
        const batch = read(await asker.find(byId(id), signal));
        if (batch !== undefined) take(batch);
      });
      await eachOf(wanted.services, async (service) => {
        const batch = read(await asker.find(bySearch(service, wanted), signal));
        if (batch === undefined) return;
        take(batch);
        incomplete ??= cutOff(service, tracesIn(batch));
      });
      return incomplete;
    },
  };
}

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
