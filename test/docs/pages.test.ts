import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT } from '../../src/model/exit.ts';
import { formats } from '../../src/report/index.ts';
import { readTopology } from '../../src/topology/read.ts';
import { CONFORMANCE_CASES } from '../../src/trace-context/conformance.ts';
import { blocksOf, PAGES, textOf } from './blocks.ts';

const folder = new URL('../../docs/', import.meta.url);

/** Longer than this, what is asked is put in other words in the table. */
const LISTED = 100;

test('the page of the topology file leads to isolation, samples and conformance', () => {
  const text = page('topology.md');
  for (const name of ['isolation', 'samples', 'conformance']) expect(text).toContain(`(${name}.md)`);
});

test('the page of formats has a row for each', () => {
  const rows = [...page('formats.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(expect.arrayContaining(Object.keys(formats).filter((name) => name !== 'html')));
});

/** The reference shows keys that are not supported yet; it is made from an example that a test of its own reads. */
const topologies = PAGES.filter((name) => !name.startsWith('docs/reference/')).flatMap((name) =>
  blocksOf(textOf(name))
    .filter(({ text }) => text.startsWith('version: 1\n'))
    .map(({ text, line }) => ({ name, text, line })),
);

test('there are whole topologies in README and the pages', () => {
  expect(new Set(topologies.map(({ name }) => name))).toContain('README.md');
  expect(topologies.length).toBeGreaterThan(3);
});

test.each(topologies)('the whole topology in $name, line $line, has no problem', ({ name, text }) => {
  const { topology, problems } = readTopology(text, { file: name, env: {}, sha256: 'ab' });
  expect(problems).toEqual([]);
  expect(topology).toBeDefined();
});

test.each(['README.md', 'docs/exit-statuses.md'])('%s has every exit status, and no other', (name) => {
  const rows = textOf(name).match(/^\| \d+ (?=\| [^|]{9})/gm) ?? [];
  expect(rows.map((row) => Number(row.slice(2)))).toEqual(Object.values(EXIT));
});

test('the table of conformance.md has the cases that are sent, in their order', () => {
  const rows = page('conformance.md').match(/^\| `.*$/gm) ?? [];
  expect(rows.map((row) => row.split(' | ').slice(0, 3).join(' | '))).toEqual(
    CONFORMANCE_CASES.map(({ id, section, sent }) => `| \`${id}\` | ${section} | ${sent}`),
  );
});

test.each(CONFORMANCE_CASES.filter(({ asked }) => asked.length <= LISTED))(
  'conformance.md says what $id asks',
  (each) => {
    const row = page('conformance.md')
      .split('\n')
      .find((line) => line.startsWith(`| \`${each.id}\` |`));
    expect(row?.split(' | ')[3]?.replace(/`| \|$/g, '')).toBe(each.asked.replaceAll('`', ''));
  },
);

function page(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}
