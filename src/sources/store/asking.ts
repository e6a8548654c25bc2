/** A store that is asked: what it has goes to the sink, what it does not say is kept in account. */
import { type Complaint, complaintOf } from '../../model/problem.ts';
import type { StoreConfig } from '../../model/reach.ts';
import { type DecodedBatch, REMARKS, total } from '../otlp/batch.ts';
import { isMalformed } from '../otlp/malformed.ts';
import { sayOnce } from '../say-once.ts';
import type { SightKeeper } from '../sight-keeper.ts';
import type { Needles, SourceSink } from '../source.ts';
import { lookFor, newCanary } from './canary.ts';
import { handedOver } from './handed-over.ts';
import type { StoreSight } from './sight.ts';
import { isStoreError, type StoreClient, type Wanted } from './store.ts';

/** Clocks of other machines may be off by so much, ms; traces by id are found whatever their time. */
const SKEW_MS = 10_000;

export interface Asking {
  /** Whether it answers, and whether what is written shows in it. */
  checkSight(signal: AbortSignal): Promise<void>;
  /**
   * Asks once for all that is wanted.
   * @returns how long the store wants to be left alone, ms
   */
  askForAll(signal: AbortSignal): Promise<number>;
}

export interface AskingSettings {
  config: StoreConfig;
  client: StoreClient;
  needles: Needles;
  /** The trace ids whose spans the client keeps of any service. */
  traceIds: Set<string>;
  sink: SourceSink;
  keeper: SightKeeper;
  sight: StoreSight;
  /** ms since the epoch */
  clock: () => number;
}

/** What the store does is told and never thrown. */
export function createAsking(settings: AskingSettings): Asking {
  const { config, client, needles, traceIds, sink, keeper, sight, clock } = settings;
  const sayComplaint = sayOnce(sink);
  const say = (complaint: Complaint): void => sayComplaint(complaint.message, complaint);
  const handed = handedOver();
  let answers = false;
  let counted = 0;

  const ping = async (signal: AbortSignal): Promise<void> => {
    if (!answers) await client.ping(signal);
    answers = true;
  };
  const failed = (error: unknown, signal: AbortSignal): number => {
    const complaint = complaintAbout(error, config);
    if (signal.aborted) return 0;
    sight.failed(complaint.message);
    say(complaint);
    return isStoreError(error) ? (error.retryAfterMs ?? 0) : 0;
  };
  const take = (batch: DecodedBatch, rejected: Map<string, number>): void => {
    const spans = handed.fresh(batch.spans);
    if (spans.some(({ traceId }) => traceIds.has(traceId))) sight.cameOfRun();
    if (spans.length > 0) sink.spans(spans);
    for (const [reason, times] of batch.rejected) rejected.set(reason, (rejected.get(reason) ?? 0) + times);
    if (batch.remarks.has(REMARKS.link)) say(leftOut(config, REMARKS.link));
  };
  /** What cannot be read comes again with every answer, and counts once. */
  const tellOf = (rejected: Map<string, number>): void => {
    for (const [reason, times] of rejected) sayComplaint(reason, leftOut(config, `${times} spans: ${reason}`));
    keeper.dropped(Math.max(total(rejected) - counted, 0));
    counted = Math.max(total(rejected), counted);
  };
  const checkCanary = async (to: string, signal: AbortSignal): Promise<void> => {
    const canary = newCanary();
    traceIds.add(canary.traceId);
    try {
      const unseen = await lookFor(canary, { ...config, export: to }, client, clock, signal);
      if (unseen === undefined) return;
      sight.doubted(unseen);
      say({ message: unseen, hint: `Check that what is sent there ends up in ${config.name}.` });
    } catch (error) {
      const complaint = complaintAbout(error, config);
      if (!signal.aborted) say(complaint);
    } finally {
      traceIds.delete(canary.traceId);
    }
  };

  return {
    async checkSight(signal) {
      try {
        await ping(signal);
      } catch (error) {
        failed(error, signal);
        return;
      }
      if (config.export !== undefined) await checkCanary(config.export, signal);
    },
    async askForAll(signal) {
      const askedAt = clock();
      for (const id of needles.traceIds) {
        if (!traceIds.has(id)) handed.forget(id);
        traceIds.add(id);
      }
      const rejected = new Map<string, number>();
      try {
        await ping(signal);
        const missing = await client.ask(wantedOf(needles, askedAt), (batch) => take(batch, rejected), signal);
        if (missing === undefined) sight.whole(askedAt);
        else {
          sight.partial(missing.message);
          say(named(config, missing));
        }
        return 0;
      } catch (error) {
        return failed(error, signal);
      } finally {
        tellOf(rejected);
      }
    },
  };
}

function wantedOf({ traceIds, services, sent, runId }: Needles, askedAt: number): Wanted {
  return {
    traceIds: [...traceIds],
    services: [...services],
    from: (sent.first ?? askedAt) - SKEW_MS,
    until: askedAt + SKEW_MS,
    runId,
  };
}

/** Throws what is a bug of ours. */
function complaintAbout(error: unknown, config: StoreConfig): Complaint {
  if (isMalformed(error)) {
    return named(config, {
      message: `an answer cannot be read: ${error.message}`,
      hint: `Check that the source's url is that of what \`${config.kind}\` says, and which version it is.`,
    });
  }
  const complaint = complaintOf(error);
  if (complaint === undefined) throw error;
  return complaint;
}

function named({ name }: StoreConfig, { message, hint }: Complaint): Complaint {
  return { message: `${name}: ${message}`, hint };
}

function leftOut(config: StoreConfig, what: string): Complaint {
  return named(config, { message: `left out: ${what}`, hint: 'Look at these spans in the store itself.' });
}
