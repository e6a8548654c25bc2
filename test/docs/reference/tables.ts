/** What a schema's sections look like as Markdown. */
import { stringify } from 'yaml';
import type { Examples } from './examples.ts';
import { anchorOf, optionsOf, resolved, type Schema, type Section, type Sections } from './sections.ts';

/** Longer examples would make the table unreadable; they stand in the whole example. */
const EXAMPLE_WIDTH = 64;

export interface TableOptions {
  /** What a text of this pattern is called. */
  words: Readonly<Record<string, string>>;
  /** Without them there is no column for them, and none for defaults. */
  examples?: Examples;
}

export function markdownOf(sections: Sections, options: TableOptions): string {
  return sections.list.map((section) => sectionText(section, sections, options)).join('\n');
}

function sectionText(section: Section, sections: Sections, options: TableOptions): string {
  const { title, schema, beside } = section;
  const asked = options.examples === undefined ? ['required', 'meaning'] : ['default', 'meaning', 'example'];
  const columns = ['key', 'type', ...asked];
  const shared = Object.keys(beside?.schema.properties ?? {});
  const own = Object.entries(schema.properties ?? {}).filter(([key]) => !shared.includes(key));
  return [
    `## ${title.replaceAll('<', '\\<')}\n`,
    ...introduction(section, sections),
    ...(beside === undefined ? [] : [`Beside what ${link('every kind', beside.title)} has:\n`]),
    tableRow(columns),
    tableRow(columns.map(() => '---')),
    ...own.map(([key, value]) => row(key, value, section, sections, options)),
    '',
  ].join('\n');
}

function introduction({ schema, alsoAt }: Section, { root }: Sections): string[] {
  if (alsoAt.length > 0) return [`The same for ${alsoAt.map(code).join(', ')}.\n`];
  return schema.description === undefined || schema === root ? [] : [`${schema.description}\n`];
}

function row(key: string, value: Schema, { schema }: Section, sections: Sections, options: TableOptions): string {
  const description = value.description ?? resolved(value, sections.root).description ?? '';
  const type = typeText(value, sections, options.words);
  const isRequired = schema.required?.includes(key) === true;
  if (options.examples === undefined) return tableRow([code(key), type, isRequired ? 'yes' : '', description]);
  const { meaning, preset } = splitDefault(description);
  const example = exampleText(key, options.examples.of(key, schema), type.startsWith('mapping of names'));
  return tableRow([code(key), type, isRequired ? 'required' : preset, meaning, example]);
}

function tableRow(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\\?\|/g, '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** Descriptions say `…; 30s unless said.`; the table has a column for that. */
function splitDefault(description: string): { meaning: string; preset: string } {
  const match = /^(.*?)[;:] ([^;]+?),? unless said(.*)$/.exec(description);
  if (match === null) return { meaning: description, preset: '' };
  const [, before = '', preset = '', behind = ''] = match;
  return { meaning: `${before}${behind}`, preset };
}

function typeText(schema: Schema, sections: Sections, words: TableOptions['words']): string {
  const text = (inner: Schema): string => typeText(inner, sections, words);
  const target = resolved(schema, sections.root);
  const section = sections.of(target);
  if (section !== undefined) return link(section.kind ?? 'mapping', section.title);
  if ('const' in target) return code(target.const);
  if (target.enum !== undefined) return target.enum.map(code).join(', ');
  const options = optionsOf(target);
  if (options.length > 0) return unique(options.map(text)).join(' or ');
  if (target.type === 'array') return `list of ${text(target.items ?? {})}`;
  if (target.type === 'object') {
    const { additionalProperties } = target;
    return `mapping of names to ${typeof additionalProperties === 'object' ? text(additionalProperties) : 'anything'}`;
  }
  if (target.pattern !== undefined) return words[target.pattern] ?? 'text';
  return [target.type ?? 'anything'].flat().map(word).join(', ');
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  boolean: '`true`, `false`',
  null: 'nothing',
};

function word(type: string): string {
  return WORDS[type] ?? type;
}

function link(text: string, heading: string): string {
  return `[${text}](#${anchorOf(heading)})`;
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}

function exampleText(key: string, value: unknown, namesAnything: boolean): string {
  if (value === undefined) return '';
  for (const candidate of [value, shortened(value, namesAnything)]) {
    const text = stringify({ [key]: candidate }, { collectionStyle: 'flow', lineWidth: 0 }).trim();
    const inside = text.slice(1, -1).trim();
    if (inside.length <= EXAMPLE_WIDTH && !inside.includes('`')) return code(inside);
  }
  return '';
}

/** As much of a list, or of a mapping of names, as shows what it is like. */
function shortened(value: unknown, namesAnything: boolean): unknown {
  if (Array.isArray(value)) return value.slice(0, 1);
  if (typeof value !== 'object' || value === null || !namesAnything) return value;
  return Object.fromEntries(Object.entries(value).slice(0, 1));
}
