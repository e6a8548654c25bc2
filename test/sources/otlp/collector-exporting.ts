/** A real Collector that sends to a receiver. */
import { expect } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { startCollector } from '../../../fixtures/parts/collector.mjs';
import { closeLater, jsonWith } from './receiver-rig.ts';

const SPANS = 200;

/** Exports what it is given by one exporter. */
export async function collectorWith(exporters: Record<string, object>): Promise<{ send(): Promise<Set<string>> }> {
  const collector = await startCollector({ config: { exporters } });
  closeLater(() => collector.kill());
  return {
    send: async () => {
      const ids = Array.from({ length: SPANS }, (_, index) => index.toString(16).padStart(16, 'f'));
      const spans = ids.map((spanId) => ({ traceId: 'a'.repeat(32), spanId, name: 'GET', kind: 2 }));
      const headers = { 'content-type': 'application/json' };
      const body = jsonWith(...spans);
      const { status } = await fetch(`${collector.url}/v1/traces`, { method: 'POST', headers, body });
      expect(status).toBe(200);
      return new Set(ids);
    },
  };
}
