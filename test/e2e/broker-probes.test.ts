/** Flows that begin with a record or a message: real probes, real consumers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { audit, verdictsOf } from './cli.ts';
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

const ID = `\${probe.id}`;

const FLOWS = {
  'place-order': undefined,
  reorder: {
    send: { kafka: { to: 'orders', key: ID, headers: { type: 'reorder' }, json: { orderId: ID, price: 3 } } },
    through: ['orders -> billing & stock', 'billing -> invoices -> mailer'],
    deadline: '20s',
  },
  remind: {
    send: { rabbitmq: { to: 'invoices', routingKey: 'invoice.late', json: { invoiceId: ID, total: 3 } } },
    through: 'invoices -> mailer',
    deadline: '20s',
  },
};

test('consumers that go on from the probe’s own record and message', async () => {
  await shop.set({});
  const { report, status, stdout, stderr } = await audit(await shop.writeTopology({ overrides: { flows: FLOWS } }));
  expect(verdictsOf(report), stdout + stderr).toEqual({
    'probe -> billing': 'intact',
    'probe -> stock': 'linked',
    'billing -> mailer': 'intact',
    'probe -> mailer': 'intact',
  });
  expect(report.probes.map((probe) => probe.status)).toEqual(['acked', 'acked']);
  expect(status).toBe(0);
});

test('a consumer that does not extract is blamed, several probes at once', async () => {
  await shop.set({ faults: { billing: 'does-not-extract' } });
  const { reorder } = FLOWS;
  const overrides = { flows: { 'place-order': undefined, reorder: { ...reorder, repeat: 6, concurrency: 3 } } };
  const { report, status, stdout } = await audit(await shop.writeTopology({ overrides }));
  expect(verdictsOf(report), stdout).toEqual({
    'probe -> billing': 'broken · not-extracted · billing · proved',
    'probe -> stock': 'linked',
    'billing -> mailer': 'intact',
  });
  expect(report.hops[0]?.samples).toMatchObject({ seen: 6, broken: 6 });
  expect(report.summary.faults).toBe(1);
  expect(status).toBe(1);
});
