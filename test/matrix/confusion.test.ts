import { expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { compare } from '../../fixtures/matrix/compare.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { causeMatrix, culpritHits, goalsOf, verdictMatrix } from '../../fixtures/matrix/confusion.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ownIdsGoals, stillDecided } from '../../fixtures/matrix/own-ids.mjs';
import { brokenHop, finding, intactHop, reportOf } from './report.ts';

const sound = { 'probe -> a': 'intact', 'a -> b': 'intact' };
const answer = { 'a -> b': { verdict: 'broken', cause: 'not-injected', culprit: 'a', certainty: 'proved' } };
const VERDICTS = ['intact', 'linked', 'degraded', 'unexercised', 'inconclusive', 'broken'];

interface Goal {
  what: string;
  hits: number;
  of: number;
  missed: string[];
}

interface Outcome {
  id: string;
  kind: string;
  state: string;
  evidence?: string;
  deadlineMs: number;
  ms: number;
  hops: unknown[];
  error?: string;
}

const RIGHT = [intactHop('probe', 'a'), brokenHop('a', 'b')];
const SOUND = [intactHop('probe', 'a'), intactHop('a', 'b')];

function outcome(change: Partial<Outcome>, said: unknown[], right: object = { sound }): Outcome {
  const hops = compare(reportOf(...said), right);
  return { id: 'shop/5', kind: 'fault', state: 'as written', deadlineMs: 20_000, ms: 1000, hops, ...change };
}

const fault = (said: unknown[], change: Partial<Outcome> = {}) =>
  outcome({ evidence: 'wire', ...change }, said, { sound, answer });
const variant = (said: unknown[]) => outcome({ kind: 'sound', id: 'shop/1' }, said);
const healed = (said: unknown[]) => outcome({ state: 'healed' }, said);

const ALL_RIGHT = [fault(RIGHT), fault(RIGHT, { evidence: 'spans' }), healed(SOUND), variant(SOUND)];

/** Beginnings of the goals that were missed. */
const missed = (outcomes: Outcome[]) =>
  goalsOf(outcomes)
    .filter(({ hits, of }: Goal) => hits < of)
    .map(({ what }: Goal) => what);

test('all right: every goal is reached, and every goal looked at something', () => {
  const goals: Goal[] = goalsOf(ALL_RIGHT);
  expect(goals).toHaveLength(8);
  for (const { hits, of, missed: names } of goals) expect([hits, names]).toEqual([of, []]);
  for (const { of } of goals) expect(of).toBeGreaterThan(0);
});

const EXACTLY = 'everything else as answered';
const late = { ...brokenHop('a', 'b'), waited: { ms: 20_004 } };
const degraded = { ...intactHop('a', 'b'), verdict: 'degraded', findings: [finding({ severity: 'degraded' })] };

test.each<[string, Outcome, string[]]>([
  [
    'a break that was not found',
    fault(SOUND),
    [
      'broken hop found, and no other hop blamed',
      'cause and culprit right where the wire or an isolation probe shows it',
      EXACTLY,
    ],
  ],
  [
    'another hop that is blamed too',
    fault([brokenHop('probe', 'a', finding({ certainty: 'inferred' })), brokenHop('a', 'b')]),
    ['broken hop found, and no other hop blamed', EXACTLY],
  ],
  [
    'a wrong culprit on the wire',
    fault([intactHop('probe', 'a'), brokenHop('a', 'b', finding({ culprit: 'b' }))]),
    ['cause and culprit right where the wire or an isolation probe shows it', 'never a wrong "proved"', EXACTLY],
  ],
  [
    'a wrong culprit by spans',
    fault([intactHop('probe', 'a'), brokenHop('a', 'b', finding({ culprit: 'b', certainty: 'inferred' }))], {
      evidence: 'spans',
    }),
    ['where only spans are there: cause and culprit right, or all suspects named', EXACTLY],
  ],
  [
    'a sound variant that is called broken',
    variant([intactHop('probe', 'a'), brokenHop('a', 'b', finding({ certainty: 'inferred' }))]),
    ['sound variants with no finding above degraded', EXACTLY],
  ],
  [
    'a sound variant with a degraded finding',
    variant([intactHop('probe', 'a'), degraded]),
    ['never a wrong "proved"', EXACTLY],
  ],
  [
    'a break that was waited out',
    fault([intactHop('probe', 'a'), late]),
    ['decided before the deadline where positive proof exists'],
  ],
  [
    'a finding that stays when the fault is healed',
    healed(RIGHT),
    ['never a wrong "proved"', 'healed: the facts are gone', EXACTLY],
  ],
  [
    'no report',
    { ...fault([]), hops: [], error: 'audit ended with 70' },
    [
      'broken hop found, and no other hop blamed',
      'cause and culprit right where the wire or an isolation probe shows it',
      EXACTLY,
    ],
  ],
])('%s is missed', (_, wrong, goals) => {
  expect(missed([...ALL_RIGHT, wrong])).toEqual(goals);
});

test('a break that rests on absence may be waited for', () => {
  const silent = { 'a -> b': { ...answer['a -> b'], cause: 'silent' } };
  const said = [intactHop('probe', 'a'), { ...late, findings: [finding({ cause: 'silent' })] }];
  expect(missed([...ALL_RIGHT, outcome({ evidence: 'wire' }, said, { sound, answer: silent })])).toEqual([]);
});

test('an optional node that was not reached is sound where the answer says so', () => {
  const unexercised = {
    ...intactHop('a', 'b'),
    verdict: 'unexercised',
    optional: true,
    findings: [finding({ cause: 'not-reached', severity: 'unexercised', culprit: null, certainty: undefined })],
  };
  const notReached = { 'a -> b': { verdict: 'unexercised', cause: 'not-reached' } };
  const said = [intactHop('probe', 'a'), unexercised];
  expect(missed([...ALL_RIGHT, outcome({ kind: 'sound' }, said, { sound, answer: notReached })])).toEqual([]);
  expect(missed([...ALL_RIGHT, variant(said)])).toContain('sound variants with no finding above degraded');
});

test('the matrices count hops: rows are right, columns are said', () => {
  const outcomes = [...ALL_RIGHT, fault(SOUND)];
  expect(verdictMatrix(outcomes, VERDICTS)).toEqual({
    labels: ['intact', 'broken'],
    counts: [
      [7, 0],
      [1, 2],
    ],
  });
  expect(causeMatrix(outcomes)).toEqual({
    labels: ['none', 'not-injected'],
    counts: [
      [7, 0],
      [1, 2],
    ],
  });
  expect(culpritHits(outcomes)).toEqual({ of: 3, right: 2, nobody: 1, wrong: 0 });
});

test('own ids: a wrong culprit is missed, an undecided hop only counts', () => {
  const [clean] = ownIdsGoals([fault(RIGHT), fault(SOUND)]);
  expect([clean.hits, clean.of]).toEqual([2, 2]);
  expect(stillDecided([fault(RIGHT), fault(SOUND), variant(SOUND)])).toEqual({ of: 2, decided: 1 });
  const wrong = fault([intactHop('probe', 'a'), brokenHop('a', 'b', finding({ culprit: 'b' }))]);
  expect(ownIdsGoals([fault(RIGHT), wrong])[0]).toMatchObject({ hits: 1, of: 2, missed: ['shop/5'] });
});
