/** Services, a real Collector, tracegap: what it hands on is judged as without it; what it drops is no lost context. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePorts } from '../../fixtures/parts/ports.mjs';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { audit, verdictsOf } from './cli.ts';
import { type CollectorConfig, fill, findCollector, type Replicas, replicas } from './collector.ts';
import { CASES } from './collector-cases.ts';
import { isAtHand } from './part.ts';
import { HEALTHY, SCENARIOS } from './scenarios.ts';
import { type Faults, type Shop, startShop } from './shop.ts';

/** Absence is waited for this long: batches, and decisions on the tail, take under a second. */
const SHORT = '4s';

/** One for each cause that is proved. */
const PROVED_ROWS = ['2', '4', '5', '7', '8', '11', '12', '14', '15', '16', '17'];

/** Who exports to which replica. */
const REPLICA = { checkout: 0, pricing: 0, catalog: 0, billing: 1, stock: 1, mailer: 1 };

const LIMITER = { memory_limiter: { check_interval: '1s', limit_mib: 200, spike_limit_mib: 40 } };
const BATCH = { batch: { timeout: '200ms' } };

describe.skipIf(!isAtHand('the OpenTelemetry Collector', findCollector))('a real Collector in between', () => {
  let ports: number[];
  let kafka: Kafka;
  let rabbitmq: Rabbitmq;
  let shop: Shop;
  let collectors: Replicas;

  beforeAll(async () => {
    ports = await freePorts(2);
    collectors = replicas(ports);
    [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
    const exportPorts = Object.entries(REPLICA).map(([service, replica]) => [service, ports[replica]]);
    shop = await startShop({ kafka, rabbitmq, exportPorts: Object.fromEntries(exportPorts) });
  });

  afterAll(async () => {
    await shop?.stop();
    await Promise.all([collectors?.stop(), kafka?.stop(), rabbitmq?.stop()]);
  });

  async function check(
    state: { faults?: Faults | undefined; taps?: string[] | undefined },
    topology: { deadline: string; overrides?: object },
    right: { expect: Record<string, string>; exit: number },
  ): Promise<void> {
    await shop.set({ faults: state.faults ?? {}, taps: state.taps ?? [] });
    const { report, status, stdout } = await audit(await shop.writeTopology(topology));
    expect(verdictsOf(report), stdout).toEqual({ ...HEALTHY, ...right.expect });
    expect(status).toBe(right.exit);
  }

  describe('that sends to the receiver', () => {
    /** The receiver is there only during an audit: what comes before is given up at once. */
    const sending = (processors: CollectorConfig['processors'] = {}) => ({
      processors: { ...LIMITER, ...processors, ...BATCH },
      exporters: {
        otlp_http: { endpoint: `http://127.0.0.1:${shop.receiverPort}`, retry_on_failure: { enabled: false } },
      },
    });

    beforeAll(() => collectors.restart(() => sending()));

    test('a healthy shop', () => check({}, { deadline: '30s' }, { expect: {}, exit: 0 }));

    test('services are not told that no audit runs: they would send to their backend again', async () => {
      await fill(ports[0] ?? 0, AbortSignal.timeout(500));
    });

    test.each(SCENARIOS.filter(({ row }) => PROVED_ROWS.includes(row)))('row $row: $what', (scenario) =>
      check(scenario, { deadline: '30s' }, scenario),
    );

    test.each(CASES)('$what', async ({ processors, ...right }) => {
      await collectors.restart(() => sending(processors));
      await check(right, { deadline: SHORT }, right);
    });
  });

  describe('that writes files', () => {
    let folder: string;
    let files: string[];
    const overrides = () => ({ sources: files.map((path) => ({ 'otlp-file': { path } })) });

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tracegap-collector-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    const writing = (name: string, options: object) => {
      files = ports.map((_, replica) => join(folder, `${name}-${replica}.jsonl`));
      return (replica: number) => ({
        processors: { ...LIMITER, ...BATCH },
        exporters: { file: { path: files[replica], ...options } },
      });
    };

    test('a healthy shop, then a bare producer, appended by a Collector that was restarted', async () => {
      const config = writing('appended', { append: true, flush_interval: '200ms' });
      await collectors.restart(config);
      await check({}, { deadline: '30s', overrides: overrides() }, { expect: {}, exit: 0 });
      await collectors.restart(config);
      const bare = SCENARIOS.find(({ row }) => row === '11');
      if (bare === undefined) throw new Error('row 11 is gone');
      await check(bare, { deadline: '30s', overrides: overrides() }, bare);
    });

    test('half a last line, until the Collector flushes', async () => {
      await collectors.restart(writing('halved', { flush_interval: '2s' }));
      const watching = new AbortController();
      const halves = countHalfLines(watching.signal);
      await check({}, { deadline: '30s', overrides: overrides() }, { expect: {}, exit: 0 });
      watching.abort();
      expect(await halves).toBeGreaterThan(0);
    });

    test('files that are rotated in mid-run', async () => {
      await collectors.restart(writing('rotated', { rotation: { max_megabytes: 1 } }));
      const filling = new AbortController();
      const filled = Promise.all(ports.map((port) => fill(port, filling.signal)));
      await check({}, { deadline: '30s', overrides: overrides() }, { expect: {}, exit: 0 });
      filling.abort();
      await filled;
      const rotated = (await readdir(folder)).filter((name) => /^rotated-\d-.+\.jsonl$/.test(name));
      expect(rotated.length).toBeGreaterThan(1);
    });

    /** How often a file was found that ends in the middle of a line. */
    async function countHalfLines(signal: AbortSignal): Promise<number> {
      let count = 0;
      while (!signal.aborted) {
        const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')));
        count += texts.filter((text) => text !== '' && !text.endsWith('\n')).length;
        await sleep(50);
      }
      return count;
    }
  });
});
