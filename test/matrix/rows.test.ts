import { expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { checkRows } from '../../fixtures/matrix/check-rows.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { loadRows } from '../../fixtures/matrix/systems.mjs';
import { CAUSES, VERDICTS } from '../../src/model/report.ts';

interface System {
  sound: Record<string, unknown>;
  rows: { kind: string }[];
}

const KNOWN = { causes: Object.keys(CAUSES), verdicts: VERDICTS };
const systems: Record<string, System> = await loadRows();
const rows = Object.values(systems).flatMap((system) => system.rows);

test('there are as many rows as were asked for', () => {
  expect(rows.filter(({ kind }) => kind === 'fault').length).toBeGreaterThanOrEqual(60);
  expect(rows.filter(({ kind }) => kind === 'sound').length).toBeGreaterThanOrEqual(25);
});

test.each(Object.entries(systems))('the rows of %s are without mistakes', (_, system) => {
  expect(checkRows(system, KNOWN)).toEqual([]);
});

const sound = { 'a -> b': 'intact' };
const ROW = {
  id: 'H1',
  kind: 'fault',
  mode: 'H1',
  says: 'calls b with a client that nobody instrumented',
  fault: 'unpatched-client',
  evidence: 'wire',
  answer: { 'a -> b': { verdict: 'broken', cause: 'not-injected', culprit: 'a', certainty: 'proved' } },
};
const right = ROW.answer['a -> b'];

test('a row without mistakes', () => {
  expect(checkRows({ sound, rows: [ROW] }, KNOWN)).toEqual([]);
});

test.each<[string, object, string]>([
  ['no name', { id: 'H 1' }, 'an id is letters, digits, dots and dashes'],
  ['nothing said', { says: '' }, 'says is missing'],
  ['no mode', { mode: undefined }, 'mode is missing'],
  ['an unknown kind', { kind: 'flaw' }, 'no kind "flaw"'],
  ['no switch', { fault: undefined }, 'a fault needs a switch, so that it can be healed'],
  ['unknown evidence', { evidence: 'logs' }, 'no evidence "logs"'],
  ['no answer', { answer: {} }, 'a fault needs an answer'],
  ['an unknown hop', { answer: { 'a -> c': right } }, 'no hop "a -> c"'],
  ['an unknown verdict', { answer: { 'a -> b': 'brokn' } }, 'no verdict "brokn"'],
  ['an unknown cause', { answer: { 'a -> b': { ...right, cause: 'not-injectd' } } }, 'no cause "not-injectd"'],
  ['nobody', { answer: { 'a -> b': { ...right, culprit: undefined } } }, 'a -> b: neither culprit nor suspects'],
  ['no certainty', { answer: { 'a -> b': { ...right, certainty: undefined } } }, 'a -> b: proved or inferred?'],
  [
    'proof against several',
    { answer: { 'a -> b': { ...right, culprit: undefined, suspects: ['a', 'b'] } } },
    'a -> b: several suspects cannot be proved',
  ],
  ['a sound row that is broken', { kind: 'sound' }, 'a -> b: not the answer of a sound row'],
])('a row with a mistake: %s', (_, change, message) => {
  expect(checkRows({ sound, rows: [{ ...ROW, ...change }] }, KNOWN)).toEqual([expect.stringContaining(message)]);
});

test('an id that stands twice', () => {
  expect(checkRows({ sound, rows: [ROW, ROW] }, KNOWN)).toEqual(['H1: the id stands twice']);
});
