/** What something else began, and what comes late: `--trace` and `--resume`, on the shop with its real brokers. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import { type Broker as Kafka, startKafka } from '../clients/kafka-broker.ts';
import { type Broker as Rabbitmq, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { tracegap, verdictsOf } from './cli.ts';
import { HEALTHY } from './scenarios.ts';
import { type Shop, startShop } from './shop.ts';

const TRACE = 'a3ce929d0e0e47364bf92f3577b34da6';

let kafka: Kafka;
let rabbitmq: Rabbitmq;
let shop: Shop;

beforeAll(async () => {
  [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
  shop = await startShop({ kafka, rabbitmq, taps: ['pricing'] });
});

afterAll(async () => {
  await shop?.stop();
  await Promise.all([kafka?.stop(), rabbitmq?.stop()]);
});

/** Audits a trace that begins here, as k6 or a browser test would begin it. */
async function auditOwnTrace(): Promise<{ status: number | null; report: Report; stderr: string }> {
  const topology = await readFile(await shop.writeTopology({ deadline: '6s' }), 'utf8');
  const silent = topology.replace(/^( +)send:\n(?:\1 +.*\n)+/m, '$1send: none\n');
  expect(silent).toContain('send: none');
  const file = `${shop.topologyFile}.silent.yaml`;
  await writeFile(file, silent);
  const url = /url: (http:\/\/\S+)/.exec(topology)?.[1] ?? '';
  let sent: Promise<unknown> | undefined;
  const { status, stdout, stderr } = await tracegap(
    ['audit', file, '--trace', `place-order=${TRACE}`, '--format', 'json'],
    {
      onStderr: (text) => {
        if (!text.includes('spans from') || sent !== undefined) return;
        sent = request(`${url}/checkout?ref=nightly-1`, {
          method: 'POST',
          headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'content-type': 'application/json' },
          body: JSON.stringify({ orderId: 'nightly-1' }),
        });
      },
    },
  );
  await sent;
  await rm(file);
  return { status, report: JSON.parse(stdout) as Report, stderr };
}

test('a trace that something else began is judged, and nothing is sent', async () => {
  await shop.set({ taps: ['pricing'] });
  const { status, report, stderr } = await auditOwnTrace();
  expect(verdictsOf(report), stderr).toEqual(HEALTHY);
  expect([status, report.probes.map(({ traceId }) => traceId)]).toEqual([0, [TRACE]]);
});

test('where it loses context, the culprit is named by the same proof', async () => {
  await shop.set({ faults: { checkout: 'unpatched-client' }, taps: ['pricing'] });
  const { status, report, stderr } = await auditOwnTrace();
  expect(verdictsOf(report)['checkout -> pricing'], stderr).toMatch(/^broken · not-injected/);
  expect(status).toBe(1);
});

test('a flow that sends nothing and is given no trace is refused by name', async () => {
  const file = `${shop.topologyFile}.silent.yaml`;
  await writeFile(file, 'version: 1\nnodes: { a: }\nflows: { nightly: { send: none, through: a } }\n');
  const { status, stderr } = await tracegap(['audit', file]);
  expect([status, stderr]).toEqual([
    2,
    'nightly sends nothing itself: name the trace to judge with --trace nightly=<trace id>, or leave it out with --flow\n',
  ]);
});

test('a message that is consumed after the run is found by looking again', async () => {
  await shop.set({});
  const topology = await shop.writeTopology({ deadline: '3s' });
  const [first, later] = [`${topology}.first.json`, `${topology}.later.json`];
  await shop.stopService('mailer');
  await tracegap(['collect', topology, '-e', first]);
  const before = await tracegap(['judge', first, '--format', 'json']);
  expect(verdictsOf(JSON.parse(before.stdout))['billing -> mailer']).toBe('inconclusive · nothing-seen');

  const looking = await tracegap(['collect', topology, '--resume', first, '-e', later, '--deadline', '20s'], {
    onStderr: (text) => {
      if (text.includes('spans from')) void shop.set({ taps: [] });
    },
  });
  expect([looking.status, looking.stderr]).toEqual([0, expect.not.stringContaining('sent ')]);
  const after = await tracegap(['judge', later, '--format', 'json']);
  expect(verdictsOf(JSON.parse(after.stdout)), looking.stderr).toEqual(HEALTHY);
  const evidence = JSON.parse(await readFile(later, 'utf8')) as Evidence;
  expect(evidence.run.resumedAt).toHaveLength(1);
  expect(evidence.probes).toHaveLength(1);
});

test('evidence of another topology is refused, and nothing is sent', async () => {
  const topology = await shop.writeTopology({ deadline: '3s' });
  const evidence = `${topology}.one.json`;
  await tracegap(['collect', topology, '-e', evidence]);
  await shop.writeTopology({ deadline: '4s' });
  const { status, stderr } = await tracegap(['collect', topology, '--resume', evidence, '-e', `${topology}.two.json`]);
  expect([status, stderr]).toEqual([2, expect.stringContaining('was gathered with another')]);
});
