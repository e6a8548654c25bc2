import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseEvidence } from '../../src/evidence/parse-evidence.ts';
import { evidenceSchema } from '../../src/evidence/schema.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import { parseReport } from '../../src/report/parse-report.ts';
import { reportSchema } from '../../src/report/report-schema.ts';
import { cases } from './cases.ts';
import { fullEvidence, leanEvidence } from './sample-evidence.ts';

const schemas = { report: reportSchema, evidence: evidenceSchema };

/** A change to a sample, which makes it wrong, and what a person is told. */
type Flaw = [name: string, path: (string | number)[], value: unknown, problem: string];

const fileOf = (name: string): URL => new URL(`../../schemas/${name}.schema.json`, import.meta.url);
const textOf = (schema: z.ZodType): string => `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;

if (process.env.UPDATE === '1') {
  for (const [name, schema] of Object.entries(schemas)) writeFileSync(fileOf(name), textOf(schema));
}

test.each(Object.entries(schemas))(
  'schemas/%s.schema.json is what the code says (UPDATE=1 rewrites it)',
  (name, schema) => {
    expect(readFileSync(fileOf(name), 'utf8')).toBe(textOf(schema));
  },
);

function published(name: string): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  return ajv.compile(JSON.parse(readFileSync(fileOf(name), 'utf8')));
}

describe('report', () => {
  const conforms = published('report');
  const report = (): Report => cases['two-consumers-one-bare-record']?.() ?? never();

  test.each(Object.entries(cases))('%s is read, and conforms to the published schema', (_, make) => {
    expect(parseReport(make())).toEqual({ report: make(), problems: [] });
    expect(conforms(make())).toBe(true);
  });

  test.each<Flaw>([
    ['a misspelt key', ['sumary'], {}, 'unknown key "sumary"'],
    ['a missing key', ['summary'], undefined, 'summary: missing, expected an object'],
    [
      'a cause of somebody else',
      ['hops', 3, 'findings', 0, 'cause'],
      'lost',
      'hops[3].findings[0].cause: expected one of malformed, ',
    ],
    [
      'an id of the wrong length',
      ['probes', 0, 'traceId'],
      'abc',
      'probes[0].traceId: expected 32 hex digits, got "abc"',
    ],
    [
      'an unknown kind of proof',
      ['hops', 3, 'findings', 0, 'proof', 0, 'kind'],
      'rumour',
      'hops[3].findings[0].proof[0].kind: expected one of span, wire, record, isolation, response, absence, got "rumour"',
    ],
    ['a half count', ['summary', 'faults'], 0.5, 'summary.faults: expected a whole number, got 0.5'],
    ['a negative count', ['summary', 'faults'], -1, 'summary.faults: expected a number of at least 0, got -1'],
    ['local time', ['run', 'startedAt'], '2026-11-23 10:00', 'run.startedAt: expected a UTC time like '],
    ['a list for a text', ['hops', 0, 'from'], [], 'hops[0].from: expected a text, got a list'],
    ['a node that is no object', ['topology', 'nodes', 'a.b'], 7, 'topology.nodes["a.b"]: expected an object, got 7'],
  ])('%s is refused by both', (_, path, value, problem) => {
    const flawed = changed(report(), path, value);
    expect(parseReport(flawed).problems[0]).toContain(problem);
    expect(parseReport(flawed).report).toBeUndefined();
    expect(conforms(flawed)).toBe(false);
  });
});

describe('evidence', () => {
  const conforms = published('evidence');

  test.each([
    ['with every field', fullEvidence],
    ['with none that may be left out', leanEvidence],
  ])('%s is read, and conforms', (_, make) => {
    expect(parseEvidence(make())).toEqual({ evidence: make(), problems: [] });
    expect(conforms(make())).toBe(true);
  });

  test.each<Flaw>([
    ['an unknown key in a span', ['spans', 0, 'parent'], 'x', 'spans[0]: unknown key "parent"'],
    ['a short trace id', ['spans', 0, 'traceId'], 'abc', 'spans[0].traceId: expected 32 hex digits, got "abc"'],
    [
      'an upper-case span id',
      ['spans', 0, 'spanId'],
      '00F067AA0BA902B7',
      'spans[0].spanId: expected 16 hex digits, got "00F067AA0BA902B7"',
    ],
    [
      'an attribute that is an object',
      ['spans', 0, 'attributes', 'http.route'],
      {},
      'spans[0].attributes["http.route"]: expected a text, number, boolean or list of texts, got an object',
    ],
    ['a time as number', ['wire', 0, 'at'], 17, 'wire[0].at: expected a text, got 17'],
    [
      'a marker that is none',
      ['wire', 0, 'tie', 0, 'probe'],
      'x',
      'wire[0].tie[0].probe: expected a lower-case UUID, got "x"',
    ],
    [
      'an unknown relation',
      ['topology', 'hops', 0, 'policy', 'relation'],
      'sibling',
      'topology.hops[0].policy.relation: expected one of child, link, either, got "sibling"',
    ],
    [
      'flags of more than 32 bits',
      ['spans', 0, 'flags'],
      2 ** 33,
      'spans[0].flags: expected a number of at most 4294967295, got 8589934592',
    ],
    ['no sight', ['sight'], undefined, 'sight: missing, expected a list'],
  ])('%s is refused by both', (_, path, value, problem) => {
    const flawed = changed(fullEvidence(), path, value);
    expect(parseEvidence(flawed).problems[0]).toBe(problem);
    expect(parseEvidence(flawed).evidence).toBeUndefined();
    expect(conforms(flawed)).toBe(false);
  });
});

describe('a file of another kind or version is one problem', () => {
  const report = cases.healthy?.() ?? never();
  test.each([
    ['a text', 'x', 'expected a report: a JSON object', 'expected evidence: a JSON object'],
    ['a list', [], 'expected a report: a JSON object', 'expected evidence: a JSON object'],
    ['null', null, 'expected a report: a JSON object', 'expected evidence: a JSON object'],
    [
      'a later version',
      { version: 2 },
      'version: this tracegap reads reports of version 1, got 2',
      'version: this tracegap reads evidence of version 1, got 2',
    ],
  ])('%s', (_, value, asReport, asEvidence) => {
    expect(parseReport(value)).toEqual({ problems: [asReport] });
    expect(parseEvidence(value)).toEqual({ problems: [asEvidence] });
  });

  test('the one for the other', () => {
    expect(parseReport(fullEvidence()).problems).toEqual([expect.stringContaining('`tracegap judge`')]);
    expect(parseEvidence(report).problems).toEqual([expect.stringContaining('`tracegap render`')]);
  });
});

test('at most ten problems are told, and the rest counted', () => {
  const spans = Array.from({ length: 14 }, () => ({}));
  const { problems } = parseEvidence({ ...fullEvidence(), spans });
  expect(problems).toHaveLength(11);
  expect(problems[0]).toBe('spans[0].traceId: missing, expected a text');
  expect(problems[10]).toMatch(/^and \d+ more problems$/);
});

function changed(value: Report | Evidence, path: (string | number)[], to: unknown): unknown {
  const copy = structuredClone(value) as unknown;
  let inner = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) inner = inner[step] as Record<string | number, unknown>;
  const last = path.at(-1) ?? never();
  if (to === undefined) delete inner[last];
  else inner[last] = to;
  return copy;
}

function never(): never {
  throw new Error('the sample is gone');
}
