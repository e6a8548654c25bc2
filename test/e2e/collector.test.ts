/** A real Collector between the services and tracegap: what it hands on is judged as without it, and what it drops is not taken for lost context. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePorts } from '../../fixtures/parts/ports.mjs';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { audit, verdictsOf } from './cli.ts';
import { type CollectorConfig, findCollector, type Replicas, replicas } from './collector.ts';
import { CASES } from './collector-cases.ts';
import { isAtHand } from './part.ts';
import { HEALTHY, SCENARIOS } from './scenarios.ts';
import { type Shop, startShop } from './shop.ts';

/** Long enough for a batch and a decision on the tail; absence is waited for this long. */
const SHORT = '6s';

/** Who exports to which replica. */
const REPLICA = { checkout: 0, pricing: 0, catalog: 0, billing: 1, stock: 1, mailer: 1 };

const LIMITER = { memory_limiter: { check_interval: '1s', limit_mib: 200, spike_limit_mib: 40 } };
const BATCH = { batch: { timeout: '200ms' } };

describe.skipIf(!isAtHand('the OpenTelemetry Collector', findCollector))('services -> Collector -> tracegap', () => {
  let kafka: Kafka;
  let rabbitmq: Rabbitmq;
  let shop: Shop;
  let collectors: Replicas;

  beforeAll(async () => {
    const ports: number[] = await freePorts(2);
    collectors = replicas(ports);
    [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
    const exportPorts = Object.fromEntries(
      Object.entries(REPLICA).map(([service, replica]) => [service, ports[replica] ?? 0]),
    );
    shop = await startShop({ kafka, rabbitmq, exportPorts });
  });

  afterAll(async () => {
    await shop?.stop();
    await Promise.all([collectors?.stop(), kafka?.stop(), rabbitmq?.stop()]);
  });

  /** Sends to tracegap's receiver, which is there only during an audit: what comes before is given up at once. */
  const toReceiver = (processors: CollectorConfig['processors']) => () => ({
    processors: { ...LIMITER, ...processors, ...BATCH },
    exporters: {
      otlp_http: { endpoint: `http://127.0.0.1:${shop.receiverPort}`, retry_on_failure: { enabled: false } },
    },
  });

  describe('memory_limiter and batch', () => {
    beforeAll(() => collectors.restart(toReceiver({})));

    test('a healthy shop', async () => {
      await shop.set();
      const { report, status, stdout } = await audit(await shop.writeTopology({ deadline: '30s' }));
      expect(verdictsOf(report), stdout).toEqual(HEALTHY);
      expect(status).toBe(0);
    });

    const proved = SCENARIOS.filter(({ deadline, expect }) =>
      Object.values({ deadline, ...expect }).every((each) => each?.endsWith('proved') ?? true),
    ).filter(({ exit }) => exit === 1);

    test.each(proved)('row $row: $what', async ({ faults = {}, taps = [], expect: expected }) => {
      await shop.set({ faults, taps });
      const { report, status, stdout } = await audit(await shop.writeTopology({ deadline: '30s' }));
      expect(verdictsOf(report), stdout).toEqual({ ...HEALTHY, ...expected });
      expect(status).toBe(1);
    });
  });

  describe('spans that are dropped', () => {
    test.each(CASES)('$what', async ({ what, processors, faults = {}, taps = [], expect: expected, exit }) => {
      await collectors.restart(toReceiver(processors));
      await shop.set({ faults, taps });
      const keep = process.env.KEEP_EVIDENCE
        ? ['-e', `${process.env.KEEP_EVIDENCE}-${what.replaceAll(/\W+/g, '-')}.json`]
        : [];
      const { report, status, stdout } = await audit(await shop.writeTopology({ deadline: SHORT }), keep);
      expect(verdictsOf(report), stdout).toEqual({ ...HEALTHY, ...expected });
      expect(status).toBe(exit);
    });
  });
});
