/** Asks a trace store again and again, for as long as a run lasts: one machinery for all stores. */
import type { StoreConfig } from '../../model/reach.ts';
import { attributeFilter } from '../otlp/attributes.ts';
import type { DecodeSettings } from '../otlp/batch.ts';
import { sightKeeper } from '../sight-keeper.ts';
import type { Needles, OpenSource, SourceSink } from '../source.ts';
import { createAsking } from './asking.ts';
import { createPace } from './pace.ts';
import { storeSight } from './sight.ts';
import type { StoreClient } from './store.ts';

/** How often it is looked whether it is time to ask, ms. */
const TICK_MS = 50;

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
  const asking = createAsking({ config, client, needles, traceIds, sink, keeper, sight, clock });
  const closing = new AbortController();
  await asking.checkSight(signal);
  const polling = startPolling(needles, config.askAfterMs, () => asking.askForAll(closing.signal), clock);
  return {
    sight: sight.sight,
    caughtUp: polling.caughtUp,
    close: async () => {
      keeper.closed();
      closing.abort();
      const bug = polling.stop();
      await client.close();
      if (bug !== undefined) throw bug;
    },
  };
}

interface Polling {
  /** Resolves at the end of a whole poll that began after the call; at once where nothing was sent. */
  caughtUp(): Promise<void>;
  /** @returns what was thrown meanwhile, a bug of ours */
  stop(): unknown;
}

/** @param poll asks once, and says how long the store wants to be left alone then, ms */
function startPolling(needles: Needles, askAfterMs: number, poll: () => Promise<number>, clock: () => number): Polling {
  const pace = createPace();
  const waiting: (() => void)[] = [];
  let known = { size: 0, last: 0 };
  let isPolling = false;
  let isStopped = false;
  let bug: unknown;

  const quickenForNews = (): void => {
    const { size } = needles.traceIds;
    const { last } = needles.sent;
    if (last === undefined || (last === known.last && size === known.size)) return;
    pace.quicken(Math.max(clock(), last + askAfterMs));
    known = { size, last };
  };
  const pollOnce = async (): Promise<void> => {
    const served = waiting.splice(0);
    const askedAt = clock();
    try {
      const pauseMs = await poll();
      if (pauseMs > 0) pace.pause(clock() + pauseMs);
    } catch (error) {
      bug ??= error;
    }
    pace.answered(clock(), clock() - askedAt);
    isPolling = false;
    for (const resolve of served) resolve();
    tick();
  };
  const tick = (): void => {
    quickenForNews();
    if (isPolling || isStopped || needles.sent.first === undefined) return;
    if (!pace.isDue(clock(), waiting.length > 0)) return;
    isPolling = true;
    void pollOnce();
  };

  const timer = setInterval(tick, TICK_MS);
  return {
    caughtUp: () =>
      new Promise((resolve) => {
        if (needles.sent.first === undefined || isStopped) return resolve();
        waiting.push(resolve);
        tick();
      }),
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      for (const resolve of waiting.splice(0)) resolve();
      return bug;
    },
  };
}
