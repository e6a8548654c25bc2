import { expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { readOptions } from '../../fixtures/matrix/options.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { groupsOf, lanesOf, meaningless, runsOf, selectRows } from '../../fixtures/matrix/plan.mjs';

interface Row {
  id: string;
  kind: string;
  fault?: string;
  taps?: string[];
}

const row = (id: string, fault?: string, taps?: string[], kind = 'fault'): Row => ({
  id,
  kind,
  ...(fault ? { fault } : {}),
  ...(taps ? { taps } : {}),
});

const systems = {
  web: { rows: [row('H1', 'fetch'), row('H2', 'http2'), row('H3', 'esm'), row('H4', 'bundle')] },
  kafka: { rows: [row('K1', 'bare'), row('H1', 'other')] },
};
const select = (choice: object) => {
  const chosen: Record<string, Row[]> = selectRows(systems, { only: [], everFailed: [], ...choice });
  return Object.entries(chosen).flatMap(([system, rows]) => rows.map(({ id }) => `${system}/${id}`));
};

test('all rows, those of a name, or a fixed third with what ever failed', () => {
  expect(select({})).toHaveLength(6);
  expect(select({ only: ['kafka'] })).toEqual(['kafka/K1', 'kafka/H1']);
  expect(select({ only: ['H1'] })).toEqual(['web/H1', 'kafka/H1']);
  expect(select({ only: ['web/H1', 'K1'] })).toEqual(['web/H1', 'kafka/K1']);
  expect(select({ third: 0 })).toEqual(['web/H1', 'web/H4', 'kafka/K1']);
  expect(select({ third: 2 })).toEqual(['web/H3']);
  expect(select({ third: 2, everFailed: ['kafka/K1'] })).toEqual(['web/H3', 'kafka/K1']);
  expect([0, 1, 2].flatMap((third) => select({ third })).sort()).toEqual(select({}).sort());
});

test('a name that names nothing', () => {
  expect(meaningless(systems, ['web', 'H1', 'kafka/K1'])).toEqual([]);
  expect(meaningless(systems, ['webb', 'kafka/H2'])).toEqual(['webb', 'kafka/H2']);
});

test('rows of the same processes stand together; a tap left out of the topology file changes no process', () => {
  const rows = [
    row('1', 'x'),
    row('2', 'y', ['b', 'a']),
    row('3', 'x', ['-orders']),
    row('4', 'y', ['a', 'b']),
    row('5'),
  ];
  const groups: { rows: Row[]; taps: string[] }[] = groupsOf(rows);
  expect(groups.map((group) => group.rows.map(({ id }) => id))).toEqual([['1', '3'], ['2', '4'], ['5']].sort(order));
  expect(groups.map(({ taps }) => taps)).toContainEqual(['a', 'b']);
});

const order = (a: string[], b: string[]): number => GROUPS.indexOf(String(a)) - GROUPS.indexOf(String(b));
const GROUPS = ['2,4', '1,3', '5'];

test('a large system is gone through by several instances, and no row is lost', () => {
  const many = Array.from({ length: 60 }, (_, index) => row(`${index}`, `fault-${index}`));
  const lanes: { system: string; groups: { rows: Row[] }[] }[] = lanesOf({ web: many, kafka: [row('K1', 'bare')] });
  expect(lanes.map(({ groups }) => runsOf(groups))).toEqual([40, 40, 40, 2]);
  const ids = lanes.flatMap(({ groups }) => groups.flatMap(({ rows }) => rows.map(({ id }) => id)));
  expect(ids.sort()).toEqual([...many.map(({ id }) => id), 'K1'].sort());
});

test('the command line', () => {
  expect(readOptions(['--only', 'web', '--only', 'K1', '--third', '1', '--keep', 'x'])).toEqual({
    only: ['web', 'K1'],
    third: 1,
    variant: 'default',
    keep: 'x',
    write: false,
    atOnce: 2,
  });
  expect(readOptions(['--variant', 'own-ids', '--write'])).toMatchObject({ variant: 'own-ids', write: true });
  expect(() => readOptions(['--third', '3'])).toThrow('--third is 0, 1 or 2');
  expect(() => readOptions(['--at-once', '0'])).toThrow('--at-once is 1 to 9');
  expect(() => readOptions(['--variant', 'own'])).toThrow('no variant "own"');
  expect(() => readOptions(['--write', '--only', 'web'])).toThrow('--write needs the whole matrix');
});
