/** Pages of causes as a terminal shows them. Every page counts: the reader of Markdown knows no more than they have. */
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderCausePage, renderCauses } from '../../src/report/table/cause-page.ts';

const FOLDER = new URL('../../docs/causes/', import.meta.url);
const PAGES = readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')] as const);

/** What of a page is to be read: no marks, no addresses of links, and spaces as they may fall. */
function wordsOf(markdown: string): string {
  const unmarked = markdown
    .replace(/^#+ |^\|[-|]+\|$/gm, '')
    .replace(/\]\([^)]+\)/g, '')
    .replaceAll(/[`[\]|]|\*\*/g, '');
  return unmarked.replaceAll(/\s/g, '');
}

test.each(PAGES)('%s: every word, no marks, within the width', (_name, markdown) => {
  for (const columns of [60, 80, 200]) {
    const page = renderCausePage(markdown, columns, false);
    if (!markdown.includes('\n|')) expect(wordsOf(page)).toBe(wordsOf(markdown));
    expect(page).not.toMatch(/^#|\*\*|`|\]\(/m);
    expect(Math.max(...page.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(Math.min(columns, 100));
  }
});

test('headings, code, lists within lists and tables', () => {
  const markdown = `# cause

What it is: a \`header\` that
goes.

- **Node** (\`a.js\`): see [\`stripped\`](stripped.md).
  - one level down, with words that do not do on a line of forty

| | HTTP |
|---|---|
| Go | takes the first |
`;
  const page = renderCausePage(markdown, 40, false);
  expect(page.split('\n').map((each) => each.trimEnd())).toEqual([
    'cause',
    '',
    'What it is: a header that goes.',
    '',
    '- Node (a.js): see stripped.',
    '  - one level down, with words that do',
    '    not do on a line of forty',
    '',
    '      HTTP',
    '  Go  takes the first',
    '',
  ]);
  const painted = renderCausePage(markdown, 40, true);
  expect(painted).toContain('\u001b[36mheader\u001b[39m');
  expect(stripVTControlCharacters(painted)).toBe(page);
});

test('the list of causes hangs its second lines below the first', () => {
  expect(
    renderCauses(
      [
        ['silent', 'nothing came of it'],
        ['cross-talk', 'another one’s context'],
      ],
      26,
    ),
  ).toBe('silent      nothing came\n            of it\ncross-talk  another one’s\n            context\n');
});
