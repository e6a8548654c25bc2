/** The topology file's shape as JSON Schema, for editors; `schemas/topology.schema.json` is what this gives. */
import { z } from 'zod';
import { topologyFile } from './schema-file.ts';

type Json = { [key: string]: unknown };

const VARIABLE = { $ref: '#/definitions/variable' };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether something else than free text is wanted, where a variable may stand for it. */
function wantsMore(schema: Json): boolean {
  if (schema.literally === true) return false;
  if ('const' in schema) return typeof schema.const === 'boolean';
  const { type } = schema;
  if (type === 'string') return 'pattern' in schema || 'enum' in schema;
  return type === 'integer' || type === 'number' || type === 'boolean';
}

/** Where a kind may be a variable, none of the kinds' own keys can be asked for. */
function withUnknownKind(options: unknown[]): unknown[] {
  return [...options, { type: 'object', properties: { kind: VARIABLE }, required: ['kind'] }];
}

function each(schemas: unknown): unknown {
  return Array.isArray(schemas) ? schemas.map((schema) => adapted(schema)) : schemas;
}

function eachValue(schemas: unknown): unknown {
  if (!isObject(schemas)) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, adapted(schema)]));
}

const INSIDE: Record<string, (value: unknown) => unknown> = {
  properties: eachValue,
  definitions: eachValue,
  additionalProperties: adapted,
  items: adapted,
  anyOf: each,
  allOf: each,
  oneOf: (options) => (isKinds(options) ? withUnknownKind(options.map(adapted)) : options),
  propertyNames: (names) => (isObject(names) ? bare(names) : names),
};

function isKinds(options: unknown): options is Json[] {
  return Array.isArray(options) && options.every((option) => isObject(option) && 'properties' in option);
}

function bare({ literally: _literally, ...schema }: Json): Json {
  return schema;
}

/** Adds what zod cannot say: `x-*` keys in every mapping with fixed keys, and variables. */
function adapted(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const inside = Object.fromEntries(
    Object.entries(bare(schema)).map(([key, value]) => [key, INSIDE[key]?.(value) ?? value]),
  );
  if (inside.additionalProperties === false) inside.patternProperties = { '^x-|^\\$schema$': {} };
  return wantsMore(schema) ? withVariable(inside) : inside;
}

function withVariable({ description, ...strict }: Json): Json {
  return { ...(description === undefined ? {} : { description }), anyOf: [strict, VARIABLE] };
}

/** JSON Schema (draft-07, which editors know best) of a topology file. */
export function topologyJsonSchema(): Record<string, unknown> {
  const schema = adapted(z.toJSONSchema(topologyFile, { io: 'input', target: 'draft-07' }));
  if (!isObject(schema)) throw new Error('zod made no JSON Schema of an object');
  const definitions = isObject(schema.definitions) ? schema.definitions : {};
  return {
    title: 'tracegap topology',
    ...schema,
    definitions: { variable: { type: 'string', pattern: '\\$\\{' }, ...definitions },
  };
}
