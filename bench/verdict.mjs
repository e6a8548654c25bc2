// From the last span that a verdict needed to the end of the run, closing included; and what a proved break costs over a
// healthy audit of the same shop, at a deadline of 30 s. Real services, real brokers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startKafka } from '../fixtures/parts/kafka.mjs';
import { startRabbitmq } from '../fixtures/parts/rabbitmq.mjs';
import { startShop } from '../fixtures/shop/shop.mjs';
import { median, percentile } from './statistics.mjs';

const HEALTHY_RUNS = 20;
const BINARY = fileURLToPath(new URL('../bin/tracegap.js', import.meta.url));

/** The rows of the scenarios whose answer is proved. */
const PROVED = [
  { row: 2, faults: { edge: 'drops-context' }, taps: ['checkout'] },
  { row: 4, faults: { edge: 'own-trace-id' }, taps: ['checkout'] },
  { row: 5, faults: { checkout: 'unpatched-client' }, taps: ['pricing'] },
  { row: 7, faults: { pricing: 'does-not-extract' }, taps: ['pricing'] },
  { row: 8, faults: { pricing: 'copies-headers' }, taps: [] },
  { row: 9, faults: { legacy: 'drops-headers' }, taps: ['legacy', 'catalog'] },
  { row: 11, faults: { checkout: 'bare-producer' }, taps: [] },
  { row: 12, faults: { billing: 'does-not-extract' }, taps: [] },
  { row: 14, faults: { checkout: 'forgetful-queue' }, taps: [] },
  { row: 15, faults: { checkout: 'upper-case-header' }, taps: [] },
  { row: 16, faults: { checkout: 'b3' }, taps: ['checkout', 'pricing'] },
  { row: 17, faults: { billing: 'bare-publish' }, taps: [] },
  { row: 18, faults: { mailer: 'pulls' }, taps: [] },
];

const folder = await mkdtemp(join(tmpdir(), 'tracegap-bench-'));
const [kafka, rabbitmq] = await Promise.all([startKafka(), startRabbitmq()]);
const shop = await startShop({ kafka, rabbitmq });
try {
  await shop.writeTopology({ deadline: '30s' });
  await audit();
  const healthy = [];
  for (let run = 0; run < HEALTHY_RUNS; run++) healthy.push(await audit());
  const tails = healthy.map(({ tail }) => tail);
  console.log(`healthy audits: ${HEALTHY_RUNS}, all intact or linked: ${healthy.every(({ exit }) => exit === 0)}`);
  console.log(
    `last needed span arrives -> run ended, closing included: p50 ${ms(median(tails))}, p95 ${ms(percentile(tails, 0.95))} (goals: verdict 50 ms, end 100 ms)`,
  );
  const usual = median(healthy.map(({ duration }) => duration));
  console.log(`healthy run: median ${ms(usual)}`);
  for (const { row, ...state } of PROVED) {
    await shop.set(state);
    await shop.writeTopology({ deadline: '30s' });
    // The first request after a restart pays for loading; a healthy shop has been warm.
    await audit();
    const { duration, exit } = await audit();
    console.log(
      `row ${String(row).padEnd(3)} exit ${exit}: ${ms(duration)}, ${ms(duration - usual)} over a healthy run (goal: at most 2000 ms)`,
    );
  }
} finally {
  await shop.stop();
  await Promise.all([kafka.stop(), rabbitmq.stop(), rm(folder, { recursive: true })]);
}

/** What one run took, by its own evidence. */
async function audit() {
  const file = join(folder, 'evidence.json');
  const child = spawn(process.execPath, [BINARY, 'audit', shop.topologyFile, '-q', '-e', file], { stdio: 'ignore' });
  const [exit] = await once(child, 'close');
  const { run, probes, waits } = JSON.parse(await readFile(file, 'utf8'));
  const sentAt = Number(BigInt(probes[0].start) / 1_000_000n);
  const needed = sentAt + Math.max(...waits.map((wait) => wait.ms));
  return { exit, duration: run.durationMs, tail: Date.parse(run.startedAt) + run.durationMs - needed };
}

function ms(value) {
  return `${Math.round(value)} ms`;
}
