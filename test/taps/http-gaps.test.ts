import { expect, test } from 'vitest';
import { createGapList } from '../../src/taps/http/gaps.ts';

test('an open stretch ends now, a closed one when it closed', () => {
  const gaps = createGapList();
  const end = gaps.open(10, 'TLS');
  expect(gaps.at(15)).toEqual([{ from: 10, until: 15, reason: 'TLS' }]);
  end(20);
  end(99);
  expect(gaps.at(50)).toEqual([{ from: 10, until: 20, reason: 'TLS' }]);
});

test('stretches of one reason that touch are one, others stay apart, in order', () => {
  const gaps = createGapList();
  gaps.open(30, 'TLS')(40);
  gaps.open(10, 'TLS')(20);
  gaps.open(15, 'HTTP/2')(35);
  gaps.open(20, 'TLS')(25);
  gaps.open(12, 'TLS')(13);
  expect(gaps.at(100)).toEqual([
    { from: 10, until: 25, reason: 'TLS' },
    { from: 15, until: 35, reason: 'HTTP/2' },
    { from: 30, until: 40, reason: 'TLS' },
  ]);
});

test('beyond a hundred, the nearest are joined, so that no blindness is forgotten', () => {
  const gaps = createGapList();
  for (let index = 0; index < 1000; index += 1) gaps.open(index * 10, index % 2 ? 'TLS' : 'HTTP/2')(index * 10 + 5);
  gaps.open(50_000, 'upgraded')(60_000);
  const kept = gaps.at(100_000);
  expect(kept).toHaveLength(100);
  for (const time of [0, 4503, 9995]) {
    expect(kept.some(({ from, until }) => from <= time && time <= until)).toBe(true);
  }
  expect(kept.at(-1)).toEqual({ from: 50_000, until: 60_000, reason: 'upgraded' });
  expect(kept.every(({ reason }) => reason.length <= 200)).toBe(true);
});
