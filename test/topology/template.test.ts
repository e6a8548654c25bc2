import { describe, expect, test } from 'vitest';
import type { JsonTemplate } from '../../src/model/reach.ts';
import {
  expandJson,
  expandTemplate,
  type Lookup,
  malformedIn,
  referencesIn,
  referencesInJson,
  written,
} from '../../src/topology/template.ts';

const VALUES: Record<string, string> = {
  'env HOST': 'shop',
  'env EMPTY': '',
  'secret TOKEN': 't"k',
  'file ./body.txt': 'text of a file',
  'probe id': '0af76519-16cd-43dd-8448-eb211c80319c',
  'probe traceId': '0af7651916cd43dd8448eb211c80319c',
  'probe number': '7',
  'probe index': '0',
  'saved csrf': 'c',
};

const lookup: Lookup = ({ kind, name }) => VALUES[`${kind} ${name}`];

describe('expandTemplate', () => {
  test.each([
    ['', ''],
    ['as it is', 'as it is'],
    [`http://\${HOST}:\${PORT:-80}/`, 'http://shop:80/'],
    [`\${EMPTY}|\${EMPTY:-x}|\${HOST:-x}|\${UNSET:-}`, '|x|shop|'],
    [`\${UNSET:-a:-b c}`, 'a:-b c'],
    [`Bearer \${secret:TOKEN}`, 'Bearer t"k'],
    [`\${file:./body.txt}`, 'text of a file'],
    [
      `\${probe.id} \${probe.traceId} \${probe.number} \${probe.index}`,
      '0af76519-16cd-43dd-8448-eb211c80319c 0af7651916cd43dd8448eb211c80319c 7 0',
    ],
    [`\${saved.csrf}`, 'c'],
    [`$\${HOST} costs $5 and $$`, `\${HOST} costs $5 and $$`],
    [`$\${HOST}\${HOST}`, `\${HOST}shop`],
    ['{"a": {}}', '{"a": {}}'],
  ])('%j', (template, expected) => {
    expect(expandTemplate(template, lookup)).toBe(expected);
  });

  test('names the variable that has no value', () => {
    expect(() => expandTemplate(`a \${saved.order}`, lookup)).toThrow(`\${saved.order} has no value`);
  });
});

describe('what is no variable', () => {
  test.each([
    [`\${}`, `\${}`],
    [`a \${HOST`, `\${HOST`],
    [`\${1X}`, `\${1X}`],
    [`\${probe.uuid} \${HOST}`, `\${probe.uuid}`],
    [`\${secret:A:-b}`, `\${secret:A:-b}`],
    [`\${A:-\${B}}`, `\${A:-\${B}}`],
    [`\${HOST-x}`, `\${HOST-x}`],
  ])('%j', (template, text) => {
    expect(malformedIn(template).map((each) => each.text)).toEqual([text]);
  });

  test('is told of with what it could have been', () => {
    expect(malformedIn(`\${probe.uuid}`)[0]?.expected).toContain(`\${probe.traceId}`);
    expect(malformedIn(`$\${literal} $x {y}`)).toEqual([]);
  });
});

test('references are found in order, with their defaults, and written as they stand', () => {
  const references = referencesIn(`\${A}\${B:-x} $\${no} \${secret:S} \${file:./f} \${probe.id}\${saved.s}\${A}`);
  expect(references.map(written)).toEqual(
    ['A', 'B', 'secret:S', 'file:./f', 'probe.id', 'saved.s', 'A'].map((name) => `\${${name}}`),
  );
  expect(references[1]).toEqual({ kind: 'env', name: 'B', fallback: 'x' });
});

describe('JSON', () => {
  const json: JsonTemplate = {
    object: [
      [`id-\${HOST}`, `\${secret:TOKEN}`],
      ['n', { array: [{ number: '12345678901234567890' }, { number: '1.50' }, null, true, `\${probe.number}`] }],
      ['empty', { object: [] }],
    ],
  };

  test('keeps numbers to the digit, and escapes what is put in', () => {
    expect(expandJson(json, lookup)).toBe(
      '{"id-shop":"t\\"k","n":[12345678901234567890,1.50,null,true,"7"],"empty":{}}',
    );
  });

  test('has the references of its keys and strings', () => {
    expect(referencesInJson(json).map(({ name }) => name)).toEqual(['HOST', 'TOKEN', 'number']);
  });
});
