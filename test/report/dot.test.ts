/** The graph, drawn by Graphviz. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensureDot } from '../../fixtures/parts/checkers.mjs';
import type { Report } from '../../src/model/report.ts';
import { dot } from '../../src/report/dot.ts';
import { cases } from './cases.ts';
import { empty, HOSTILE, hostile } from './hostile.ts';
import { longChain, shop } from './sample.ts';

let graphviz = '';

beforeAll(async () => {
  graphviz = await ensureDot();
});

interface Drawn {
  objects?: { name: string; label: string; shape: string }[];
  edges?: { tail: number; head: number; label?: string; color: string }[];
}

/** What Graphviz made of it. */
async function read(report: Report): Promise<Drawn> {
  const child = promisify(execFile)(graphviz, ['-Tjson0'], { maxBuffer: 64 * 1024 * 1024 });
  child.child.stdin?.end(dot.render(report, { color: false, width: 80 }));
  const { stdout, stderr } = await child;
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Drawn;
}

test.each(Object.entries({ ...cases, hostile, empty }))('%s is drawn, each node and crossing once', async (_, make) => {
  const { objects = [], edges = [] } = await read(make());
  const crossings = make().hops.flatMap(({ from, via, to }) =>
    [from, ...via].map((name, index) => JSON.stringify([name, [...via, to][index]])),
  );
  expect(edges).toHaveLength(new Set(crossings).size);
  expect(objects).toHaveLength(new Set(crossings.flatMap((each) => JSON.parse(each) as string[])).size);
});

test('1,000 hops are drawn', async () => {
  const { edges = [] } = await read(longChain(1000, new Set([3])));
  expect(edges.filter(({ label }) => label === '✗ not-injected')).toHaveLength(1);
});

test('names that try to end the graph are names', async () => {
  const { objects = [] } = await read(hostile());
  expect(objects.map(({ name }) => name)[0]).toContain(HOSTILE.slice(HOSTILE.indexOf('e|f'), HOSTILE.indexOf('&')));
});

test('the break is marked at the culprit', async () => {
  const { objects = [], edges = [] } = await read(cases['two-faults-and-unreached']?.() ?? shop());
  const marked = edges
    .filter(({ label }) => (label ?? '') !== '')
    .map(({ tail, head, label }) => `${objects[tail]?.name} ${objects[head]?.name} ${label}`);
  expect(marked).toContain('edge checkout ✗ restarted');
  expect(marked.some((each) => each.startsWith('probe edge'))).toBe(false);
});
