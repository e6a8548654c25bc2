import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { showsLinks } from '../../src/cli/terminal.ts';
import { table } from '../../src/report/table.ts';
import { cases } from '../report/cases.ts';
import { shop } from '../report/sample.ts';

const LINKS = { topology: 'file:///work/tracegap.yaml', causes: 'file:///docs/causes/' };

test.each([
  [true, { TERM_PROGRAM: 'vscode' }],
  [true, { TERM_PROGRAM: 'iTerm.app' }],
  [true, { VTE_VERSION: '7200' }],
  [false, { VTE_VERSION: '4800' }],
  [false, { TERM_PROGRAM: 'Apple_Terminal' }],
  [false, {}],
  [false, { TERM_PROGRAM: 'vscode', CI: '1' }],
])('%s for %o', (shows, env) => {
  expect(showsLinks({ isTTY: true }, env)).toBe(shows);
  expect(showsLinks({ isTTY: false }, env)).toBe(false);
});

test.each(Object.entries(cases))('%s: links change nothing but links', (_, make) => {
  const plain = table.render(make(), { width: 80, color: false });
  const linked = table.render(make(), { width: 80, color: false, links: LINKS });
  expect(stripVTControlCharacters(linked)).toBe(plain);
});

test('a hop leads to its line, a cause to its page, and without links there is none', () => {
  const report = cases['one-proved-break']?.() ?? shop();
  const text = table.render(report, { width: 120, color: false, links: LINKS });
  expect(text).toContain('\x1b]8;;file:///work/tracegap.yaml#L42\x1b\\tracegap.yaml:42\x1b]8;;\x1b\\');
  expect(text).toContain('\x1b]8;;file:///docs/causes/not-extracted.md\x1b\\tracegap explain not-extracted\x1b]8;;');
  expect(table.render(report, { width: 120, color: true })).not.toContain('\x1b]8');
});
