/** The receiver and a real Collector's exporters: a receiver that was killed, and bodies compressed in each way. */
import { afterEach, describe, expect, test, vi } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findCollector } from '../../../fixtures/parts/collector.mjs';
import { CODINGS } from '../../../src/sources/otlp/body.ts';
import { isAtHand } from '../../e2e/part.ts';
import { collectorWith } from './collector-exporting.ts';
import { closeAll, openDying, openRig, type Rig } from './receiver-rig.ts';

afterEach(closeAll);

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

  test.each([
    ['none', true],
    ['gzip', true],
    ['zstd', false],
    ['snappy', false],
  ])('otlp_grpc, compression: %s', async (compression, isTaken) => {
    const rig = await openRig({ grpc: '127.0.0.1:0', services: ['checkout'] });
    const exporter = { endpoint: rig.receiver.grpc, tls: { insecure: true }, compression };
    const collector = await collectorWith({ otlp_grpc: exporter });
    const sent = await collector.send();
    if (isTaken) {
      await vi.waitFor(() => expect(idsIn(rig)).toEqual(sent), SOON);
      expect(rig.problems).toEqual([]);
    } else {
      const message = expect.stringContaining(
        `(UNIMPLEMENTED): Received message compressed with unsupported encoding "${compression}"`,
      );
      await vi.waitFor(() => expect(rig.problems).toMatchObject([{ message }]), SOON);
      expect(rig.receiver.sight().gaps.length).toBe(1);
    }
  });
});
