/** The receiver and a real Collector's exporters: a receiver that was killed, and bodies compressed in each way. */
import { afterEach, describe, expect, test, vi } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findCollector, startCollector } from '../../../fixtures/parts/collector.mjs';
import { CODINGS } from '../../../src/sources/otlp/body.ts';
import { isAtHand } from '../../e2e/part.ts';
import { closeAll, closeLater, jsonWith, openDying, openRig, type Rig } from './receiver-rig.ts';

afterEach(closeAll);

const SPANS = 200;

/** Exports what it is given by one exporter. */
async function collectorWith(exporters: Record<string, object>): Promise<{ send(): Promise<Set<string>> }> {
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

function idsIn({ spans }: Rig): Set<string> {
  return new Set(spans.map(({ spanId }) => spanId));
}

const SOON = { timeout: 20_000, interval: 20 };

describe.runIf(isAtHand('the OpenTelemetry Collector', findCollector))('a real Collector', () => {
  test.each([
    ['otlp_http', (address: string) => ({ endpoint: `http://${address}` }), (address: string) => ({ http: address })],
    [
      'otlp_grpc',
      (address: string) => ({ endpoint: address, tls: { insecure: true } }),
      (address: string) => ({ http: '127.0.0.1:0', grpc: address }),
    ],
  ])(
    '%s: a receiver dies in the middle of a batch and is started again, and no span is lost',
    async (exporter, to, listen) => {
      const { address, died } = await openDying();
      const collector = await collectorWith({
        [exporter]: { ...to(address), retry_on_failure: { initial_interval: '200ms' } },
      });
      const sent = await collector.send();
      await died;
      const rig = await openRig({ ...listen(address), services: ['checkout'] });
      await vi.waitFor(() => expect(idsIn(rig)).toEqual(sent), SOON);
      expect(rig.problems).toEqual([]);
    },
  );

  test.each(['none', 'gzip', 'zstd', 'snappy'])(
    'compression: %s is taken where the runtime has it',
    async (compression) => {
      const rig = await openRig({ services: ['checkout'] });
      const endpoint = `http://${rig.receiver.address}`;
      const collector = await collectorWith({ otlp_http: { endpoint, compression } });
      const sent = await collector.send();
      if (compression === 'none' || CODINGS.includes(compression)) {
        await vi.waitFor(() => expect(idsIn(rig)).toEqual(sent), SOON);
        expect(rig.problems).toEqual([]);
      } else {
        await vi.waitFor(() => expect(rig.problems.length).toBe(1), SOON);
        expect(rig.problems[0]?.message).toContain(
          `(415): content-encoding ${compression} is not taken; send ${CODINGS.join(', ')} or nothing`,
        );
        expect(rig.receiver.sight().gaps.length).toBe(1);
      }
    },
  );
});
