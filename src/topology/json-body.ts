/** A JSON body as it is written in the file → template of it. */
import type { JsonTemplate } from '../model/reach.ts';
import type { Located, LocatedScalar } from './located.ts';
import type { Reading } from './reading.ts';

/** RFC 8259 §6. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function scalarTemplate(reading: Reading, { value, source, at }: LocatedScalar): JsonTemplate {
  if (typeof value !== 'number') return value;
  if (JSON_NUMBER.test(source)) return { number: source };
  const hint = `Quote it to say so, or write ${Number.isFinite(value) ? value : 'another number'} to send a number.`;
  reading.warning(at, `\`${source}\` is no number in JSON; it is sent as the text ${JSON.stringify(source)}`, hint);
  return source;
}

/** Numbers keep their source text; what JSON has no number for is sent as text, and a warning says so. */
export function jsonTemplateOf(reading: Reading, node: Located): JsonTemplate {
  switch (node.kind) {
    case 'scalar':
      return scalarTemplate(reading, node);
    case 'list':
      return { array: node.items.map((item) => jsonTemplateOf(reading, item)) };
    case 'map':
      return { object: node.entries.map(({ key, value }) => [key, jsonTemplateOf(reading, value)]) };
  }
}
