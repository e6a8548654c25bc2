import { expect, test } from 'vitest';
import { nearest, suggestion } from '../../src/topology/nearest.ts';

const WORDS = ['service', 'resource', 'span', 'spans', 'url', 'tap', 'tls'];

test.each([
  ['servce', 'service'],
  ['Service', 'service'],
  ['sevrice', 'service'],
  ['spns', 'spans'],
  ['ulr', 'url'],
  ['tpa', 'tap'],
  ['uri', 'url'],
  ['ressources', 'resource'],
  ['colour', undefined],
  ['x', undefined],
  ['', undefined],
])('%j', (word, expected) => {
  expect(nearest(word, WORDS)).toBe(expected);
});

test('where no word is near, all of them are named', () => {
  expect(suggestion('colour', ['url', 'tap'])).toBe('Known here: `url`, `tap`.');
  expect(suggestion('ulr', ['url', 'tap'])).toBe('Did you mean `url`?');
  expect(suggestion('ulr', [])).toBeUndefined();
});
