/** A JSON Schema as tables: one section for each mapping with fixed keys, one row a key. */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  description?: string;
}

export interface Section {
  title: string;
  schema: Schema;
  /** The value of the key `kind` by which it is told from its siblings: `kafka`. */
  kind?: string;
  /** Where else a mapping of just these keys may stand. */
  alsoAt: string[];
  /** Keys that all siblings have alike stand in this section and not in theirs. */
  beside?: Section;
}

export interface Sections {
  root: Schema;
  /** In reading order: the root, what stands in it, then the definitions. */
  list: Section[];
  /** The section that describes a schema, if it is a mapping with fixed keys. */
  of(schema: Schema): Section | undefined;
}

export function sectionsOf(root: Schema, rootTitle: string): Sections {
  const byShape = new Map<string, Section>();
  const definitions: Section[] = [];
  const body: Section[] = [];
  for (const [name, schema] of Object.entries(root.$defs ?? {})) add(schema, name, definitions);
  add(root, rootTitle, body, '');
  return { root, list: [...body, ...definitions], of: (schema) => byShape.get(shapeOf(schema)) };

  function add(schema: Schema, title: string, into: Section[], path = title, beside?: Section): void {
    if (hasFixedKeys(schema)) {
      const known = byShape.get(shapeOf(schema));
      if (known !== undefined) {
        if (known.title !== title && !known.alsoAt.includes(title)) known.alsoAt.push(title);
        return;
      }
      const section = { title, schema, alsoAt: [], ...kindOf(schema), ...(beside === undefined ? {} : { beside }) };
      byShape.set(shapeOf(schema), section);
      into.push(section);
    }
    addInner(schema, into, path);
  }

  function addInner(schema: Schema, into: Section[], path: string): void {
    const { properties = {}, items, additionalProperties } = schema;
    for (const [key, value] of Object.entries(properties)) add(value, join(path, key), into);
    if (items !== undefined) add(items, `${path}[]`, into);
    if (typeof additionalProperties === 'object') add(additionalProperties, `${path}.<name>`, into);
    addOptions(optionsOf(schema), into, path);
  }

  function addOptions(options: Schema[], into: Section[], path: string): void {
    const beside = sharedBy(options, path);
    if (beside !== undefined) into.push(beside);
    const several = options.filter(hasFixedKeys).length > 1;
    for (const option of options) {
      const name = kindOf(option).kind ?? Object.keys(option.properties ?? {})[0];
      add(option, several && name !== undefined ? `${path}: ${name}` : path, into, path, beside);
    }
  }
}

function hasFixedKeys({ properties = {} }: Schema): boolean {
  return Object.keys(properties).length > 0;
}

/** The keys that all kinds have alike, as a section of their own. */
function sharedBy(options: Schema[], path: string): Section | undefined {
  const [first, ...others] = options.filter((option) => kindOf(option).kind !== undefined);
  if (first === undefined || others.length === 0) return undefined;
  const shared = Object.entries(first.properties ?? {}).filter(([key, value]) =>
    others.every(({ properties }) => JSON.stringify(properties?.[key]) === JSON.stringify(value)),
  );
  if (shared.length === 0) return undefined;
  const required = first.required?.filter((name) => shared.some(([key]) => key === name)) ?? [];
  return { title: `${path}: every kind`, alsoAt: [], schema: { properties: Object.fromEntries(shared), required } };
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** What a value may be one of; conditions on which keys go together are not among them. */
export function optionsOf({ anyOf = [], oneOf = [], allOf = [] }: Schema): Schema[] {
  const only = new Set(['required', 'not']);
  return [...anyOf, ...oneOf, ...allOf].filter((option) => !Object.keys(option).every((key) => only.has(key)));
}

export function kindOf({ properties }: Schema): { kind?: string } {
  const kind = properties?.kind?.const;
  return typeof kind === 'string' ? { kind } : {};
}

export function resolved(schema: Schema, root: Schema): Schema {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  return name === undefined ? schema : (root.$defs?.[name] ?? schema);
}

function shapeOf({ description: _, ...schema }: Schema): string {
  return JSON.stringify(schema);
}

/** The anchor that GitHub gives to a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
