import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAUSES } from '../../src/model/report.ts';
import { ADVICE } from '../../src/report/advice.ts';

const folder = new URL('../../docs/causes/', import.meta.url);
const causes = Object.keys(CAUSES);

const SECTIONS = ['What it looks like', 'How it is proved', 'What else it could be', 'How to mend it', 'How to check'];
const COMMANDS = ['audit', 'validate', 'plan', 'collect', 'judge', 'render', 'diff', 'explain', 'schema'];

test('every cause has its page, and every page its cause', () => {
  expect(readdirSync(folder).sort()).toEqual(causes.map((cause) => `${cause}.md`).sort());
});

test.each(causes)('%s says what, why and what to do', (cause) => {
  const text = page(cause);
  const [title, summary] = text.split('\n\n');
  expect(title).toBe(`# ${cause}`);
  expect(summary).toMatch(/^[A-Z`][^\n]{20,130}[.]$/);
  expect(summary).not.toMatch(/[.] [A-Z]/);
  expect(text.match(/^## .*$/gm)).toEqual(SECTIONS.map((section) => `## ${section}`));
  for (const section of text.split(/^## .*$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(40);
  expect(text.split('\n').length).toBeLessThan(70);
  expect(text.endsWith('\n')).toBe(true);
});

test.each(causes)('%s: the check is a command that there is', (cause) => {
  const check = page(cause).split('## How to check')[1] ?? '';
  const commands = [...check.matchAll(/`tracegap (\w+)/g)].map(([, command]) => command);
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(COMMANDS).toContain(command);
});

test.each(causes)('%s links to pages that there are', (cause) => {
  const links = [...page(cause).matchAll(/\[`([\w-]+)`\]\(([^)]+)\)/g)];
  for (const [, name, target] of links) {
    expect(target).toBe(`${name}.md`);
    expect(causes).toContain(name);
    expect(name).not.toBe(cause);
  }
});

test.each(Object.entries(ADVICE))('the advice for %s is one line', (_, advice) => {
  expect(advice).toMatch(/^[A-Z][^\n]{20,130}[.]$/);
});

function page(cause: string): string {
  return readFileSync(new URL(`${cause}.md`, folder), 'utf8');
}
