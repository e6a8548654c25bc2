/** Example values for keys, found in whole examples by walking them along their schema. */
import { kindOf, optionsOf, resolved, type Schema, type Sections } from './sections.ts';

export interface Examples {
  of(key: string, section: Schema): unknown;
}

/** The first value that some whole example gives to a key. */
export function examplesIn(sections: Sections, wholes: readonly unknown[]): Examples {
  const found = new Map<Schema, Map<string, unknown>>();
  for (const whole of wholes) walk(sections.root, whole);
  return { of: (key, section) => withKey(section, key).find((value) => value !== undefined) };

  /** Of the section itself; of all its kinds, where it is what they share. */
  function withKey(section: Schema, key: string): unknown[] {
    const kinds = sections.list.filter(({ beside }) => beside?.schema === section);
    return [section, ...kinds.map(({ schema }) => schema)].map((schema) => found.get(schema)?.get(key));
  }

  function walk(schema: Schema, value: unknown): void {
    const target = resolved(schema, sections.root);
    if (Array.isArray(value)) {
      for (const item of value) walk(target.items ?? {}, item);
    } else if (isMapping(value)) {
      walkMapping(target, value);
    }
    for (const option of optionsOf(target)) if (fits(option, value)) walk(option, value);
  }

  function walkMapping(target: Schema, value: Record<string, unknown>): void {
    const section = sections.of(target)?.schema;
    for (const [key, inner] of Object.entries(value)) {
      const property = target.properties?.[key];
      if (property === undefined) {
        if (typeof target.additionalProperties === 'object') walk(target.additionalProperties, inner);
        continue;
      }
      if (section !== undefined) note(section, key, inner);
      walk(property, inner);
    }
  }

  function note(section: Schema, key: string, value: unknown): void {
    const values = found.get(section) ?? new Map<string, unknown>();
    found.set(section, values);
    if (!values.has(key) && value !== null) values.set(key, value);
  }
}

function fits(option: Schema, value: unknown): boolean {
  const { kind } = kindOf(option);
  if (kind === undefined || !isMapping(value)) return true;
  return (value.kind ?? 'service') === kind;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
