/** KeyValue and AnyValue. A value that is not kept is not looked into, only searched for the marker. */
import type { AttributeValue, MarkerTie } from '../../../model/evidence.ts';
import { findMarkersInBytes } from '../../../trace-context/marker.ts';
import { type KeptAttribute, keptDouble, keptValue } from '../attributes.ts';
import type { NameFinder, TextReader } from '../text.ts';
import { eachMessage, type Reading } from './reading.ts';
import { type Cursor, cursorOf, readBool, readDouble, readEnd, readInt64, readTag, skip, tag } from './wire.ts';

const KEY_VALUE = { key: tag.bytes(1), value: tag.bytes(2) };
const ANY_VALUE = {
  string: tag.bytes(1),
  bool: tag.varint(2),
  int: tag.varint(3),
  double: tag.fixed64(4),
  array: tag.bytes(5),
  list: tag.bytes(6),
  bytes: tag.bytes(7),
};
const ARRAY = { values: tag.bytes(1) };

/** Where attributes go. */
export interface AttributeTarget {
  readonly find: NameFinder<KeptAttribute>;
  readonly attributes: Record<string, AttributeValue>;
  /** Where ties go, if the marker is to be looked for. */
  readonly tie: MarkerTie[] | undefined;
}

/** Where a key and its undecoded AnyValue stand. */
interface Pair {
  keyFrom: number;
  keyTo: number;
  bytes: Buffer;
  from: number;
  to: number;
}

/** Reads a KeyValue up to its end and keeps of it what is wanted. */
export function readAttribute(reading: Reading, end: number, target: AttributeTarget): void {
  const { cursor } = reading;
  const pair = readPair(cursor, end);
  if (target.tie !== undefined) searchMarkers(reading, pair, target.tie);
  const kept = target.find(cursor, pair.keyFrom, pair.keyTo);
  if (kept === undefined) return;
  const valueCursor = pair.bytes === cursor.bytes ? cursor : cursorOf(pair.bytes);
  valueCursor.at = pair.from;
  const value = readAnyValue(valueCursor, pair.to, reading.text);
  if (value !== undefined) target.attributes[kept.name] = keptValue(value, kept, reading.settings.needles.runId);
}

function searchMarkers({ cursor, settings }: Reading, pair: Pair, tie: MarkerTie[]): void {
  for (const probe of findMarkersInBytes(pair.bytes.subarray(pair.from, pair.to), settings.needles.runId)) {
    tie.push({ probe, where: cursor.bytes.toString('utf8', pair.keyFrom, pair.keyTo) });
  }
}

function readPair(cursor: Cursor, end: number): Pair {
  const pair: Pair = { keyFrom: 0, keyTo: 0, bytes: cursor.bytes, from: 0, to: 0 };
  while (cursor.at < end) {
    const fieldTag = readTag(cursor, end);
    if (fieldTag === KEY_VALUE.key) {
      const stop = readEnd(cursor, end);
      pair.keyFrom = cursor.at;
      pair.keyTo = stop;
      cursor.at = stop;
    } else if (fieldTag === KEY_VALUE.value) {
      const stop = readEnd(cursor, end);
      addValue(pair, cursor, stop);
      cursor.at = stop;
    } else skip(cursor, fieldTag, end);
  }
  return pair;
}

/** A message that comes twice is merged; and to merge is to read both as one. */
function addValue(pair: Pair, cursor: Cursor, end: number): void {
  if (pair.from === pair.to) {
    pair.from = cursor.at;
    pair.to = end;
    return;
  }
  pair.bytes = Buffer.concat([pair.bytes.subarray(pair.from, pair.to), cursor.bytes.subarray(cursor.at, end)]);
  pair.from = 0;
  pair.to = pair.bytes.length;
}

/** What an AnyValue holds, read up to its end; nothing for an empty one and for a list of pairs. */
function readAnyValue(cursor: Cursor, end: number, text: TextReader): AttributeValue | undefined {
  let value: AttributeValue | undefined;
  while (cursor.at < end) {
    const fieldTag = readTag(cursor, end);
    if (fieldTag === ANY_VALUE.array) {
      const before = Array.isArray(value) ? value : [];
      value = [...before, ...readTexts(cursor, end, text)];
    } else value = readSimpleValue(cursor, fieldTag, end, text, value);
  }
  return value;
}

/** @param before what an earlier field gave: it stays where this one is unknown, and goes where it is another kind */
function readSimpleValue(
  cursor: Cursor,
  fieldTag: number,
  end: number,
  text: TextReader,
  before: AttributeValue | undefined,
): AttributeValue | undefined {
  switch (fieldTag) {
    case ANY_VALUE.string:
    case ANY_VALUE.bytes: {
      const stop = readEnd(cursor, end);
      const value = text(cursor, cursor.at, stop);
      cursor.at = stop;
      return value;
    }
    case ANY_VALUE.bool:
      return readBool(cursor, end);
    case ANY_VALUE.int:
      return readInt64(cursor, end);
    case ANY_VALUE.double:
      return keptDouble(readDouble(cursor, end));
    case ANY_VALUE.array:
    case ANY_VALUE.list:
      skip(cursor, fieldTag, end);
      return undefined;
    default:
      skip(cursor, fieldTag, end);
      return before;
  }
}

/** The simple values of an ArrayValue, as texts. Arrays in it are passed over, so depth costs nothing. */
function readTexts(cursor: Cursor, end: number, text: TextReader): string[] {
  const texts: string[] = [];
  const arrayEnd = readEnd(cursor, end);
  eachMessage(cursor, arrayEnd, ARRAY.values, (stop) => {
    let value: AttributeValue | undefined;
    while (cursor.at < stop) value = readSimpleValue(cursor, readTag(cursor, stop), stop, text, value);
    if (value !== undefined) texts.push(String(value));
  });
  return texts;
}
