import { expect, test } from 'vitest';
import { percent } from '../../src/report/table/percent.ts';

test.each([
  [0, '0'],
  [0.0001, '0.01'],
  [0.004, '0.4'],
  [0.01, '1'],
  [0.1078, '11'],
  [0.99, '99'],
  [0.994, '99.4'],
  [0.9997, '99.97'],
  [1, '100'],
])('%d is %s %%', (share, expected) => {
  expect(percent(share)).toBe(expected);
});
