import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { topologyJsonSchema } from '../../src/topology/schema.ts';

test('the published JSON Schema is the one that the reader checks with (vitest -u writes it anew)', async () => {
  const text = `${JSON.stringify(topologyJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../schemas/topology.schema.json');
});

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
formats.default(ajv);
const takes = ajv.compile(topologyJsonSchema());

/** A file in which something stands where a number, a name, a kind … is wanted. */
function file({ flow = {}, node = {} }: { flow?: object; node?: object }): object {
  return { version: 1, nodes: { a: node }, flows: { f: { send: { http: {} }, through: 'a', ...flow } } };
}

test.each([
  ['a number', { flow: { repeat: 3 } }, true],
  ['a variable for a number', { flow: { repeat: `\${N}` } }, true],
  ['another text for a number', { flow: { repeat: 'N' } }, false],
  ['a variable in a duration', { flow: { deadline: `\${N}s` } }, true],
  ['a variable for a kind', { node: { kind: `\${KIND}`, topic: 't' } }, true],
  ['another text for a kind', { node: { kind: 'KIND', topic: 't' } }, false],
  ['a variable for true or false', { node: { kind: 'kafka', brokers: ['a:1'], topic: 't', tap: `\${TAP}` } }, true],
  ['a variable in a chain', { flow: { through: `\${A} -> a` } }, false],
  ['x- keys in a node', { node: { 'x-owner': 'a' } }, true],
  ['x- keys in what is sent', { flow: { send: { 'x-note': 1, http: { 'x-note': 2 } } } }, true],
  ['other unknown keys', { node: { owner: 'a' } }, false],
  ['any JSON for a body', { flow: { send: { http: { json: [{ a: null }] } } } }, true],
  ['two bodies', { flow: { send: { http: { json: 1, text: 'a' } } } }, false],
  ['no transport', { flow: { send: {} } }, false],
])('the JSON Schema and %s', (_what, parts, expected) => {
  expect(takes(file(parts))).toBe(expected);
});
