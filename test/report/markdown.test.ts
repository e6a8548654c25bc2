/** Markdown for GitHub and GitLab: bounded, and what comes from outside is text. */
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { fenced, html, inline } from '../../src/report/markdown/escape.ts';
import { markdown, markdownWithin } from '../../src/report/markdown.ts';
import { cases } from './cases.ts';
import { empty, HOSTILE, hostile } from './hostile.ts';
import { longChain, shop } from './sample.ts';

const render = (report: Report): string => markdown.render(report, { color: false, width: 80 });
const size = (text: string): number => Buffer.byteLength(text);
const everyOther = (count: number): Set<number> => new Set(Array.from({ length: count }, (_, index) => index * 2));

test.each([2000, 65_536, 1024 * 1024])('no more than %i bytes, and the rest is counted', (most) => {
  const text = markdownWithin(longChain(6000, everyOther(3000)), most);
  expect(size(text)).toBeLessThanOrEqual(most);
  expect(text).toMatch(/and \d+ more/);
  expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
  expect(text.trimEnd().split('\n').at(-1)).toMatch(/^6000 hops: /);
});

test('a comment on GitHub holds it, whatever is in it', () => {
  for (const make of [...Object.values(cases), hostile, empty])
    expect(size(render(make()))).toBeLessThanOrEqual(65_536);
});

test('worst first, what is accepted after that, sound hops last', () => {
  const rows = render(cases['against-a-baseline']?.() ?? shop()).match(/^\| [✗?✓].*$/gm) ?? [];
  expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual([
    '✗ broken',
    '✗ broken, known',
    '? inconclusive, known',
    '✓ intact',
    '✓ intact',
    '✓ intact',
  ]);
});

test('sound hops of a large report are only counted', () => {
  const text = render(longChain(300, new Set([7])));
  expect(text).toContain('299 sound hops are not listed.');
  expect(text.match(/^\| ✓/gm)).toBeNull();
});

describe('hostile text', () => {
  const text = render(hostile());

  test('opens no element, fence, row or cell of its own', () => {
    const elements = new Set(text.replace(/```[\s\S]*?\n```+\n/g, '').match(/<[^>]*>/g));
    expect([...elements].filter((each) => !/^<\/?(?:details|summary|b)>$/.test(each))).toEqual([]);
    const cells = (text.match(/^\|.*\|$/gm) ?? []).map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells)).toEqual(new Set([6]));
  });

  test('calls nobody and links nowhere', () => {
    // What stands in a fence is code, and the title of a `<details>` is HTML: neither is read as Markdown.
    const outside = text.replace(/^(`{3,})[\s\S]*?\n\1\n/gm, '').replace(/^<details>.*$/gm, '');
    expect(text).not.toMatch(/^<details>.*@\w/m);
    expect(outside).not.toMatch(/@\w/);
    expect(outside).not.toMatch(/[^\\]\]\(/);
    expect(outside).not.toContain('https://');
  });

  test.each([
    ['a|b', 'a\\|b'],
    ['<b>&', '&lt;b&gt;&amp;'],
    ['*x* _y_ `z`', '\\*x\\* \\_y\\_ \\`z\\`'],
    ['one\ntwo', 'one\\\\x0atwo'],
    ['@octocat', '@&#8203;octocat'],
  ])('%j in a paragraph is %j', (given, written) => {
    expect(inline(given)).toBe(written);
  });

  test('a title is HTML', () => {
    expect(html('<i>"x"&')).toBe('&lt;i&gt;&quot;x&quot;&amp;');
  });

  test('a fence is longer than any in it', () => {
    expect(fenced('text', ['a ```` b'])).toBe('`````text\na ```` b\n`````\n');
  });
});

describe('the chart', () => {
  /** Lines that Mermaid knows, labels quoted and in characters that mean nothing there. */
  const LABEL = '"[^"`%{}<>;&|[\\]()\\\\]*(?:#\\d+;[^"`%{}<>;&|[\\]()\\\\]*)*"';
  const LINES = [
    /^flowchart LR$/,
    new RegExp(
      `^ {2}n\\d+(?:\\(\\(${LABEL}\\)\\)|\\[${LABEL}\\]|\\{\\{${LABEL}\\}\\}|\\[\\(${LABEL}\\)\\]|>${LABEL}\\]|\\[\\[${LABEL}\\]\\])$`,
    ),
    new RegExp(`^ {2}n\\d+ (?:-->|-\\.->)(?:\\|${LABEL}\\|)? n\\d+$`),
    /^ {2}linkStyle \d+ stroke:#[0-9a-f]{6},stroke-width:\dpx$/,
    /^ {2}style n\d+ stroke:#[0-9a-f]{6},stroke-width:3px$/,
  ];
  const chartOf = (report: Report): string[] =>
    /```mermaid\n([\s\S]*?)\n```/.exec(render(report))?.[1]?.split('\n') ?? [];

  test.each(Object.entries({ ...cases, hostile }))('%s has only lines that Mermaid knows', (name, make) => {
    const lines = chartOf(make());
    if (name !== '300-hops') expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => !LINES.some((known) => known.test(line)))).toEqual([]);
  });

  test('an injected line would be seen', () => {
    expect(LINES.some((known) => known.test('  n0["a"]; click n0 "https://x.test"'))).toBe(false);
    expect(chartOf(hostile()).join('')).toContain('#34;');
    expect(chartOf(hostile()).join('')).not.toContain(HOSTILE.slice(0, 5));
  });

  test('too large a system is not drawn', () => {
    expect(chartOf(longChain(300, new Set([7])))).toEqual([]);
  });
});
