/** What decoding is told of a run in these tests. */
import { attributeFilter } from '../../../src/sources/otlp/attributes.ts';
import type { DecodeSettings } from '../../../src/sources/otlp/batch.ts';

export const RUN = 'c0ffee12';
export const PROBE: string = `${RUN}-aaaa-4bbb-8ccc-0123456789ab`;
export const OTHER_PROBE: string = `${RUN}-aaaa-4bbb-8ccc-ba9876543210`;

/** Without services every service counts as declared. */
export function settingsFor(
  given: { services?: string[]; traceIds?: string[]; declared?: string[] } = {},
): DecodeSettings {
  return {
    source: 'main',
    needles: { runId: RUN, traceIds: new Set(given.traceIds), services: new Set(given.services), sent: {} },
    filter: attributeFilter(new Set(given.declared)),
  };
}
