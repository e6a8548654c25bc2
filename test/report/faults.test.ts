import { expect, test } from 'vitest';
import { faultsOf } from '../../src/report/faults.ts';
import { cases } from './cases.ts';
import { finding, OTHER_TRACE, record, shop, span, wire } from './sample.ts';

const hopsOf = (report: Parameters<typeof faultsOf>[0]): string[][] =>
  faultsOf(report).map(({ shownBy }) => shownBy.map(({ hop }) => hop.to));

const bare = { message: 'm', proof: [record([])] };

test('one bare record that two consumers read is one fault', () => {
  const [first, second] = ['checkout -> orders -> billing', 'checkout -> orders -> stock'] as const;
  const same = shop({
    hops: {
      [first]: { findings: [finding('not-injected', 'checkout', bare)] },
      [second]: { findings: [finding('not-injected', 'checkout', bare)] },
    },
  });
  expect(hopsOf(same)).toEqual([['billing', 'stock']]);
});

test.each([
  ['another culprit', finding('not-injected', 'billing', bare)],
  ['another cause', finding('malformed', 'checkout', bare)],
  ['another place', finding('not-injected', 'checkout', { message: 'm', proof: [wire('pricing', [], 'GET /')] })],
])('%s is another fault', (_, other) => {
  const report = shop({
    hops: {
      'checkout -> orders -> billing': { findings: [finding('not-injected', 'checkout', bare)] },
      'checkout -> orders -> stock': { findings: [other] },
    },
  });
  expect(hopsOf(report)).toEqual([['billing'], ['stock']]);
});

test('what only spans show is one fault where the spans are the same', () => {
  const shownBy = (spanId: string) =>
    finding('not-injected', null, { message: 'm', proof: [span('x', 'GET', { spanId, traceId: OTHER_TRACE })] });
  const report = shop({
    hops: {
      'checkout -> pricing': { findings: [shownBy('1f00d5c2b4a69788')] },
      'checkout -> orders -> billing': { findings: [shownBy('00f067aa0ba902b7')] },
      'checkout -> orders -> stock': { findings: [shownBy('00f067aa0ba902b7')] },
    },
  });
  expect(hopsOf(report)).toEqual([['pricing'], ['billing', 'stock']]);
});

test('worst first, waived last', () => {
  const order = (name: string): string[] =>
    faultsOf(cases[name]?.() ?? shop()).map(({ severity, waived }) => (waived ? 'waived' : severity));
  expect(order('waived')).toEqual(['degraded', 'waived']);
  expect(order('two-faults-and-unreached')).toEqual(['broken', 'broken', 'inconclusive', 'unexercised']);
  expect(order('healthy')).toEqual([]);
});

test('a hop that was not reached is a fault only where it must be', () => {
  const findings = [finding('not-reached', null, { message: 'checkout finished' })];
  const report = shop({
    hops: {
      'checkout -> orders -> billing': { findings, optional: true },
      'checkout -> orders -> stock': { findings },
      'checkout -> pricing': { findings: [finding('not-injected', 'checkout', bare)], optional: true },
    },
  });
  expect(hopsOf(report)).toEqual([['pricing'], ['stock']]);
});
