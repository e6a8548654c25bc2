import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { carriesContext } from '../../src/topology/context-names.ts';
import { isContextName } from '../../src/trace-context/carrier.ts';

/** Every header name or prefix that a file spells out. */
function namesIn(file: string): string[] {
  const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
  return [...source.matchAll(/'([a-z0-9_-]+)'/g)].map(([, name = '']) => name);
}

test('topology and trace-context know the same context headers', () => {
  const names = [...namesIn('trace-context/carrier.ts'), ...namesIn('topology/context-names.ts')];
  expect(names.length).toBeGreaterThan(40);
  for (const name of names) {
    expect([name, carriesContext(`${name}x`)]).toEqual([name, isContextName(`${name}x`)]);
    expect([name, carriesContext(name.toUpperCase())]).toEqual([name, isContextName(name)]);
    expect(carriesContext(name)).toBe(true);
  }
  expect(carriesContext('x-request-id')).toBe(false);
});
