import { expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { compare, wordsOf, wrongBlames, wronglyProved } from '../../fixtures/matrix/compare.mjs';
import { brokenHop, finding, intactHop, reportOf } from './report.ts';

const sound = { 'probe -> a': 'intact', 'a -> b': 'intact' };
const answer = { 'a -> b': { verdict: 'broken', cause: 'not-injected', culprit: 'a', certainty: 'proved' } };
const either = {
  'a -> b': {
    verdict: 'broken',
    causes: ['not-injected', 'not-extracted'],
    suspects: ['a', 'b'],
    certainty: 'inferred',
  },
};
const bySpans = finding({
  culprit: null,
  suspects: ['a', 'b'],
  certainty: 'inferred',
  alternatives: ['not-extracted'],
});

const missesOf = (hops: unknown[], expected: object) =>
  Object.fromEntries(
    compare(reportOf(...hops), expected).map(({ hop, misses }: { hop: string; misses: string[] }) => [hop, misses]),
  );

test('a report that says what is right has no misses', () => {
  const report = [intactHop('probe', 'a'), brokenHop('a', 'b')];
  expect(missesOf(report, { sound, answer })).toEqual({ 'probe -> a': [], 'a -> b': [] });
});

test.each<[string, object, string[]]>([
  ['another cause', { cause: 'stripped' }, ['cause']],
  ['one more possible cause', { alternatives: ['stripped'] }, ['cause']],
  ['another culprit', { culprit: 'b' }, ['culprit']],
  ['nobody', { culprit: null }, ['culprit']],
  ['less certainty', { certainty: 'inferred' }, ['certainty']],
])('%s is a miss', (_, said, misses) => {
  const report = [intactHop('probe', 'a'), brokenHop('a', 'b', finding(said))];
  expect(missesOf(report, { sound, answer })).toMatchObject({ 'a -> b': misses });
});

test('another verdict, a hop too few, a hop too many and a second finding are misses', () => {
  expect(missesOf([intactHop('probe', 'a'), intactHop('a', 'b')], { sound, answer })).toMatchObject({
    'a -> b': ['verdict', 'cause', 'culprit', 'certainty'],
  });
  expect(missesOf([brokenHop('a', 'b')], { sound, answer })).toMatchObject({ 'probe -> a': ['absent'] });
  const more = [intactHop('probe', 'a'), brokenHop('a', 'b'), intactHop('b', 'c')];
  expect(missesOf(more, { sound, answer })).toMatchObject({ 'b -> c': ['unexpected'] });
  const twoFindings = [intactHop('probe', 'a'), brokenHop('a', 'b', finding(), finding({ cause: 'stripped' }))];
  expect(missesOf(twoFindings, { sound, answer })).toMatchObject({ 'a -> b': ['beside'] });
});

test('a hop that the answer does not name must be as in a sound system', () => {
  const report = [brokenHop('probe', 'a'), brokenHop('a', 'b')];
  expect(missesOf(report, { sound, answer })).toMatchObject({ 'probe -> a': ['verdict', 'cause'] });
});

test('healed, what was right for the fault is a miss', () => {
  const report = [intactHop('probe', 'a'), brokenHop('a', 'b')];
  expect(missesOf(report, { sound })).toMatchObject({ 'a -> b': ['verdict', 'cause'] });
});

test('several suspects: all of them in path order, and no culprit', () => {
  const said = (change: object) => [intactHop('probe', 'a'), brokenHop('a', 'b', { ...bySpans, ...change })];
  expect(missesOf(said({}), { sound, answer: either })).toMatchObject({ 'a -> b': [] });
  expect(missesOf(said({ suspects: ['a'] }), { sound, answer: either })).toMatchObject({ 'a -> b': ['suspects'] });
  expect(missesOf(said({ suspects: ['b', 'a'] }), { sound, answer: either })).toMatchObject({ 'a -> b': ['suspects'] });
  expect(missesOf(said({ culprit: 'a' }), { sound, answer: either })).toMatchObject({ 'a -> b': ['suspects'] });
  const otherwayRound = said({ cause: 'not-extracted', alternatives: ['not-injected'] });
  expect(missesOf(otherwayRound, { sound, answer: either })).toMatchObject({ 'a -> b': ['cause'] });
});

test('what an answer leaves out is not asked for', () => {
  const report = [intactHop('probe', 'a'), brokenHop('a', 'b')];
  expect(missesOf(report, { sound, answer: { 'a -> b': { verdict: 'broken' } } })).toMatchObject({ 'a -> b': [] });
  expect(missesOf(report, { sound, answer: { 'a -> b': 'linked' } })).toMatchObject({ 'a -> b': ['verdict', 'cause'] });
});

test('a hop is found by its id where several lead from and to the same', () => {
  const hop = intactHop('probe', 'a');
  const byId = { 'probe -> a': 'intact', [`${hop.id}`]: 'linked', 'a -> b': null };
  expect(missesOf([hop], { sound: byId })).toEqual({ [`${hop.id}`]: ['verdict'], 'probe -> a': ['absent'] });
});

test('wrongly proved: another culprit or cause than the answer’s, or a sound hop', () => {
  const proofs = (hops: unknown[], expected: object) =>
    compare(reportOf(...hops), expected).flatMap(wronglyProved).length;
  expect(proofs([intactHop('probe', 'a'), brokenHop('a', 'b')], { sound, answer })).toBe(0);
  expect(proofs([intactHop('probe', 'a'), brokenHop('a', 'b', finding({ culprit: 'b' }))], { sound, answer })).toBe(1);
  expect(proofs([intactHop('probe', 'a'), brokenHop('a', 'b', finding({ cause: 'silent' }))], { sound, answer })).toBe(
    1,
  );
  expect(proofs([intactHop('probe', 'a'), brokenHop('a', 'b')], { sound, answer: either })).toBe(1);
  expect(proofs([intactHop('probe', 'a'), brokenHop('a', 'b')], { sound })).toBe(1);
  expect(proofs([intactHop('probe', 'a'), brokenHop('a', 'b', bySpans)], { sound, answer })).toBe(0);
});

test.each<[string, object, object, string[]]>([
  ['as answered', {}, answer, []],
  ['less is known', bySpans, answer, []],
  [
    'another culprit',
    { culprit: 'b' },
    answer,
    ['a -> b: b is blamed wrongly', 'a -> b: not-injected is called proved and is not'],
  ],
  ['another culprit, inferred', { culprit: 'b', certainty: 'inferred' }, answer, ['a -> b: b is blamed wrongly']],
  ['the culprit not suspected', { ...bySpans, suspects: ['b'] }, answer, ['a -> b: a is not among the suspects']],
  ['another cause, proved', { cause: 'stripped' }, answer, ['a -> b: stripped is called proved and is not']],
  ['a culprit where nobody can be named', { certainty: 'inferred' }, either, ['a -> b: a is blamed wrongly']],
  ['a sound hop', {}, {}, ['a -> b is called broken and is not']],
])('never a wrong culprit: %s', (_, said, right, blames) => {
  const hops = compare(reportOf(intactHop('probe', 'a'), brokenHop('a', 'b', finding(said))), { sound, answer: right });
  expect(hops.flatMap(wrongBlames)).toEqual(blames);
});

test('without a verdict nobody is blamed', () => {
  const nothing = finding({ cause: 'nothing-seen', severity: 'inconclusive', culprit: null, suspects: [] });
  const hop = { ...brokenHop('a', 'b', nothing), verdict: 'inconclusive' };
  expect(compare(reportOf(intactHop('probe', 'a'), hop), { sound, answer }).flatMap(wrongBlames)).toEqual([]);
});

test('what is said, in words', () => {
  const [, hop] = compare(reportOf(intactHop('probe', 'a'), brokenHop('a', 'b', bySpans)), { sound, answer });
  expect(wordsOf(hop.right)).toBe('broken · not-injected · a · proved');
  expect(wordsOf(hop.said)).toBe('broken · not-injected or not-extracted · suspects a, b · inferred');
  expect(wordsOf(undefined)).toBe('not there');
});
