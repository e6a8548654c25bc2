/** JUnit XML against the rules of Jenkins's junit-10.xsd (xunit plugin) and of GitLab's page on unit test reports. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { XMLParser } from 'fast-xml-parser';
import { beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensureXmllint } from '../../fixtures/parts/checkers.mjs';
import type { Report } from '../../src/model/report.ts';
import { junit } from '../../src/report/junit.ts';
import { cases } from './cases.ts';
import { empty, hostile } from './hostile.ts';
import { finding, longChain, shop } from './sample.ts';

/** Children and attributes of each element as junit-10.xsd has them; `!` marks what must be there. */
const SCHEMA: Record<string, { children: string[]; attributes: string[] }> = {
  testsuites: { children: ['testsuite'], attributes: ['name', 'time', 'tests', 'failures', 'errors'] },
  testsuite: {
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    attributes: [
      'name!',
      'tests!',
      'failures!',
      'errors!',
      'group',
      'time',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
      'file',
      'log',
      'url',
      'version',
    ],
  },
  properties: { children: ['property'], attributes: [] },
  property: { children: [], attributes: ['name!', 'value!'] },
  testcase: {
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    attributes: ['name!', 'time', 'classname', 'group'],
  },
  failure: { children: [], attributes: ['type', 'message'] },
  error: { children: [], attributes: ['type', 'message'] },
  skipped: { children: [], attributes: ['type', 'message'] },
  'system-out': { children: [], attributes: [] },
};
/** SUREFIRE_TIME, the simple half of it. */
const TIME = /^\d+\.\d{1,3}$/;

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const everything = { ...cases, hostile, empty, many: () => longChain(1000, new Set([3])) };
let xmllint = '';

beforeAll(async () => {
  xmllint = await ensureXmllint();
});

describe.each(Object.entries(everything))('%s', (_, make) => {
  const root = parse(junit.render(make(), { color: false, width: 80 }));

  test('keeps the rules of junit-10.xsd', () => {
    expect(faultsOf(root)).toEqual([]);
  });

  test('counts what it holds, and names no two cases alike', () => {
    const all = root.children.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));
    expect(all).toHaveLength(make().hops.length);
    expect(new Set(all.map(({ attributes }) => `${attributes.classname} ${attributes.name}`)).size).toBe(all.length);
    for (const suite of [root, ...root.children]) {
      const inside = suite === root ? all : suite.children.filter(({ name }) => name === 'testcase');
      const count = (name: string): string =>
        String(inside.filter(({ children }) => children[0]?.name === name).length);
      expect(suite.attributes).toMatchObject({
        tests: String(inside.length),
        failures: count('failure'),
        errors: count('error'),
      });
    }
  });
});

test('a fault in the document would be seen', () => {
  expect(faultsOf(parse('<testsuites><testsuite name="a" tests="1"/><testcase/></testsuites>'))).toEqual([
    'testsuites holds testcase',
    'testsuite lacks failures',
    'testsuite lacks errors',
    'testcase lacks name',
  ]);
});

test('xmllint finds all of them well-formed, and would say so if they were not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tracegap-junit-'));
  const files = await Promise.all(
    Object.entries(everything).map(async ([name, make]) => {
      await writeFile(join(folder, `${name}.xml`), junit.render(make(), { color: false, width: 80 }));
      return join(folder, `${name}.xml`);
    }),
  );
  const check = (names: string[]) => promisify(execFile)(xmllint, ['--noout', '--nonet', ...names]);
  await expect(check(files)).resolves.toMatchObject({ stderr: '' });
  await writeFile(join(folder, 'bad.xml'), '<testsuites>\u0001</testsuites>');
  await expect(check([join(folder, 'bad.xml')])).rejects.toThrow();
  await rm(folder, { recursive: true });
});

const broken = finding('not-injected', 'checkout', { message: 'm' });
const unseen = finding('nothing-seen', null, { message: 'm' });
const unreached = finding('not-reached', null, { message: 'm' });

test.each([
  ['a broken hop fails', { findings: [broken] }, 'failure'],
  ['what could not be judged is an error, as it fails a run', { findings: [unseen] }, 'error'],
  ['what was not reached is an error', { findings: [unreached] }, 'error'],
  ['what need not be reached is skipped', { findings: [unreached], optional: true }, 'skipped'],
  ['a waived hop is skipped', { findings: [broken], waived: true }, 'skipped'],
  ['a known break is skipped', { findings: [broken], known: true as const }, 'skipped'],
  ['what was known to be unseen is skipped', { findings: [unseen], known: true as const }, 'skipped'],
  [
    'a degraded hop passes, and says so',
    { findings: [finding('baggage-lost', 'checkout', { message: 'm' })] },
    'system-out',
  ],
  ['an intact hop passes', {}, undefined],
] as const)('%s', (_, outcome, child) => {
  const hops = {
    'checkout -> pricing': { ...outcome, findings: [...('findings' in outcome ? outcome.findings : [])] },
  };
  const report: Report = shop({ only: ['checkout -> pricing'], hops });
  const [testcase] = parse(junit.render(report, { color: false, width: 80 })).children[0]?.children.slice(-1) ?? [];
  expect(testcase?.children.map(({ name }) => name)).toEqual(child === undefined ? [] : [child]);
});

test('a waived case says why and until when', () => {
  const text = junit.render(cases['waiver-ends-soon']?.() ?? shop(), { color: false, width: 80 });
  expect(text).toContain('message="waived (TICKET-41, until 2026-12-01): not-injected: ');
});

function faultsOf({ name, attributes, children }: Element): string[] {
  const rule = SCHEMA[name] ?? { children: [], attributes: [] };
  const known = rule.attributes.map((each) => each.replace('!', ''));
  return [
    ...(name in SCHEMA ? [] : [`${name} is unknown`]),
    ...children.filter((child) => !rule.children.includes(child.name)).map((child) => `${name} holds ${child.name}`),
    ...Object.keys(attributes)
      .filter((each) => !known.includes(each))
      .map((each) => `${name} has ${each}`),
    ...rule.attributes
      .filter((each) => each.endsWith('!') && !(each.slice(0, -1) in attributes))
      .map((each) => `${name} lacks ${each.slice(0, -1)}`),
    ...('time' in attributes && !TIME.test(attributes.time ?? '') ? [`${name} has time ${attributes.time}`] : []),
    ...children.flatMap(faultsOf),
  ];
}

function parse(text: string): Element {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    preserveOrder: true,
    ignoreDeclaration: true,
    parseAttributeValue: false,
    parseTagValue: false,
  });
  const [root] = parser.parse(text) as Record<string, unknown>[];
  return toElement(root ?? {});
}

function toElement(node: Record<string, unknown>): Element {
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const inside = node[name] as Record<string, unknown>[];
  const texts = inside.filter((child) => '#text' in child).map((child) => String(child['#text']));
  return {
    name,
    attributes: (node[':@'] ?? {}) as Record<string, string>,
    children: inside.filter((child) => !('#text' in child)).map(toElement),
    text: texts.join(''),
  };
}
