/** SARIF against Microsoft's own validator. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { sarif } from '../../src/report/sarif.ts';
import { cases } from './cases.ts';
import { empty, hostile } from './hostile.ts';
import { longChain, shop } from './sample.ts';

const look = { color: false, width: 80 };
const everything: Record<string, () => Report> = {
  ...Object.fromEntries(
    Object.entries(cases).filter(([name]) =>
      ['two-faults-and-unreached', 'against-a-baseline', 'waiver-ends-soon', 'source-problems'].includes(name),
    ),
  ),
  hostile,
  empty,
  many: () => longChain(1000, new Set([3, 900])),
};
/** The tool has no page of its own to name yet. */
const ACCEPTED = ['SARIF2005'];

const require = createRequire(import.meta.url);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracegap-sarif-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the validator says of each file: `SARIF1001 warning`. */
async function validate(texts: Record<string, string>): Promise<string[]> {
  const files = await Promise.all(
    Object.entries(texts).map(async ([name, text]) => {
      await writeFile(join(folder, `${name}.sarif`), text);
      return `${name}.sarif`;
    }),
  );
  const multitool = join(dirname(require.resolve('@microsoft/sarif-multitool/package.json')), 'bin.js');
  const args = [multitool, 'validate', ...files, '--output', 'log.sarif', '--log', 'ForceOverwrite'];
  // It ends with 1 where it finds something.
  await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(() => undefined);
  const { runs } = JSON.parse(await readFile(join(folder, 'log.sarif'), 'utf8')) as {
    runs: { results?: { ruleId: string; level?: string }[]; invocations?: { executionSuccessful: boolean }[] }[];
  };
  expect(runs[0]?.invocations?.[0]?.executionSuccessful).toBe(true);
  return (runs[0]?.results ?? []).map(({ ruleId, level = 'warning' }) => `${ruleId} ${level}`);
}

test('the validator has nothing against any of them', async () => {
  const texts = Object.fromEntries(
    Object.entries(everything).map(([name, make]) => [name, sarif.render(make(), look)]),
  );
  const said = await validate(texts);
  expect(said.filter((each) => !ACCEPTED.includes(each.split(' ')[0] ?? ''))).toEqual([]);
  // It looked at each of them.
  expect(said).toHaveLength(Object.keys(texts).length);
}, 120_000);

test('the validator would see a fault', async () => {
  const flawed = sarif.render(shop(), look).replace('"version": "2.1.0"', '"version": "2.1.0", "runz": []');
  expect(await validate({ flawed })).toContain('JSON1005 error');
}, 60_000);

describe('a result', () => {
  const resultsOf = (name: string) => JSON.parse(sarif.render(cases[name]?.() ?? shop(), look)).runs[0];

  test('stands at the line of its hop, under a rule with help', () => {
    const { results, tool } = resultsOf('one-proved-break');
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      ruleId: 'not-extracted',
      level: 'error',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'tracegap.yaml' }, region: { startLine: 42, startColumn: 9 } } },
      ],
    });
    expect(tool.driver.rules[results[0].ruleIndex]).toMatchObject({
      id: 'not-extracted',
      help: { text: expect.stringContaining('Instrument the receiving library') },
    });
  });

  test('of a waived hop is suppressed with the reason', () => {
    expect(resultsOf('waiver-ends-soon').results[0].suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'TICKET-41, until 2026-12-01' },
    ]);
    expect(resultsOf('waiver-ended').results[0].suppressions).toEqual([]);
  });

  test('says whether the baseline has it, where there is one', () => {
    const states = resultsOf('against-a-baseline').results.map(
      (result: { baselineState: string }) => result.baselineState,
    );
    expect(states.sort()).toEqual(['new', 'unchanged', 'unchanged']);
    expect(resultsOf('one-proved-break').results[0]).not.toHaveProperty('baselineState');
  });

  test('a hop that need not be reached is none', () => {
    expect(resultsOf('optional-not-reached').results).toEqual([]);
  });

  test('the invocation has the exit status, and what was in the way', () => {
    const { invocations } = resultsOf('source-problems');
    expect(invocations[0]).toMatchObject({ exitCode: 0, executionSuccessful: true });
    expect(invocations[0].toolExecutionNotifications.length).toBeGreaterThan(0);
  });
});
