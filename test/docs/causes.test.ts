import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAUSES, type Cause } from '../../src/model/report.ts';
import { ADVICE } from '../../src/report/advice.ts';

const folder = new URL('../../docs/causes/', import.meta.url);
const causes = Object.keys(CAUSES) as Cause[];

const SECTIONS = ['What it looks like', 'How it is proved', 'What else it could be', 'How to mend it', 'How to check'];
const COMMANDS = ['audit', 'validate', 'plan', 'collect', 'judge', 'render', 'diff', 'explain', 'schema'];

/** What is mended in the system itself, and not in the topology or in the way tracegap is run. */
const mendable = causes.filter((cause) => CAUSES[cause] === 'broken' || CAUSES[cause] === 'degraded');

/** A file in backticks: `nginx.conf`, `sites-enabled/shop.conf`, `Dockerfile`. */
const FILE =
  /`[\w./-]*(?:\.(?:cfg|conf|config|cs|csproj|go|ini|java|js|json|kts|mjs|mod|properties|proto|py|rb|rs|tf|toml|ts|txt|xml|ya?ml)|Dockerfile|Caddyfile)`/;

/** Which file holds what, wherever a page speaks of it. */
const FILES: [technology: RegExp, file: RegExp][] = [
  [/^\*\*nginx\*\*/, /`nginx\.conf`/],
  [/^\*\*Envoy\b/, /`envoy\.yaml`/],
  [/^\*\*HAProxy\*\*/, /`haproxy\.cfg`/],
  [/^\*\*Go\*\*/, /`\w+\.go`/],
  [/^\*\*\.NET\b/, /`\w+\.cs`/],
  [/^\*\*Node\*\*/, /`(?:\w+\.js|package\.json)`/],
  [/^\*\*Spring/, /`(?:application\.yaml|\w+\.java|Dockerfile|pom\.xml)`/],
  [/^\*\*Istio\*\*/, /`[\w-]+\.yaml`/],
];

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
  for (const section of SECTIONS) expect(sectionOf(cause, section).length).toBeGreaterThan(40);
  expect(text.split('\n').length).toBeLessThan(70);
  expect(text.endsWith('\n')).toBe(true);
});

test.each(causes)('%s: the check is a command that there is', (cause) => {
  const commands = [...sectionOf(cause, 'How to check').matchAll(/`tracegap (\w+)/g)].map(([, command]) => command);
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(COMMANDS).toContain(command);
});

test.each(causes)('%s: how to mend it names a file to edit', (cause) => {
  expect(sectionOf(cause, 'How to mend it')).toMatch(FILE);
});

test.each(mendable)('%s: every way to mend it names the file to edit', (cause) => {
  const ways = waysToMend(cause);
  expect(ways.length).toBeGreaterThan(4);
  expect(ways.filter((way) => !FILE.test(way))).toEqual([]);
});

test.each(mendable)('%s: each technology is mended in its own file', (cause) => {
  const elsewhere = FILES.flatMap(([technology, file]) =>
    waysToMend(cause).filter((way) => technology.test(way) && !file.test(way)),
  );
  expect(elsewhere).toEqual([]);
});

test('the technologies that the files are known of are spoken of', () => {
  const ways = mendable.flatMap(waysToMend);
  for (const [technology] of FILES) expect(ways.some((way) => technology.test(way))).toBe(true);
});

test.each(['not-injected', 'stripped', 'restarted', 'not-extracted'] as const)(
  '%s: isolation can decide it',
  (cause) => {
    expect(sectionOf(cause, 'How it is proved')).toMatch(/isolat[\s\S]*`isolate`|`isolate`[\s\S]*isolat/);
  },
);

test.each([
  ['stripped', '`x-tracegap`'],
  ['restarted', '`control: true`'],
  ['not-extracted', '`control: true`'],
  ['silent', '`group`'],
  ['nothing-seen', '`group`'],
  ['nonconforming', '`--conformance`'],
] as const)('%s: its proof speaks of %s', (cause, what) => {
  expect(sectionOf(cause, 'How it is proved')).toContain(what);
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

function sectionOf(cause: string, section: string): string {
  const [, after = ''] = page(cause).split(`## ${section}\n`);
  return (after.split(/^## /m)[0] ?? '').trim();
}

/** The points of the list, each in one line. */
function waysToMend(cause: string): string[] {
  const lines = sectionOf(cause, 'How to mend it').split(/\n(?=- )/);
  return lines.filter((way) => way.startsWith('- ')).map((way) => way.slice(2).replace(/\s+/g, ' '));
}
