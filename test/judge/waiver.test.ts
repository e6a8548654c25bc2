/** Waivers that hold, end soon and have ended, by the day of the run. */
import { expect, test } from 'vitest';
import { waiverNotes, waiverOf } from '../../src/judge/waiver.ts';
import type { Cause, Finding } from '../../src/model/report.ts';
import type { Hop, Waiver } from '../../src/model/topology.ts';
import { finding } from '../report/sample.ts';

const TODAY = '2026-11-23T23:59:59.000Z';

function hopWith(waive: Waiver[]): Hop {
  const policy = {
    relation: 'child' as const,
    restart: 'forbidden' as const,
    deadlineMs: 1,
    waive,
    carry: { tracestate: 'wanted' as const, baggage: 'wanted' as const },
  };
  return { id: 'f: a -> b', flow: 'f', from: 'a', via: [], to: 'b', at: { line: 1, column: 1 }, policy };
}

const waive = (cause: string, until?: string): Waiver => ({
  causes: [cause],
  reason: `for ${cause}`,
  ...(until === undefined ? {} : { until }),
});
const findings = (...causes: Cause[]): Finding[] => causes.map((cause) => finding(cause, 'a', { message: 'm' }));

/** `waived holds 2027-01-31`, or `gates`. */
function outcome(waivers: Waiver[], causes: Cause[] = ['not-injected']): string {
  const { waived, waiver } = waiverOf(hopWith(waivers), findings(...causes), TODAY);
  return [waived ? 'waived' : 'gates', waiver?.state, waiver?.until].filter((part) => part !== undefined).join(' ');
}

test.each([
  ['no waiver', [], 'gates'],
  ['one of another cause', [waive('silent')], 'gates'],
  ['one without an end', [waive('not-injected')], 'waived holds'],
  ['one of any cause', [waive('any')], 'waived holds'],
  ['15 days before its end', [waive('any', '2026-12-08')], 'waived holds 2026-12-08'],
  ['14 days before its end', [waive('any', '2026-12-07')], 'waived ends-soon 2026-12-07'],
  ['on its last day', [waive('any', '2026-11-23')], 'waived ends-soon 2026-11-23'],
  ['the day after', [waive('any', '2026-11-22')], 'gates ended 2026-11-22'],
  [
    'two of one cause: the longer counts',
    [waive('any', '2026-11-22'), waive('any', '2027-01-31')],
    'waived holds 2027-01-31',
  ],
  ['two, the other way round', [waive('any', '2027-01-31'), waive('any', '2026-11-22')], 'waived holds 2027-01-31'],
  ['one that ended, one without an end', [waive('any', '2026-11-22'), waive('any')], 'waived holds'],
])('%s', (_, waivers, expected) => {
  expect(outcome(waivers)).toBe(expected);
});

test('with several findings the waiver that ends first decides', () => {
  const both: Cause[] = ['not-injected', 'silent'];
  expect(outcome([waive('not-injected', '2026-12-01'), waive('silent')], both)).toBe('waived ends-soon 2026-12-01');
  expect(outcome([waive('silent'), waive('not-injected', '2026-11-01')], both)).toBe('gates ended 2026-11-01');
  expect(outcome([waive('not-injected')], both)).toBe('gates');
});

test('what is not broken needs no waiver', () => {
  expect(outcome([waive('any')], ['baggage-lost', 'nothing-seen'])).toBe('gates');
});

test.each([
  ['2026-12-01', 'ends with 2026-12-01, in 8 days (for any)'],
  ['2026-11-24', 'ends with 2026-11-24, in 1 day (for any)'],
  ['2026-11-23', 'ends with 2026-11-23, today (for any)'],
  ['2026-11-22', 'ended with 2026-11-22 (for any), so that the hop fails the run again'],
])('a waiver until %s is spoken of', (until, said) => {
  const { waived, waiver } = waiverOf(hopWith([waive('any', until)]), findings('silent'), TODAY);
  const hop = { id: 'f: a -> b', ...(waiver === undefined ? {} : { waiver }), waived };
  const [note] = waiverNotes([hop as Parameters<typeof waiverNotes>[0][number]], TODAY);
  expect(note).toMatchObject({ about: 'waiver', hop: 'f: a -> b', message: `the waiver of f: a -> b ${said}` });
});

test('of one that holds for long nothing is said', () => {
  const { waiver } = waiverOf(hopWith([waive('any', '2027-01-31')]), findings('silent'), TODAY);
  const hop = { id: 'f: a -> b', waiver } as Parameters<typeof waiverNotes>[0][number];
  expect(waiverNotes([hop], TODAY)).toEqual([]);
});
