import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formats } from '../../src/report/index.ts';
import { readTopology } from '../../src/topology/read.ts';
import { CONFORMANCE_CASES } from '../../src/trace-context/conformance.ts';

const folder = new URL('../../docs/', import.meta.url);
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));

/** Longer than this, what is asked is put in other words in the table. */
const LISTED = 100;

test.each(pages)('%s links to pages that there are', (name) => {
  const links = [...page(name).matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, target = '']) => target);
  expect(links.filter((target) => !existsSync(new URL(target, folder)))).toEqual([]);
});

test('the page of the topology file leads to isolation, samples and conformance', () => {
  const text = page('topology.md');
  for (const name of ['isolation', 'samples', 'conformance']) expect(text).toContain(`(${name}.md)`);
});

test('the page of formats has a row for each', () => {
  const rows = [...page('formats.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(expect.arrayContaining(Object.keys(formats).filter((name) => name !== 'html')));
});

const topologies = pages.flatMap((name) =>
  [...page(name).matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g)].map(([, text = '']) => ({ name, text })),
);

test('there are whole topologies in the pages', () => {
  expect(topologies.length).toBeGreaterThan(0);
});

test.each(topologies)('a whole topology in $name has no problem', ({ name, text }) => {
  const { topology, problems } = readTopology(text, { file: name, env: {}, sha256: 'ab' });
  expect(problems).toEqual([]);
  expect(topology).toBeDefined();
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
