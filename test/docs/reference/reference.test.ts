import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { topologyJsonSchema } from '../../../src/topology/schema.ts';
import { pages, topologyExamples } from './pages.ts';

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

test.each(Object.entries(pages))('%s has no heading twice, and no table without rows', (_, make) => {
  const headings: string[] = make().match(/^## .*$/gm) ?? [];
  expect(headings.filter((heading, index) => headings.indexOf(heading) !== index)).toEqual([]);
  expect(make()).not.toMatch(/^\| ---.*\n\n/m);
});

test('every key of the topology file is shown in an example, or is a mapping that is', () => {
  const rows: string[] = pages['topology.md']?.().match(/^\| `.*$/gm) ?? [];
  expect(rows.length).toBeGreaterThan(100);
  const bare = rows.filter((row) => row.endsWith('|  |') && !row.includes('](#'));
  expect(bare.length).toBeLessThan(rows.length / 10);
});

test('the examples are topologies', () => {
  const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
  formats.default(ajv);
  const takes = ajv.compile(topologyJsonSchema());
  for (const text of topologyExamples) {
    takes(parse(text, { merge: true }));
    expect(takes.errors).toBeNull();
  }
});
