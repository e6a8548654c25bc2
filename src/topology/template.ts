/** Text with variables in it (SURFACE §1): `${NAME}`, `${secret:NAME}`, `${probe.id}` …, and `$${` for a literal `${`. */
import type { JsonTemplate, Template } from '../model/reach.ts';

/** A variable in a template. */
export interface Reference {
  /** `env` and `secret` are variables of the environment, `probe` is `id`, `traceId`, `number` or `index`. */
  kind: 'env' | 'secret' | 'file' | 'probe' | 'saved';
  name: string;
  /** What stands after `:-`; taken where the variable is unset or empty, as in a shell. */
  fallback?: string;
}

/** What a variable is worth, or undefined where it is not set. */
export type Lookup = (reference: Reference) => string | undefined;

/** Something that begins like a variable and is none; `expected` says what it could have been. */
export interface Malformed {
  text: string;
  expected: string;
}

type Part = { literal: string } | { reference: Reference } | { malformed: Malformed };

const UNCLOSED = 'a closing }; a literal ${ is written $${';

const PROBE_FACTS = ['id', 'traceId', 'number', 'index'];

const FORMS: [RegExp, (match: RegExpExecArray) => Reference][] = [
  [/^([A-Za-z_]\w*)$/, ([, name = '']) => ({ kind: 'env', name })],
  [/^([A-Za-z_]\w*):-(.*)$/s, ([, name = '', fallback = '']) => ({ kind: 'env', name, fallback })],
  [/^secret:([A-Za-z_]\w*)$/, ([, name = '']) => ({ kind: 'secret', name })],
  [/^file:(.+)$/s, ([, name = '']) => ({ kind: 'file', name })],
  [new RegExp(`^probe\\.(${PROBE_FACTS.join('|')})$`), ([, name = '']) => ({ kind: 'probe', name })],
  [/^saved\.([\w-]+)$/, ([, name = '']) => ({ kind: 'saved', name })],
];

function partOf(inside: string): Part {
  const text = `\${${inside}}`;
  if (inside.includes('${')) {
    return { malformed: { text: `${text}}`, expected: 'a default without a variable in it' } };
  }
  for (const [form, referenceOf] of FORMS) {
    const match = form.exec(inside);
    if (match !== null) return { reference: referenceOf(match) };
  }
  return { malformed: { text, expected: expectedInsteadOf(inside) } };
}

function expectedInsteadOf(inside: string): string {
  if (inside.startsWith('probe.')) return PROBE_FACTS.map((fact) => `\${probe.${fact}}`).join(', ');
  if (inside.startsWith('secret:')) return `\${secret:NAME}, without a default`;
  if (inside.startsWith('saved.')) return `\${saved.name}, as a save before it calls it`;
  return `\${NAME}, \${NAME:-default}, \${secret:NAME}, \${file:PATH}, \${probe.id} or \${saved.name}; a literal \${ is written $\${`;
}

const OPENING = /\$?\$\{/g;

function partsOf(template: Template): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { index, 0: opening } of template.matchAll(OPENING)) {
    if (index < at) continue;
    if (index > at) parts.push({ literal: template.slice(at, index) });
    const end = template.indexOf('}', index);
    if (opening === '$${') parts.push({ literal: '${' });
    else if (end === -1) parts.push({ malformed: { text: template.slice(index), expected: UNCLOSED } });
    else parts.push(partOf(template.slice(index + 2, end)));
    if (opening === '$${') at = index + opening.length;
    else at = end === -1 ? template.length : end + 1;
  }
  if (at < template.length) parts.push({ literal: template.slice(at) });
  return parts;
}

/** A variable as it is written, without its default. */
export function written({ kind, name }: Reference): string {
  if (kind === 'env') return `\${${name}}`;
  return kind === 'probe' || kind === 'saved' ? `\${${kind}.${name}}` : `\${${kind}:${name}}`;
}

/** Every variable in a template, in order, also those that stand in it twice. */
export function referencesIn(template: Template): Reference[] {
  return partsOf(template).flatMap((part) => ('reference' in part ? [part.reference] : []));
}

/** Everything in a template that begins like a variable and is none. */
export function malformedIn(template: Template): Malformed[] {
  return partsOf(template).flatMap((part) => ('malformed' in part ? [part.malformed] : []));
}

/**
 * The text with every variable put in. A default counts where its variable is unset or empty.
 * @throws where a variable without a default is unset: the reader and the engine see to it that none is
 */
export function expandTemplate(template: Template, lookup: Lookup): string {
  return partsOf(template)
    .map((part) => {
      if ('literal' in part) return part.literal;
      if ('malformed' in part) return part.malformed.text;
      const { fallback } = part.reference;
      const value = lookup(part.reference);
      if (fallback !== undefined && (value === undefined || value === '')) return fallback;
      if (value === undefined) throw new Error(`${written(part.reference)} has no value`);
      return value;
    })
    .join('');
}

/**
 * JSON text with every variable put into its strings and keys; numbers stand as the user wrote them.
 * @throws as {@link expandTemplate}
 */
export function expandJson(json: JsonTemplate, lookup: Lookup): string {
  if (json === null || typeof json === 'boolean') return String(json);
  if (typeof json === 'string') return JSON.stringify(expandTemplate(json, lookup));
  if ('number' in json) return json.number;
  if ('array' in json) return `[${json.array.map((item) => expandJson(item, lookup)).join(',')}]`;
  const members = json.object.map(
    ([key, value]) => `${JSON.stringify(expandTemplate(key, lookup))}:${expandJson(value, lookup)}`,
  );
  return `{${members.join(',')}}`;
}

/** Every variable in the strings and keys of a JSON body, in order. */
export function referencesInJson(json: JsonTemplate): Reference[] {
  if (json === null || typeof json === 'boolean') return [];
  if (typeof json === 'string') return referencesIn(json);
  if ('number' in json) return [];
  if ('array' in json) return json.array.flatMap(referencesInJson);
  return json.object.flatMap(([key, value]) => [...referencesIn(key), ...referencesInJson(value)]);
}
