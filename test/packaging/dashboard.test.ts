/** The Grafana dashboard against the metrics that there are, and its queries against Prometheus' own parser. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensurePromtool } from '../../fixtures/parts/checkers.mjs';
import { prometheus } from '../../src/report/prometheus.ts';
import { gateCases } from '../report/gate-cases.ts';
import { shop } from '../report/sample.ts';

const run = promisify(execFile);

interface Panel {
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string; legendFormat: string }[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../docs/ci/grafana-dashboard.json', import.meta.url), 'utf8'),
) as { panels: Panel[]; templating: { list: { definition?: string }[] } };

const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const exposed = [...Object.values(gateCases).map((make) => make()), shop()]
  .map((report) => prometheus.render(report, { color: false, width: 80 }))
  .join('');

let promtool = '';
let folder = '';

beforeAll(async () => {
  promtool = (await ensurePromtool()) as string;
  folder = await mkdtemp(join(tmpdir(), 'tracegap-dashboard-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('every metric and label that it asks for is exposed', () => {
  const metrics = new Set(exposed.match(/^tracegap_\w+/gm));
  const labels = new Set([...exposed.matchAll(/[{,](\w+)="/g)].map(([, name]) => name));
  const asked = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
  expect(asked).toEqual(['label_values(tracegap_faults, topology)']);
  for (const text of [...queries, ...asked]) {
    for (const name of text.match(/tracegap_\w+/g) ?? []) {
      // Only there with more than one probe a flow.
      if (name !== 'tracegap_hop_loss_ratio') expect(metrics).toContain(name);
    }
    for (const [, list = ''] of text.matchAll(/ by \(([^)]*)\)/g)) {
      for (const label of list.split(', ')) expect(labels).toContain(label);
    }
  }
  expect(queries.length).toBeGreaterThan(5);
});

async function checkRules(exprs: string[]): Promise<void> {
  const file = join(folder, 'rules.json');
  const rules = exprs.map((expr, index) => ({ record: `dashboard:query:${index}`, expr }));
  await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  await run(promtool, ['check', 'rules', file]);
}

test('every query is one', async () => {
  const whole = queries.map((expr) => expr.replaceAll('$topology', 'shop'));
  await checkRules(whole);
  await expect(checkRules([...whole, 'max by (topology'])).rejects.toThrow();
});

test('the alerts of ci.md are rules', async () => {
  const page = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
  const alerts = /```yaml\n(groups:\n[\s\S]*?)```/.exec(page)?.[1] ?? '';
  const file = join(folder, 'alerts.yaml');
  await writeFile(file, alerts);
  const { stdout } = await run(promtool, ['check', 'rules', file]);
  expect(stdout).toContain('2 rules found');
  for (const name of alerts.match(/tracegap_\w+/g) ?? []) expect(exposed).toContain(name);
});

test('panels are as wide as the dashboard and lie on no other', () => {
  const taken = new Set<string>();
  for (const { gridPos, title } of dashboard.panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken, title).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
  }
});
