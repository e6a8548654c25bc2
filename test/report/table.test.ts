import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { widthOf } from '../../src/report/table/text.ts';
import { table } from '../../src/report/table.ts';
import { cases } from './cases.ts';
import { finding, longChain, record, shop, span, TRACE, TRACEPARENT } from './sample.ts';

const looks = [
  { name: '80', width: 80, color: false },
  { name: '80.color', width: 80, color: true },
  { name: '120', width: 120, color: false },
  { name: '120.color', width: 120, color: true },
];

describe.each(Object.entries(cases))('%s', (name, make) => {
  test.each(looks)('at $name as in its golden file', (look) => {
    const text = table.render(make(), look);
    expect(text).toBe(golden(`${name}.${look.name}.txt`, text));
  });

  test('fits the width, and colours change nothing but colours', () => {
    for (const width of [40, 57, 80, 120, 200]) {
      const plain = table.render(make(), { width, color: false });
      const tooLong = plain.split('\n').filter((text) => widthOf([{ text, style: 'plain' }]) > width);
      expect(tooLong).toEqual([]);
      expect(unescaped(plain)).toEqual([]);
      const painted = stripVTControlCharacters(table.render(make(), { width, color: true }));
      expect(painted.replace(/ +$/gm, '')).toBe(plain);
    }
  });
});

test('only colours reach the terminal, whatever came over the wire', () => {
  const text = table.render(made('hostile-bytes'), { width: 80, color: true });
  const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  expect(text).toMatch(colours);
  expect(unescaped(text.replace(colours, ''))).toEqual([]);
  expect(text).toContain('\\x1b]0;owned\\x07');
});

test('is the same text for the same report, which it leaves as it was', () => {
  const report = made('hostile-bytes');
  const before = JSON.stringify(report);
  const first = table.render(report, { width: 80, color: true });
  expect(table.render(report, { width: 80, color: true })).toBe(first);
  expect(JSON.stringify(report)).toBe(before);
});

test.each([
  ['the sender', 'checkout', 'checkout ─✗→ orders ──→ billing ──→'],
  ['the mediator', 'orders', 'checkout ──→ orders ─✗→ billing ──→'],
  ['the receiver', 'billing', 'checkout ──→ orders ─✗→ billing ──→'],
  ['nobody on the hop', 'mesh', 'checkout ─✗→ orders ─✗→ billing ──→'],
])('the mark stands where %s broke it', (_, culprit, chain) => {
  const broken = finding('restarted', culprit, {
    message: 'm',
    proof: [record([{ name: 'traceparent', value: TRACEPARENT }])],
  });
  const report = shop({ hops: { 'checkout -> orders -> billing': { findings: [broken] } } });
  expect(table.render(report, { width: 80, color: false })).toContain(chain);
});

test('every verdict looks different without colour', () => {
  const marks = (['broken', 'inconclusive', 'unexercised', 'degraded', 'linked', 'intact'] as const).map((verdict) => {
    const report = shop({ only: ['checkout -> pricing'], hops: { 'checkout -> pricing': { verdict } } });
    const text = table.render(report, { width: 80, color: false });
    expect(text).toMatch(new RegExp(`^ {2}. ${verdict} +checkout → pricing`, 'm'));
    return /checkout (.*) pricing/.exec(text)?.[1];
  });
  expect(new Set(marks).size).toBe(marks.length);
});

test('the trace of another probe is not called that of the probe', () => {
  const other = 'f'.repeat(32);
  const made = (traceId: string): string => {
    const proof = [span('checkout', 'GET', { spanId: 'a'.repeat(16), traceId })];
    const leaked = finding('cross-talk', 'checkout', { message: 'm', proof });
    const report = shop({ hops: { 'checkout -> pricing': { findings: [leaked] } } });
    const [probe] = report.probes;
    if (probe === undefined) throw new Error('the sample has no probe');
    report.probes.push({ ...probe, id: 'other', traceId: other });
    return table.render(report, { width: 80, color: false });
  };
  expect(made(other)).toContain("(another probe's)");
  expect(made(TRACE)).toContain("(the probe's)");
});

test('only the sound hops of a large report are left out, and counted', () => {
  const broken = new Set(Array.from({ length: 230 }, (_, index) => index));
  const text = table.render(longChain(300, broken), { width: 80, color: false });
  expect(text.match(/^ {2}✗ broken/gm)).toHaveLength(200);
  expect(text).toContain('and 30 broken, 70 intact, not listed');
  expect(text.match(/^✗ not-injected/gm)).toHaveLength(50);
  expect(text).toContain('and 180 more faults');
});

test('200 hops are all listed', () => {
  const text = table.render(longChain(200, new Set()), { width: 80, color: false });
  expect(text.match(/^ {2}✓ intact/gm)).toHaveLength(200);
  expect(text).not.toContain('not listed');
});

const plainly = (name: string, width = 80): string => table.render(made(name), { width, color: false });

test('several faults are named once more at the end; one is not, nor what was accepted', () => {
  const recalled = plainly('two-faults-and-unreached').split('What is wrong\n')[1];
  expect(recalled).toContain('  ✗ restarted  edge replaced the trace id\n  ✗ not-injected or stripped');
  expect(recalled).toContain('(2 hops)');
  expect(plainly('one-proved-break')).not.toContain('What is wrong');
  expect(plainly('against-a-baseline')).not.toContain('What is wrong');
});

test('a column that would be empty is not there', () => {
  expect(plainly('healthy')).toMatch(/^ {2}verdict +hop$/m);
  expect(plainly('inconclusive-with-undeclared')).toMatch(/^ {2}verdict +hop +cause$/m);
  expect(plainly('one-proved-break')).toMatch(/^ {2}verdict +hop +cause +who$/m);
});

test('a hop tells its line also where the name of the file is too long', () => {
  const report = made('one-proved-break');
  report.topology.file = `${'deep/'.repeat(12)}tracegap.yaml`;
  const text = table.render(report, { width: 80, color: false });
  expect(text).toMatch(/^ {2}hop +checkout → pricing +line 42$/m);
  expect(text).not.toMatch(/^ {2}hop .*yaml/m);
});

test('red accuses nobody of what was accepted', () => {
  const red = `${String.fromCharCode(27)}[31m`;
  const who = (name: string): string | undefined =>
    /^.*who .*billing.*$/m.exec(table.render(made(name), { width: 80, color: true }))?.[0];
  expect(who('waiver-ended')).toContain(red);
  expect(who('waiver-ends-soon')).not.toContain(red);
  expect(who('only-known')).not.toContain(red);
});

function made(name: string): Report {
  const make = cases[name];
  if (make === undefined) throw new Error(`the case ${name} is gone`);
  return make();
}

/** Characters that a terminal would obey or that would not be seen. */
function unescaped(text: string): string[] {
  return text.match(/[^\P{Cc}\n]|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/gu) ?? [];
}

/** The file's text; with UPDATE=1 it is written first. */
function golden(name: string, text: string): string {
  const folder = new URL('golden/', import.meta.url);
  if (process.env.UPDATE === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(name, folder), text);
  }
  return readFileSync(new URL(name, folder), 'utf8');
}
