/** Rows 24, 29 and 30: a broker that is down, a port that is taken, a run that is interrupted. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePort } from '../../fixtures/parts/ports.mjs';
import type { Evidence } from '../../src/model/evidence.ts';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { audit, tracegap, verdictsOf } from './cli.ts';
import { HEALTHY } from './scenarios.ts';
import { type Shop, startShop } from './shop.ts';

let kafka: Kafka;
let rabbitmq: Rabbitmq;

beforeAll(async () => {
  [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
});

afterAll(() => Promise.all([kafka?.stop(), rabbitmq?.stop()]));

async function withShop(options: Parameters<typeof startShop>[0], use: (shop: Shop) => Promise<void>): Promise<void> {
  const shop = await startShop(options);
  try {
    await use(shop);
  } finally {
    await shop.stop();
  }
}

describe.each(['quiet', 'busy'])('row 24: a broker that is down from the start, %s', (traffic) => {
  async function verdicts(shop: Shop): Promise<[Record<string, string>, number | null, string]> {
    const foreign = traffic === 'busy' ? shop.sendForeign({ perSecond: 20 }) : undefined;
    const { report, status, judged } = await audit(await shop.writeTopology({ deadline: '6s' }));
    foreign?.stop();
    expect(JSON.parse(judged.stdout)).toEqual(report);
    return [verdictsOf(report), status, report.problems.map(({ message }) => message).join('\n')];
  }

  test('Kafka', async () => {
    const port: number = await freePort();
    await withShop({ kafka: { brokers: `127.0.0.1:${port}` }, rabbitmq }, async (shop) => {
      const [hops, status, problems] = await verdicts(shop);
      expect(hops).toEqual({
        ...HEALTHY,
        'checkout -> billing': 'inconclusive · tap-down',
        'checkout -> stock': 'inconclusive · tap-down',
        'billing -> mailer': 'inconclusive · nothing-seen',
      });
      expect(status).toBe(3);
      expect(problems).toContain(`127.0.0.1:${port}`);
    });
  });

  test('RabbitMQ', async () => {
    const port: number = await freePort();
    await withShop({ kafka, rabbitmq: { url: `amqp://guest:guest@127.0.0.1:${port}` } }, async (shop) => {
      const [hops, status, problems] = await verdicts(shop);
      expect(hops).toEqual({ ...HEALTHY, 'billing -> mailer': 'inconclusive · tap-down' });
      expect(status).toBe(3);
      expect(problems).toContain(`127.0.0.1:${port}`);
    });
  });
});

describe('one shop', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({ kafka, rabbitmq, taps: ['checkout'] });
  });
  afterAll(() => shop?.stop());

  test("row 29: the receiver's port is taken: the message names port and owner, nothing is sent", async () => {
    const holder = createServer().listen(shop.receiverPort, '127.0.0.1');
    await once(holder, 'listening');
    const { status, stderr, stdout } = await tracegap(['audit', shop.topologyFile]);
    holder.close();
    expect(status).toBe(2);
    expect(stderr).toContain(`127.0.0.1:${shop.receiverPort}`);
    expect(stderr).toContain(`pid ${process.pid}`);
    expect(stderr).not.toMatch(/sent |\n\s+at /);
    expect(stdout).toBe('');
  });

  test('row 30: Ctrl-C in mid-run closes everything and saves the evidence so far', async () => {
    await shop.killService('billing');
    const folder = await mkdtemp(join(tmpdir(), 'tracegap-interrupted-'));
    const file = join(folder, 'evidence.json');
    await shop.writeTopology({ deadline: '30s' });
    const { status, stdout } = await tracegap(['audit', shop.topologyFile, '-e', file], {
      onStderr: (text, kill) => {
        if (text.includes('checkout -> pricing: intact')) kill('SIGINT');
      },
    });
    expect(status).toBe(130);
    expect(stdout).toBe('');
    const { run, spans, probes } = JSON.parse(await readFile(file, 'utf8')) as Evidence;
    expect(run.interrupted).toBe(true);
    expect(probes).toHaveLength(1);
    expect(spans.length).toBeGreaterThan(0);
    await expect(reach(shop.receiverPort)).rejects.toThrow('ECONNREFUSED');
    expect((await tracegap(['judge', file])).status).toBe(3);
    await rm(folder, { recursive: true });
  });
});

async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
