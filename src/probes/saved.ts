/** What is kept of an answer for the requests after it (`save`). Values may be secrets: they are sent, never shown. */
import type { SaveFrom } from '../model/reach.ts';

/** A longer body is not looked into; bytes. */
const BODY_LIMIT = 1024 * 1024;

export interface Saved {
  values: Record<string, string>;
  /** What could not be kept: its name and, to follow "the answer", why. */
  missing: { name: string; why: string }[];
}

/** Reads what is asked for out of an answer. */
export function readSaved(
  save: readonly [name: string, from: SaveFrom][],
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
): Saved {
  const saved: Saved = { values: {}, missing: [] };
  const document = save.some(([, from]) => 'json' in from) ? parse(body) : undefined;
  for (const [name, from] of save) {
    const found = 'header' in from ? fromHeader(headers, from.header) : fromJson(document, from.json);
    if ('value' in found) saved.values[name] = found.value;
    else saved.missing.push({ name, why: found.why });
  }
  return saved;
}

type Found = { value: string } | { why: string };

function fromHeader(headers: Record<string, string | string[] | undefined>, name: string): Found {
  const value = headers[name.toLowerCase()];
  return value === undefined ? { why: `has no header ${name}` } : { value: [value].flat().join(', ') };
}

type Parsed = { value: unknown } | { why: string };

/** A string of JSON, or a number. Strings come first, so that a number in one is left alone. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Numbers as the text that they are: an id of 20 digits keeps them all. */
function parse(body: Buffer): Parsed {
  if (body.length > BODY_LIMIT) return { why: `has a body of more than ${BODY_LIMIT / 1024 / 1024} MiB` };
  try {
    const text = body.toString('utf8').replace(STRING_OR_NUMBER, (match) => (match[0] === '"' ? match : `"${match}"`));
    return { value: JSON.parse(text) };
  } catch {
    return { why: body.length === 0 ? 'has no body' : 'is not JSON' };
  }
}

function fromJson(document: Parsed | undefined, pointer: string): Found {
  if (document === undefined || 'why' in document) return { why: document?.why ?? 'has no body' };
  const value = valueAt(document.value, pointer);
  if (value === undefined) return { why: `has nothing at ${pointer}` };
  if (typeof value === 'string' || typeof value === 'boolean') return { value: String(value) };
  return { why: `has no text, number or boolean at ${pointer}` };
}

/** RFC 6901. */
function valueAt(document: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  let value = document;
  for (const step of steps.map((each) => each.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
