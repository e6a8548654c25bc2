/** OTLP/JSON's plain shapes. `null` is absent everywhere; unknown keys are nobody's business. */
import { isMalformed, malformed } from '../malformed.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that must be an object. */
export function asObject(value: unknown, expected = 'a JSON object'): JsonObject {
  if (!isObject(value)) throw malformed(`expected ${expected}`);
  return value;
}

/** What a text says, without the engine's own message, which quotes the body. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    throw malformed(position === undefined ? 'not JSON' : `not JSON: something is wrong at character ${position}`);
  }
}

/** A message, empty where it is absent. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key] ?? {};
  if (!isObject(value)) throw malformed(`${key}: expected an object`);
  return value;
}

/** A text, '' where it is absent. */
export function textAt(parent: JsonObject, key: string): string {
  const value = parent[key] ?? '';
  if (typeof value !== 'string') throw malformed(`${key}: expected a string`);
  return value;
}

/** Visits each message of a list; what is wrong with one says where it stands. */
export function eachAt(parent: JsonObject, key: string, visit: (message: JsonObject) => void): void {
  const list = parent[key] ?? [];
  if (!Array.isArray(list)) throw malformed(`${key}: expected an array`);
  for (const [index, message] of list.entries()) {
    if (!isObject(message)) throw malformed(`${key}[${index}]: expected an object`);
    try {
      visit(message);
    } catch (error) {
      throw isMalformed(error) ? malformed(`${key}[${index}].${error.message}`) : error;
    }
  }
}

/** Far beyond what anyone nests on purpose, far below what exhausts the stack. */
const DEEPEST = 200;

/** Visits every text in a value: keys, and `bytesValue` decoded as Latin-1. */
export function eachText(value: unknown, visit: (text: string) => void, depth: number = 0): void {
  if (typeof value === 'string') visit(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw malformed(`nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) {
    for (const item of value) eachText(item, visit, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    visit(key);
    const isBytes = key === 'bytesValue' && typeof item === 'string';
    eachText(isBytes ? Buffer.from(item, 'base64').toString('latin1') : item, visit, depth + 1);
  }
}
