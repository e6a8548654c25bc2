/** Links of README and docs: files and anchors are there; addresses elsewhere are well-formed. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { PAGES, ROOT, textOf } from './blocks.ts';
import { anchorOf } from './reference/sections.ts';

interface Link {
  page: string;
  target: string;
}

const links = PAGES.flatMap((page) => linksOf(textOf(page)).map((target) => ({ page, target })));

test('there are links within a page, to pages and to elsewhere', () => {
  expect(links.filter(({ target }) => target.startsWith('#')).length).toBeGreaterThan(50);
  expect(links.filter(({ target }) => /^[\w./-]+\.md$/.test(target)).length).toBeGreaterThan(50);
});

test.each(PAGES)('%s has no dead link', (page) => {
  expect(links.filter((link) => link.page === page && !isAlive(link)).map(({ target }) => target)).toEqual([]);
});

test.each([
  ['a page that is not there', { page: 'README.md', target: 'docs/nowhere.md' }],
  ['a heading that is not there', { page: 'README.md', target: '#nowhere' }],
  ['a heading that another page has not', { page: 'README.md', target: 'docs/topology.md#nowhere' }],
  ['a file outside of the project', { page: 'README.md', target: '../other/README.md' }],
  ['an address without a host', { page: 'README.md', target: 'https://' }],
])('%s is found', (_, link) => {
  expect(isAlive(link)).toBe(false);
});

test('every page is listed in docs/README.md', () => {
  const listed = linksOf(textOf('docs/README.md')).map((target) => join('docs', target));
  const expected = PAGES.filter((page) => page.startsWith('docs/') && !page.startsWith('docs/causes/'));
  expect(expected.filter((page) => page !== 'docs/README.md' && !listed.includes(page))).toEqual([]);
});

function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, '``');
  return [...prose.matchAll(/\]\(([^)\s]*)\)/g)].map(([, target = '']) => target);
}

function isAlive({ page, target }: Link): boolean {
  if (/^[a-z]+:/.test(target)) return /^https:$/.test(scheme(target)) && URL.canParse(target);
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (file.startsWith('..') || !existsSync(ROOT + file)) return false;
  return anchor === undefined || anchorsOf(readFileSync(ROOT + file, 'utf8')).includes(anchor);
}

function scheme(target: string): string {
  return target.slice(0, target.indexOf(':') + 1);
}

/** As GitHub makes them; the second of one name ends with `-1`. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const anchor = anchorOf(heading.replaceAll('\\', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}
