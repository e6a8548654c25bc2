import { expect, test } from 'vitest';
import { openLedger, type SightLedger } from '../../../src/taps/rabbitmq/sight.ts';

/** Does the steps one after another, ten ms apart, and returns the sight ten ms after the last. */
function sightAfter(...steps: ((ledger: SightLedger) => void)[]): ReturnType<SightLedger['sight']> {
  let now = 0;
  const ledger = openLedger('invoices', () => now);
  for (const step of steps) {
    now += 10;
    step(ledger);
  }
  now += 10;
  return ledger.sight();
}

const opened = (ledger: SightLedger): void => ledger.opened();
const heard = (ledger: SightLedger): void => ledger.heard();
const closed = (ledger: SightLedger): void => ledger.closed();
const lost = (ledger: SightLedger): void => ledger.lost('down');
const late = (ledger: SightLedger): void => ledger.late('slow');

test.each([
  ['seen all along', [opened, heard], { from: 10, until: 30, gaps: [] }],
  ['closed', [opened, closed, heard], { from: 10, until: 20, gaps: [] }],
  ['never open', [lost, lost], { from: 0, until: 30, gaps: [], blind: 'down' }],
  ['open late', [lost, opened], { from: 0, until: 30, gaps: [{ from: 0, until: 20, reason: 'down' }] }],
  [
    'lost, since it was last heard of',
    [opened, heard, lost, lost],
    { gaps: [{ from: 20, until: 50, reason: 'down' }] },
  ],
  ['lost and back', [opened, lost, opened, heard], { gaps: [{ from: 10, until: 30, reason: 'down' }] }],
  ['lost and closed', [opened, lost, closed], { until: 30, gaps: [{ from: 10, until: 30, reason: 'down' }] }],
  ['late', [opened, heard, late, heard], { gaps: [{ from: 20, until: 30, reason: 'slow' }] }],
  ['late again', [opened, heard, late, late], { gaps: [{ from: 20, until: 40, reason: 'slow' }] }],
  ['late, heard and late again', [opened, late, heard, late], { gaps: [{ from: 10 }, { from: 30, until: 40 }] }],
  ['late, then lost', [opened, late, lost], { gaps: [{ from: 10, until: 40, reason: 'down' }] }],
  ['late, lost and back', [opened, late, lost, opened], { gaps: [{ from: 10, until: 40, reason: 'down' }] }],
  ['late when closed', [opened, closed, late], { until: 20, gaps: [{ from: 10, until: 20, reason: 'slow' }] }],
  ['late because lost', [opened, lost, late], { gaps: [{ from: 10, until: 40, reason: 'down' }] }],
])('%s', (_what, steps, expected) => {
  const sight = sightAfter(...steps);
  expect(sight).toMatchObject({ part: 'tap', name: 'invoices', dropped: 0, ...expected });
  expect(sight.blind).toBe('blind' in expected ? expected.blind : undefined);
});

test('drops are counted, and the queue is as last looked at', () => {
  const queue = { name: 'mail', messages: 1, consumers: 0 };
  const look = (ledger: SightLedger): void => ledger.counted(queue);
  const drop = (ledger: SightLedger): void => ledger.dropped();
  expect(sightAfter(opened, drop, drop, look)).toMatchObject({ dropped: 2, queue });
  expect(sightAfter(opened, look, (ledger) => ledger.uncounted())).not.toHaveProperty('queue');
});
