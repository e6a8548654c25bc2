/** The text format against promtool, and what stands in it. */
import { spawn } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensurePromtool } from '../../fixtures/parts/checkers.mjs';
import type { Report } from '../../src/model/report.ts';
import { prometheus } from '../../src/report/prometheus.ts';
import { cases } from './cases.ts';
import { empty, HOSTILE, hostile } from './hostile.ts';
import { longChain, shop } from './sample.ts';

let promtool = '';

beforeAll(async () => {
  promtool = await ensurePromtool();
});

const render = (report: Report): string => prometheus.render(report, { color: false, width: 80 });

/** Everything that it says, and its exit status. */
async function check(text: string): Promise<string> {
  const child = spawn(promtool, ['check', 'metrics']);
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdin.end(text);
  const status = await new Promise((resolve) => child.on('close', resolve));
  return `${said}${status}`;
}

test.each(Object.entries({ ...cases, hostile, empty, many: () => longChain(1000, new Set([3])) }))(
  'promtool has nothing against %s',
  async (_, make) => {
    expect(await check(render(make()))).toBe('0');
  },
);

test.each([
  ['a name without its unit', 'tracegap_hop_waited_seconds', 'tracegap_hop_waited_ms'],
  ['no help', /# HELP tracegap_faults .*\n/, ''],
  ['a label that is not closed', 'topology="shop-dev"}', 'topology="shop-dev}'],
])('promtool would see %s', async (_, what, by) => {
  expect(await check(render(shop()).replaceAll(what instanceof RegExp ? new RegExp(what, 'g') : what, by))).not.toBe(
    '0',
  );
});

test('a hop has one verdict, and waits in seconds', () => {
  const lines = render(cases['two-faults-and-unreached']?.() ?? shop()).split('\n');
  const of = (metric: string): string[] =>
    lines.filter((line) => line.startsWith(`${metric}{`) && line.includes('hop="place-order: checkout -> pricing"'));
  expect(of('tracegap_hop_verdict').filter((line) => line.endsWith(' 1'))).toEqual([
    'tracegap_hop_verdict{topology="shop-dev",flow="place-order",hop="place-order: checkout -> pricing",from="checkout",to="pricing",verdict="intact"} 1',
  ]);
  expect(of('tracegap_hop_verdict')).toHaveLength(6);
  expect(of('tracegap_hop_waited_seconds')[0]).toMatch(/ 0\.23$/);
  expect(lines.filter((line) => /^[^#].* \d{10,}$/.test(line))).toEqual([
    'tracegap_run_start_timestamp_seconds{topology="shop-dev"} 1795428000',
  ]);
});

test('no series stands twice', () => {
  for (const make of [...Object.values(cases), hostile]) {
    const series = render(make())
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ \S+$/, ''));
    expect(new Set(series).size).toBe(series.length);
  }
});

test('labels hold what came from outside, escaped', () => {
  const [label = ''] = /culprit="(?:[^"\\]|\\.)*"/.exec(render(hostile())) ?? [];
  expect(label.slice(9, -1).replace(/\\([\\"])/g, '$1')).toContain(
    HOSTILE.slice(HOSTILE.indexOf('::error'), HOSTILE.indexOf(' \u0000')),
  );
});
