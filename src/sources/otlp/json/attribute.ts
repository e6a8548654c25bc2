/** KeyValue and AnyValue in OTLP/JSON. */
import type { AttributeValue, MarkerTie } from '../../../model/evidence.ts';
import { findMarkers } from '../../../trace-context/marker.ts';
import { type KeptAttribute, keptDouble, keptValue } from '../attributes.ts';
import { malformed } from '../malformed.ts';
import { doubleOf, int64Of } from './number.ts';
import { eachAt, eachText, isObject, type JsonObject, objectAt, textAt } from './shape.ts';

/** Reads a list of KeyValue and keeps of it what is wanted. */
export function readAttributes(
  parent: JsonObject,
  kept: ReadonlyMap<string, KeptAttribute>,
  runId: string,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  eachAt(parent, 'attributes', (pair) => {
    const attribute = kept.get(textAt(pair, 'key'));
    if (attribute === undefined) return;
    const value = readAnyValue(objectAt(pair, 'value'));
    if (value !== undefined) attributes[attribute.name] = keptValue(value, attribute, runId);
  });
  return attributes;
}

/** The markers in all attributes, also those that are not kept. */
export function attributeTies(parent: JsonObject, runId: string): MarkerTie[] {
  const ties: MarkerTie[] = [];
  eachAt(parent, 'attributes', (pair) => {
    const where = textAt(pair, 'key');
    const probes = new Set<string>();
    eachText(pair.value, (text) => {
      for (const probe of findMarkers(text, runId)) probes.add(probe);
    });
    for (const probe of probes) ties.push({ probe, where });
  });
  return ties;
}

/** What an AnyValue holds; nothing for an empty one and for a list of pairs. */
function readAnyValue(any: JsonObject): AttributeValue | undefined {
  const { arrayValue } = any;
  if (isObject(arrayValue)) return readTexts(arrayValue);
  return readSimpleValue(any);
}

function readSimpleValue(any: JsonObject): string | number | boolean | undefined {
  const { boolValue, intValue, doubleValue } = any;
  if (hasValue(any, 'stringValue')) return textAt(any, 'stringValue');
  if (hasValue(any, 'boolValue')) {
    if (typeof boolValue !== 'boolean') throw malformed('boolValue: expected true or false');
    return boolValue;
  }
  if (hasValue(any, 'intValue')) return int64Of(intValue);
  if (hasValue(any, 'doubleValue')) return keptDouble(doubleOf(doubleValue));
  if (hasValue(any, 'bytesValue')) return Buffer.from(textAt(any, 'bytesValue'), 'base64').toString('utf8');
  return undefined;
}

function hasValue(any: JsonObject, key: string): boolean {
  return any[key] !== undefined && any[key] !== null;
}

/** The simple values of an ArrayValue, as texts. */
function readTexts(array: JsonObject): string[] {
  const texts: string[] = [];
  eachAt(array, 'values', (any) => {
    const value = readSimpleValue(any);
    if (value !== undefined) texts.push(String(value));
  });
  return texts;
}
