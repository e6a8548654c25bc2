import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pages } from './pages.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

if (process.env.UPDATE === '1') {
  for (const [name, make] of Object.entries(pages)) writeFileSync(new URL(name, folder), make());
}

test.each(Object.entries(pages))(
  'docs/reference/%s is what the code says (`npm run docs` rewrites it)',
  (name, make) => {
    expect(readFileSync(new URL(name, folder), 'utf8')).toBe(make());
  },
);

test('every page there is made', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(pages).sort());
});
