/** A broker that makes itself known by a name that does not resolve here: reached by `resolve`, its metadata too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePort } from '../../fixtures/parts/ports.mjs';
import { type Broker, startKafka } from '../clients/kafka-broker.ts';
import { audit, tracegap, verdictsOf } from './cli.ts';
import { type Shop, startShop } from './shop.ts';

let kafka: Broker;
let shop: Shop;

const NAME = 'kafka.acme.invalid:9093';

beforeAll(async () => {
  kafka = await startKafka({ saslName: NAME, saslPort: await freePort() });
  shop = await startShop({ kafka, parts: ['kafka'] });
});

afterAll(async () => {
  await shop?.stop();
  await kafka?.stop();
});

const ID = `\${probe.id}`;

/** The flow of the HTTP entry, and one that begins with a record of ours. */
function changes(resolve: Record<string, string> | undefined, more: object = {}): object {
  const { username, password } = kafka.sasl;
  return {
    nodes: { orders: { brokers: [NAME], sasl: { mechanism: 'scram-sha-256', username, password } } },
    flows: {
      reorder: {
        send: { kafka: { to: 'orders', key: ID, headers: { type: 'reorder' }, text: `{"orderId":"${ID}","price":3}` } },
        through: 'orders -> billing',
        deadline: '8s',
      },
    },
    ...(resolve === undefined ? {} : { resolve }),
    ...more,
  };
}

test('tap and probe find the broker where `resolve` leads', async () => {
  const overrides = changes({ [NAME]: `127.0.0.1:${kafka.saslPort}` });
  const { report, status, stdout, stderr } = await audit(await shop.writeTopology({ overrides }), ['--wait', '20s']);
  expect(verdictsOf(report), stdout + stderr).toMatchObject({
    'checkout -> billing': 'intact',
    'probe -> billing': 'intact',
  });
  expect(report.problems).toEqual([]);
  expect(status).toBe(0);
});

test('without it nobody is blamed, and the name is said', async () => {
  const { report } = await audit(await shop.writeTopology({ deadline: '6s', overrides: changes(undefined) }));
  expect(verdictsOf(report)['probe -> billing']).toBe('inconclusive · tap-down');
  expect(report.problems.map(({ message }) => message).join('\n')).toContain(`${NAME} (the name does not resolve)`);
});

test('a broker that is named by the cluster alone and is not allowed is not connected to', async () => {
  // The first broker is found by another name, which leads to the same listener.
  const overrides = changes(
    { 'bootstrap.acme.test:9093': `127.0.0.1:${kafka.saslPort}`, [NAME]: `127.0.0.1:${kafka.saslPort}` },
    { allowHosts: ['127.0.0.1', '*.acme.test'] },
  );
  const file = await shop.writeTopology({
    deadline: '6s',
    overrides: { ...overrides, nodes: { orders: { ...sasl(), brokers: ['bootstrap.acme.test:9093'] } } },
  });
  const { stderr, status } = await tracegap(['audit', file, '--flow', 'reorder']);
  expect(stderr).toContain(`bootstrap.acme.test:9093 names ${NAME}, whose host is not among \`allowHosts\``);
  expect(status).toBe(3);
});

function sasl(): object {
  const { username, password } = kafka.sasl;
  return { sasl: { mechanism: 'scram-sha-256', username, password } };
}
