import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { SCRIPT, SCRIPT_HASH } from '../../../src/report/html/script.ts';
import { STYLE, STYLE_HASH } from '../../../src/report/html/style.ts';
import { html } from '../../../src/report/html.ts';
import { cases } from '../cases.ts';
import { gateCases } from '../gate-cases.ts';
import { finding, longChain, shop, wire } from '../sample.ts';
import { hostileNames } from './hostile-names.ts';

const render = (report: Report): string => html.render(report, { color: false, width: 80 });
const named = (name: string): string => render(cases[name]?.() ?? shop());

test.each(Object.entries(cases))('%s: the same bytes for the same report, which stays as it was', (_, make) => {
  const report = make();
  const before = JSON.stringify(report);
  const first = render(report);
  expect(render(make())).toBe(first);
  expect(JSON.stringify(report)).toBe(before);
});

test.each([...Object.entries(cases), ['hostile names', hostileNames] as const])(
  '%s: fetches nothing, and its links lead to what is there once',
  (_, make) => {
    const page = render(make());
    expect(page.match(/<(link|img|iframe|object|embed|base|form)\b|@import|url\((?!#)/g)).toBeNull();
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, to = '']) => to);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((to) => !to.startsWith('#') || !ids.includes(to.slice(1)))).toEqual([]);
  },
);

test.each([
  ['style', STYLE, STYLE_HASH],
  ['script', SCRIPT, SCRIPT_HASH],
])('the policy of the page lets its own %s through, and no other', (name, text, hash) => {
  expect(hash).toBe(`sha256-${createHash('sha256').update(text).digest('base64')}`);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(named('healthy'))?.[1];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`${name}-src '${hash}'`);
  expect(policy).not.toContain('unsafe');
});

test('whatever came from outside is text', () => {
  const page = render(hostileNames());
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<\/style/g)).toHaveLength(1);
  const tags = page.replace(/="[^"]*"/g, '').match(/<[^>]*>/g) ?? [];
  expect(tags.filter((tag) => /\son\w|^<(b|img)\b[^>]*x/.test(tag))).toEqual([]);
  const told = ['&lt;/script&gt;&lt;script&gt;', '\\u202e', '\\x1b[31m'];
  expect(told.filter((text) => !page.includes(text))).toEqual([]);
});

test('a context header is shown whole and as it stood', () => {
  const value = `00-${'A'.repeat(32)}-${'x'.repeat(3000)}`;
  const broken = finding('malformed', 'checkout', {
    message: 'm',
    proof: [wire('pricing', [{ name: 'Trace', value }], 'GET /')],
  });
  const page = render(shop({ hops: { 'checkout -> pricing': { findings: [broken] } } }));
  expect(page).toContain(value);
});

test('what is worst stands first, in the page and in each flow', () => {
  const page = named('two-faults-and-unreached');
  const looks = [...page.matchAll(/data-look="(\w+)"/g)].map(([, look]) => look);
  expect(looks).toEqual(['broken', 'broken', 'inconclusive', 'unexercised', 'unexercised', 'intact']);
  expect(page.indexOf('id="faults"')).toBeLessThan(page.indexOf('id="flows"'));
});

test('every verdict has a shape of its own', () => {
  const shapes = [...named('healthy').matchAll(/<symbol id="look-(\w+)"[^>]*>(.*?)<\/symbol>/g)];
  expect(shapes.map(([, look]) => look).sort()).toEqual([
    'broken',
    'degraded',
    'inconclusive',
    'intact',
    'linked',
    'skipped',
    'unexercised',
    'waived',
  ]);
  expect(new Set(shapes.map(([, , shape]) => shape)).size).toBe(shapes.length);
});

test('the picture marks the crossing that broke, and none where nothing did', () => {
  const marks = (page: string): string[] =>
    [...page.matchAll(/aria-label="([^"]*: broken [^"]*)"/g)].map(([, said = '']) => said);
  expect(marks(named('one-proved-break'))).toEqual(['checkout to pricing: broken (checkout → pricing)']);
  expect(marks(named('healthy'))).toEqual([]);
});

test('the proof over time has a break only where context was lost', () => {
  expect(named('one-proved-break')).toContain('in another trace');
  expect(named('one-proved-break')).toContain('the break');
  expect(named('waived')).toContain('class="waterfall"');
  expect(named('waived')).not.toContain('the break');
});

test('1,000 hops: small, the broken ones drawn and open to reading, the sound ones counted', () => {
  const page = render(longChain(1000, new Set([7, 208, 999])));
  expect(page.length).toBeLessThan(1_000_000);
  expect(page).toContain('Drawn: 3 of 1000 hops');
  expect(page).toMatch(/<details class="sound-hops"><summary>/);
  expect(page).toContain('997 intact');
  expect(page.match(/<li class="hop[" ]/g)).toHaveLength(1000);
  const all = render(longChain(1000, new Set(Array.from({ length: 1000 }, (_, index) => index))));
  expect(all.length).toBeLessThan(3_000_000);
  expect(all).toContain('and 900 more');
});

test('no hops, and a flow of which none was asked for', () => {
  const page = render(shop({ only: [] }));
  expect(page).toContain('<h1 class="intact">');
  expect(page).not.toContain('class="flow"');
});

test.each(Object.keys(gateCases))('%s: says what a gate lets through, and why', (name) => {
  const report = gateCases[name]?.() ?? shop();
  const page = render(report);
  const texts = [
    ...(report.notes ?? []).flatMap(({ message, hint }) => [message, hint]),
    ...(report.summary.baseline?.mended ?? []),
    ...report.hops.flatMap(({ waiver }) => (waiver === undefined ? [] : [`waiver: ${waiver.reason}`])),
    ...(report.hops.some(({ known }) => known === true) ? ['known from the baseline'] : []),
  ];
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) expect(page).toContain(text.replaceAll('>', '&gt;'));
});

test('a report without gates says nothing of them', () => {
  expect(render(shop())).not.toContain('Waivers and baseline');
});

test.each([
  ['healthy', 'intact'],
  ['one-proved-break', 'broken'],
  ['inconclusive-with-undeclared', 'inconclusive'],
])('the headline of %s looks %s: a link is as good as intact', (name, look) => {
  expect(named(name)).toContain(`<h1 class="${look}">`);
});

test('what was known is told from what is new, and comes behind it', () => {
  const text = named('against-a-baseline');
  expect(text.match(/<li class="fault \w+">/g)).toHaveLength(1);
  expect(text.match(/<li class="fault \w+ accepted">/g)).toHaveLength(2);
  expect(text.indexOf('</svg> broken</span>')).toBeLessThan(text.indexOf('</svg> broken, known</span>'));
});

test('who lost the context stands out in the path', () => {
  expect(named('one-proved-break')).toMatch(
    /<span class="path">checkout<span class="faint"> →&nbsp;<\/span><strong class="culprit">pricing/,
  );
});
