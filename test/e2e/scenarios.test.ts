import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { audit, verdictsOf } from './cli.ts';
import { HEALTHY, SCENARIOS, type Scenario } from './scenarios.ts';
import { type Shop, startShop } from './shop.ts';

let kafka: Kafka;
let rabbitmq: Rabbitmq;
let shop: Shop;

beforeAll(async () => {
  [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
  shop = await startShop({ kafka, rabbitmq });
});

afterAll(async () => {
  await shop?.stop();
  await Promise.all([kafka?.stop(), rabbitmq?.stop()]);
});

/** Addresses are only known once the brokers stand. */
function withAddresses(overrides: object): object {
  return JSON.parse(
    JSON.stringify(overrides)
      .replace('{rabbitmq}', new URL(rabbitmq.url).host)
      .replace('{kafka-sasl}', kafka.sasl.brokers),
  );
}

async function prepare({ faults = {}, taps = [], deadline = '30s', overrides, before }: Scenario): Promise<string> {
  await shop.set({ faults, taps });
  await before?.(shop);
  return shop.writeTopology({ deadline, overrides: withAddresses(overrides?.(shop) ?? {}) });
}

async function check(scenario: Scenario, traffic: 'quiet' | 'busy'): Promise<void> {
  const { report, reportText, status, stdout, judged, ms } = await audit(await prepare(scenario));
  note(scenario, traffic, report, status, ms);
  expect(verdictsOf(report), stdout).toEqual({ ...HEALTHY, ...scenario.expect });
  expect(status).toBe(scenario.exit);
  expect(report.summary.exit).toBe(scenario.exit);
  if (scenario.faultCount !== undefined) expect(report.summary.faults).toBe(scenario.faultCount);
  if (scenario.undeclared !== undefined) expect(report.undeclared).toMatchObject([scenario.undeclared]);
  else expect(report.undeclared).toEqual([]);
  expect(report.problems.map(({ name }) => name)).toEqual(scenario.problems ?? []);
  expect(judged.stdout).toBe(reportText);
}

/** The table as measured: what was not as in a healthy shop, and how long the whole command took. */
function note({ row }: Scenario, traffic: string, report: Report, status: number | null, ms: number): void {
  const verdicts = Object.entries(changed(verdictsOf(report))).map(([hop, verdict]) => `${hop}: ${verdict}`);
  const said = verdicts.length === 0 ? 'as in a healthy shop' : verdicts.join('; ');
  process.stdout.write(`row ${row} ${traffic}: exit ${status}, ${(ms / 1000).toFixed(1)} s, ${said}\n`);
}

/** Only what is not as in a healthy shop. */
function changed(verdicts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(verdicts).filter(([hop, verdict]) => HEALTHY[hop] !== verdict));
}

describe.each(SCENARIOS)('row $row: $what', (scenario) => {
  test('in a quiet shop', () => check(scenario, 'quiet'));

  test('with foreign requests through the same nodes and topics', async () => {
    await shop.set({ faults: scenario.faults ?? {}, taps: scenario.taps ?? [] });
    const foreign = shop.sendForeign({ perSecond: 20 });
    try {
      await check(scenario, 'busy');
    } finally {
      foreign.stop();
    }
  });
});
