import { expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { accuracyPage, mainPart, ownIdsPart } from '../../fixtures/matrix/accuracy.mjs';

const suspected = {
  verdict: 'broken',
  causes: ['not-injected', 'not-extracted'],
  suspects: ['a', 'b'],
  certainty: 'inferred',
};
const rows = [
  {
    id: 'H1',
    kind: 'fault',
    mode: 'H1',
    says: 'calls b with fetch',
    evidence: 'spans',
    answer: { 'a -> b': suspected },
  },
  { id: 'S1', kind: 'sound', says: 'a span | link' },
];
const MATRIX = {
  labels: ['intact', 'broken'],
  counts: [
    [3, 0],
    [1, 2],
  ],
};
const goals = [
  { what: 'found', hits: 1, of: 2, missed: ['web/H1'] },
  { what: 'healed', hits: 2, of: 2, missed: [] },
];
const run = { when: '2026-11-26', ms: 61_000, audits: 3, systems: { web: { rows } }, goals };
const confusion = { verdicts: MATRIX, causes: MATRIX, culprits: { of: 3, right: 2, nobody: 1, wrong: 0 } };
const main: string = mainPart({ ...run, confusion });
const ownIds: string = ownIdsPart({ ...run, decided: { of: 4, decided: 3 } });

test('the page has the numbers, the matrices, the rows with their answers, and what is not told apart', () => {
  expect(main).toContain('1 systems, 1 faults (each also healed), 1 sound');
  expect(main).toContain('| found | 1 of 2 (50.0 %) | missed: web/H1 |');
  expect(main).toContain('| healed | 2 of 2 (100.0 %) | reached |');
  expect(main).toContain('| 2 broken | 1 | 2 |');
  expect(main).toContain(
    '**web/H1**, calls b with fetch: a -> b is broken · not-injected or not-extracted · suspects a, b',
  );
  expect(main).toContain('not-injected by a and not-extracted by b leave the same spans.');
  expect(main).toContain('| S1 |  | a span \\| link | sound | as in a sound system |');
  expect(ownIds).toContain('as answered on every hop: 3 of 4 (75.0 %)');
});

test('each variant writes its own part and keeps the other’s', () => {
  const first = accuracyPage('', { main });
  const both = accuracyPage(first, { ownIds });
  expect(both.startsWith(first.trim())).toBe(true);
  expect(both).toContain('3 of 4 (75.0 %)');
  expect(accuracyPage(both, { main: '# New' })).toBe(`# New\n\n${ownIds.trim()}\n`);
  expect(accuracyPage(both, { main, ownIds })).toBe(both);
});
