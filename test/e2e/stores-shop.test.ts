/**
 * The shop's services export with their real SDKs to a real Collector, which writes into every store, and nobody
 * re-points them: the audit asks the store.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findClickhouse, startClickhouse } from '../../fixtures/parts/clickhouse.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findJaeger, startJaeger } from '../../fixtures/parts/jaeger.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePorts } from '../../fixtures/parts/ports.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findZipkin, startZipkin } from '../../fixtures/parts/zipkin.mjs';
import { audit, verdictsOf } from './cli.ts';
import { findCollector, replicas } from './collector.ts';
import { isAtHand } from './part.ts';
import { HEALTHY, SCENARIOS } from './scenarios.ts';
import { type Shop, startShop } from './shop.ts';
import { intoClickhouse, intoZipkin, startRelay, startTempoReplay } from './stores-relay.ts';

const PARTS: [string, () => string | undefined][] = [
  ['the OpenTelemetry Collector', findCollector],
  ['Jaeger', findJaeger],
  ['Zipkin', findZipkin],
  ['ClickHouse', findClickhouse],
];

/** Where everything listens. */
interface Addresses {
  http: number;
  grpc: number;
  file: string;
  jaeger: { url: string; otlpHttp: string };
  zipkin: string;
  zipkinOfSdks: string;
  clickhouse: string;
  tempo: string;
}

/** What differs from a healthy shop. */
interface Right {
  expect: Record<string, string>;
  exit: number;
  deadline?: string;
}

const DELAY = '1s';

const SOURCES: [name: string, source: (at: Addresses) => object][] = [
  ['OTLP/HTTP, from a real Collector', ({ http }) => ({ otlp: { http: `127.0.0.1:${http}` } })],
  ['OTLP/gRPC, from a real Collector', ({ grpc }) => ({ otlp: { grpc: `127.0.0.1:${grpc}` } })],
  ["the file of a real Collector's exporter", ({ file }) => ({ 'otlp-file': { path: file } })],
  ['a real Jaeger', ({ jaeger }) => ({ jaeger: { url: jaeger.url, export: jaeger.otlpHttp, delay: DELAY } })],
  ["a real Zipkin, the Collector's exporter replayed", ({ zipkin }) => ({ zipkin: { url: zipkin, delay: DELAY } })],
  [
    "ClickHouse's engine (chdb), HTTP and the Collector's exporter replayed",
    ({ clickhouse }) => ({ clickhouse: { url: clickhouse, delay: DELAY } }),
  ],
  [
    'Tempo (its API, replayed)',
    ({ tempo }) => ({ tempo: { url: tempo, headers: { 'x-scope-orgid': 'shop' }, delay: DELAY } }),
  ],
];

/** One where the producer wrote nothing, one where the consumer took nothing. */
const BROKEN = SCENARIOS.filter(({ row }) => ['11', '12'].includes(row));

describe.runIf(PARTS.every(([name, find]) => isAtHand(name, find)))('the shop, through', () => {
  const stops: (() => unknown)[] = [];
  let at: Addresses;
  let shop: Shop;
  let restartCollector: () => Promise<void>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tracegap-shop-stores-'));
    const [port, http, grpc] = await freePorts(3);
    const [jaeger, zipkin, zipkinOfSdks, clickhouse, tempo] = await Promise.all([
      startJaeger(),
      startZipkin(),
      startZipkin(),
      startClickhouse(),
      startTempoReplay(),
    ]);
    const relay = await startRelay([
      intoZipkin(zipkin.url, 'Collector'),
      intoZipkin(zipkinOfSdks.url, 'SDK'),
      intoClickhouse(clickhouse.url),
      tempo.write,
    ]);
    at = {
      http,
      grpc,
      jaeger,
      zipkin: zipkin.url,
      zipkinOfSdks: zipkinOfSdks.url,
      clickhouse: clickhouse.url,
      tempo: tempo.url,
      file: join(folder, 'spans.jsonl'),
    };
    const collector = replicas([port]);
    restartCollector = () =>
      collector.restart(() => ({
        processors: { batch: { timeout: '200ms' } },
        exporters: {
          'otlp_http/jaeger': { endpoint: jaeger.otlpHttp },
          'otlp_http/relay': { endpoint: relay.url, encoding: 'json' },
          'otlp_http/tracegap': { endpoint: `http://127.0.0.1:${http}` },
          'otlp_grpc/tracegap': { endpoint: `127.0.0.1:${grpc}`, tls: { insecure: true } },
          file: { path: at.file, append: true, flush_interval: '200ms' },
        },
      }));
    shop = await startShop({ receiverPort: port });
    stops.push(shop.stop, collector.stop, relay.stop);
    stops.push(...[jaeger, zipkin, zipkinOfSdks, clickhouse, tempo].map(({ stop }) => stop), () =>
      rm(folder, { recursive: true }),
    );
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  const check = async (name: string, source: object, right: Right): Promise<void> => {
    const topology = await shop.writeTopology({ deadline: right.deadline ?? '20s', overrides: { sources: [source] } });
    const { report, status, stderr } = await audit(topology);
    expect(verdictsOf(report), stderr).toEqual({ ...HEALTHY, ...right.expect });
    expect([status, report.problems]).toEqual([right.exit, []]);
    const slowest = Math.max(...report.hops.map(({ waited }) => waited.ms));
    process.stdout.write(`${name}: exit ${status}, the last verdict ${slowest} ms after the probe\n`);
  };

  describe.each(SOURCES)('%s', (name, source) => {
    // One that found no receiver waits ever longer before it tries again.
    beforeAll(() => restartCollector());

    test('well over HTTP, Kafka and RabbitMQ', async () => {
      await shop.set({ faults: {} });
      await check(name, source(at), { expect: {}, exit: 0 });
    });

    test.each(BROKEN)('row $row: $what', async ({ faults = {}, ...right }) => {
      await shop.set({ faults });
      await check(name, source(at), right);
    });
  });

  test("a real Zipkin, the SDKs' exporters replayed: a link that it cannot keep is nobody's loss", async () => {
    await shop.set({ faults: {} });
    const right = { 'checkout -> stock': 'inconclusive · source-down' };
    const source = { zipkin: { url: at.zipkinOfSdks, delay: DELAY } };
    await check('Zipkin without links', source, { expect: right, exit: 3, deadline: '4s' });
  });
});
