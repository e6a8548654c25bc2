import { expect, test } from 'vitest';
import { json } from '../../src/report/json.ts';
import { parseReport } from '../../src/report/parse-report.ts';
import { cases } from './cases.ts';
import { shop } from './sample.ts';

const look = { color: true, width: 1 };

test.each(Object.entries(cases))('%s comes back from its JSON as it was', (_, make) => {
  const text = json.render(make(), look);
  expect(text.endsWith('}\n')).toBe(true);
  expect(parseReport(JSON.parse(text))).toEqual({ report: make(), problems: [] });
});

test.each(Object.entries(cases))('%s gives the same bytes whatever order its keys were made in', (_, make) => {
  const text = json.render(make(), look);
  const { report } = parseReport(backwards(JSON.parse(text)));
  expect(report).toBeDefined();
  if (report !== undefined) expect(json.render(report, look)).toBe(text);
});

test('keys stand in the order of SURFACE', () => {
  const text = json.render(cases['two-consumers-one-bare-record']?.() ?? shop(), look);
  const report = JSON.parse(text);
  expect(Object.keys(report)).toEqual([
    'version',
    'mode',
    'tool',
    'topology',
    'run',
    'probes',
    'summary',
    'hops',
    'undeclared',
    'problems',
  ]);
  expect(Object.keys(report.summary)).toEqual([
    'exit',
    'hops',
    'intact',
    'linked',
    'broken',
    'degraded',
    'unexercised',
    'inconclusive',
    'waived',
    'faults',
  ]);
  expect(Object.keys(report.hops[3])).toEqual([
    'id',
    'flow',
    'from',
    'via',
    'to',
    'at',
    'verdict',
    'waived',
    'samples',
    'waited',
    'findings',
  ]);
  expect(Object.keys(report.hops[3].findings[0])).toEqual(
    // biome-ignore format: one list
    ['cause', 'alternatives', 'severity', 'culprit', 'certainty', 'suspects', 'samples', 'count', 'fingerprint', 'message', 'proof', 'explain'],
  );
});

/** The same value, the keys of every object but those named by the user turned round. */
function backwards(value: unknown, named = false): unknown {
  if (Array.isArray(value)) return value.map((each) => backwards(each));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    backwards(inner, key === 'nodes' || key === 'flows'),
  ]);
  return Object.fromEntries(named ? entries : entries.reverse());
}
