/** Row 31: nothing but context ties the services: no marker behind the first hop, no baggage. Never a wrong culprit. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { audit } from './cli.ts';
import { type Faults, type Shop, startShop } from './shop.ts';

let kafka: Kafka;
let rabbitmq: Rabbitmq;
let shop: Shop;

beforeAll(async () => {
  [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
  shop = await startShop({ kafka, rabbitmq, variant: 'own-ids' });
});

afterAll(async () => {
  await shop?.stop();
  await Promise.all([kafka?.stop(), rabbitmq?.stop()]);
});

interface Row {
  what: string;
  faults: Faults;
  taps: string[];
  culprit: string;
  broken: string[];
}

const ROWS: Row[] = [
  {
    what: 'row 5, an unpatched client, tapped',
    faults: { checkout: 'unpatched-client' },
    taps: ['pricing'],
    culprit: 'checkout',
    broken: ['checkout -> pricing'],
  },
  {
    what: 'row 6, an unpatched client, no tap',
    faults: { checkout: 'unpatched-client' },
    taps: [],
    culprit: 'checkout',
    broken: ['checkout -> pricing'],
  },
  {
    what: 'row 11, a bare producer',
    faults: { checkout: 'bare-producer' },
    taps: [],
    culprit: 'checkout',
    broken: ['checkout -> billing', 'checkout -> stock'],
  },
  {
    what: 'row 17, a bare publish',
    faults: { billing: 'bare-publish' },
    taps: [],
    culprit: 'billing',
    broken: ['billing -> mailer'],
  },
];

async function check({ culprit, broken, what }: Row, traffic: string): Promise<void> {
  const { report, status, stdout } = await audit(await shop.writeTopology({ deadline: '6s' }));
  const verdicts = report.hops.map((hop) => `${hop.from} -> ${hop.to}: ${hop.verdict}`).join(', ');
  process.stdout.write(`row 31 ${what}, ${traffic}: exit ${status}, ${verdicts}\n`);
  for (const hop of report.hops) {
    const isFaulted = broken.includes(`${hop.from} -> ${hop.to}`);
    expect(['intact', 'linked', 'degraded', 'inconclusive', ...(isFaulted ? ['broken'] : [])], stdout).toContain(
      hop.verdict,
    );
    if (isFaulted) expect(hop.verdict, stdout).not.toMatch(/intact|linked|degraded/);
    for (const finding of hop.findings.filter(({ severity }) => severity === 'broken')) {
      expect([culprit, null], stdout).toContain(finding.culprit);
      expect(finding.suspects, stdout).toContain(culprit);
    }
  }
  expect([1, 3]).toContain(status);
}

describe.each(ROWS)('$what', (row) => {
  beforeAll(() => shop.set(row));

  test('in a quiet shop', () => check(row, 'quiet'));

  test('with foreign requests through the same nodes and topics', async () => {
    const foreign = shop.sendForeign({ perSecond: 20 });
    try {
      await check(row, 'busy');
    } finally {
      foreign.stop();
    }
  });
});

test('a healthy shop of services that make their own ids is not blamed', async () => {
  await shop.set({});
  const { report } = await audit(await shop.writeTopology({ deadline: '6s' }));
  expect(
    report.hops
      .filter(({ verdict }) => verdict !== 'intact' && verdict !== 'linked')
      .map(({ findings }) => findings.map(({ cause }) => cause)),
  ).toEqual([]);
});
