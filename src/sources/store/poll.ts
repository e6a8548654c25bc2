/** Asks a trace store again and again, for as long as a run lasts: one machinery for all stores. */
import { type Complaint, complaintOf } from '../../model/problem.ts';
import type { StoreConfig } from '../../model/topology.ts';
import { attributeFilter } from '../otlp/attributes.ts';
import { type DecodedBatch, type DecodeSettings, REMARKS, total } from '../otlp/batch.ts';
import { isMalformed } from '../otlp/malformed.ts';
import { sayOnce } from '../say-once.ts';
import { sightKeeper } from '../sight-keeper.ts';
import type { Needles, OpenSource, SourceSink } from '../source.ts';
import { lookFor, newCanary } from './canary.ts';
import { handedOver } from './handed-over.ts';
import { createPace } from './pace.ts';
import { storeSight } from './sight.ts';
import { isStoreError, type StoreClient } from './store.ts';

/** How often it is looked whether it is time to ask, ms. */
const TICK_MS = 50;
/** Clocks of other machines may be off by so much, ms; traces by id are found whatever their time. */
const SKEW_MS = 10_000;

/** Opens the client of one kind of store. @throws ComplaintError for a url or TLS file that cannot be used */
export type OpenClient = (config: StoreConfig, settings: DecodeSettings, clock: () => number) => Promise<StoreClient>;

/** What one store is asked with, while it is open. */
export interface StoreSetting {
  config: StoreConfig;
  needles: Needles;
  declaredAttributes: ReadonlySet<string>;
  sink: SourceSink;
  /** Ends the check of sight. */
  signal: AbortSignal;
}

/**
 * Checks that the store can be seen, and from the first probe on asks it for the traces in the needles and for what
 * the declared services did meanwhile.
 * @param clock ms since the epoch
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openStore(
  { config, needles, declaredAttributes, sink, signal }: StoreSetting,
  openClient: OpenClient,
  clock: () => number = Date.now,
): Promise<OpenSource> {
  const traceIds = new Set<string>();
  const filter = attributeFilter(declaredAttributes);
  const client = await openClient(config, { source: config.name, needles: { ...needles, traceIds }, filter }, clock);
  const keeper = sightKeeper(config.name, clock);
  const sight = storeSight(keeper, clock);
  const say = sayOnce(sink);
  const pace = createPace();
  const handed = handedOver();
  const closing = new AbortController();
  const waiting: (() => void)[] = [];
  let polling: Promise<void> | undefined;
  let answers = false;
  let droppedSoFar = 0;
  let seen = { size: 0, last: 0 };
  let bug: unknown;

  const ping = async (until: AbortSignal): Promise<void> => {
    if (answers) return;
    await client.ping(until);
    answers = true;
  };
  const fail = (error: unknown): void => {
    const complaint = complaintAbout(error, config);
    sight.failed(complaint.message);
    say(complaint.message, complaint);
    if (isStoreError(error) && error.retryAfterMs !== undefined) pace.pause(clock() + error.retryAfterMs);
  };
  const take = (batch: DecodedBatch, rejected: Map<string, number>): void => {
    const spans = handed.fresh(batch.spans);
    if (spans.some(({ traceId }) => traceIds.has(traceId))) sight.cameOfRun();
    if (spans.length > 0) sink.spans(spans);
    for (const [reason, times] of batch.rejected) rejected.set(reason, (rejected.get(reason) ?? 0) + times);
    const left = batch.remarks.get(REMARKS.link);
    if (left !== undefined) say(REMARKS.link, leftOut(config, `${REMARKS.link} (${left} times)`));
  };
  const poll = async (): Promise<void> => {
    const askedAt = clock();
    for (const id of needles.traceIds) {
      if (!traceIds.has(id)) handed.forget(id);
      traceIds.add(id);
    }
    const rejected = new Map<string, number>();
    try {
      await ping(closing.signal);
      const wanted = {
        traceIds: [...needles.traceIds],
        services: [...needles.services],
        from: (needles.sent.first ?? askedAt) - SKEW_MS,
        until: askedAt + SKEW_MS,
        runId: needles.runId,
      };
      const missing = await client.ask(wanted, (batch) => take(batch, rejected), closing.signal);
      if (missing === undefined) sight.whole(askedAt);
      else {
        sight.partial(missing.message);
        say(missing.message, named(config, missing));
      }
      for (const [reason, times] of rejected) say(reason, leftOut(config, `${times} spans: ${reason}`));
      // What cannot be read comes again with every answer.
      keeper.dropped(Math.max(total(rejected) - droppedSoFar, 0));
      droppedSoFar = Math.max(total(rejected), droppedSoFar);
    } catch (error) {
      if (!closing.signal.aborted) fail(error);
    }
    const now = clock();
    pace.answered(now, now - askedAt);
  };
  const tick = (): void => {
    const { first, last } = needles.sent;
    if (last !== undefined && (last !== seen.last || needles.traceIds.size !== seen.size)) {
      pace.quicken(Math.max(clock(), last + config.askAfterMs));
      seen = { size: needles.traceIds.size, last };
    }
    if (polling !== undefined || closing.signal.aborted || first === undefined) return;
    if (!pace.isDue(clock(), waiting.length > 0)) return;
    const served = waiting.splice(0);
    polling = poll()
      .catch((error: unknown) => {
        bug ??= error;
      })
      .finally(() => {
        polling = undefined;
        for (const resolve of served) resolve();
        tick();
      });
  };

  const checkSight = async (to: string, until: AbortSignal): Promise<void> => {
    const canary = newCanary();
    traceIds.add(canary.traceId);
    try {
      const unseen = await lookFor(canary, { ...config, export: to }, client, clock, until);
      if (unseen === undefined) return;
      sight.doubted(unseen);
      say(unseen, { message: unseen, hint: `Check that what is sent there ends up in ${config.name}.` });
    } catch (error) {
      const complaint = complaintAbout(error, config);
      if (!until.aborted) say(complaint.message, complaint);
    } finally {
      traceIds.delete(canary.traceId);
    }
  };

  const opening = AbortSignal.any([signal, closing.signal]);
  try {
    await ping(opening);
    if (config.export !== undefined) await checkSight(config.export, opening);
  } catch (error) {
    if (!opening.aborted) fail(error);
  }
  const timer = setInterval(tick, TICK_MS);
  return {
    sight: sight.sight,
    caughtUp: () =>
      needles.sent.first === undefined || closing.signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
            tick();
          }),
    close: async () => {
      clearInterval(timer);
      keeper.closed();
      closing.abort();
      for (const resolve of waiting.splice(0)) resolve();
      await client.close();
      if (bug !== undefined) throw bug;
    },
  };
}

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
