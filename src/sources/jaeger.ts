/** Jaeger: its API v3, which answers with OTLP, and the older one where that is missing. */
import type { StoreConfig } from '../model/reach.ts';
import { jaegerLegacy } from './jaeger/legacy.ts';
import { jaegerV3 } from './jaeger/v3.ts';
import type { DecodeSettings } from './otlp/batch.ts';
import { openAsker } from './store/answer.ts';
import { isStoreError, type StoreClient } from './store/store.ts';

/** @throws ComplaintError for a url or TLS file that cannot be used */
export async function openJaeger(
  config: StoreConfig,
  settings: DecodeSettings,
  clock: () => number,
): Promise<StoreClient> {
  const asker = await openAsker(config, 'Jaeger');
  const v3 = jaegerV3(asker, settings, clock);
  const legacy = jaegerLegacy(asker, settings, clock);
  let api = v3;
  return {
    async ping(signal) {
      try {
        await v3.ping(signal);
        api = v3;
      } catch (error) {
        // A server without it answers with 404, or with the page of its user interface.
        if (!isStoreError(error)) throw error;
        const isThere = await legacy.ping(signal).then(
          () => true,
          () => false,
        );
        if (!isThere) throw error;
        api = legacy;
      }
    },
    ask: (wanted, take, signal) => api.ask(wanted, take, signal),
    close: asker.close,
  };
}
