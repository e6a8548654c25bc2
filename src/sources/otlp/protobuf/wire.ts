/**
 * Protobuf's wire format, read in place: no copies, no message objects. Every read is bounded by the end of the
 * message that encloses it. https://protobuf.dev/programming-guides/encoding/
 */
import { malformed } from '../malformed.ts';
import { type Bytes, viewOf } from '../text.ts';

/** Where in a body reading stands. */
export interface Cursor extends Bytes {
  at: number;
  /** The two halves of the varint read last. */
  low: number;
  high: number;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED32 = 5;

/** As deep as protobuf's own readers go. */
const DEEPEST_GROUP = 100;

export function cursorOf(bytes: Buffer): Cursor {
  return { bytes, view: viewOf(bytes), at: 0, low: 0, high: 0 };
}

/** The tag of a field as it stands on the wire, to compare with {@link readTag}'s result. */
export const tag = {
  varint: (field: number): number => field * 8 + VARINT,
  fixed64: (field: number): number => field * 8 + FIXED64,
  bytes: (field: number): number => field * 8 + BYTES,
  fixed32: (field: number): number => field * 8 + FIXED32,
};

/** Number and wire type of the next field in one. A known number with another wire type thereby is an unknown field. */
export function readTag(cursor: Cursor, end: number): number {
  const value = readUint32(cursor, end, 'field number');
  if (value < 8) throw malformed(`field number 0 at byte ${cursor.at - 1}`);
  return value;
}

/** Reads a length and gives where what it measures ends; never beyond `end`, the end of the message around it. */
export function readEnd(cursor: Cursor, end: number): number {
  const length = readUint32(cursor, end, 'length');
  const stop = cursor.at + length;
  if (stop > end) throw malformed(`a length of ${length} bytes at byte ${cursor.at} reaches beyond its message`);
  return stop;
}

/** Almost every tag and length is one byte: that case is small enough to be inlined. */
function readUint32(cursor: Cursor, end: number, what: string): number {
  const byte = cursor.at < end ? (cursor.bytes[cursor.at] ?? 0x80) : 0x80;
  if (byte >= 0x80) return readLongUint32(cursor, end, what);
  cursor.at++;
  return byte;
}

function readLongUint32(cursor: Cursor, end: number, what: string): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = cursor.at < end ? cursor.bytes[cursor.at] : undefined;
    if (byte === undefined) throw cutOff(cursor);
    cursor.at++;
    if (byte < 0x80 && (shift < 28 || byte < 0x10)) return (value | (byte << shift)) >>> 0;
    value |= (byte & 0x7f) << shift;
  }
  throw malformed(`a ${what} that does not fit 32 bits at byte ${cursor.at}`);
}

/** Into `cursor.low` and `cursor.high`: both 32 bits, signed. */
function readVarint(cursor: Cursor, end: number): void {
  cursor.low = 0;
  cursor.high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = cursor.at < end ? cursor.bytes[cursor.at] : undefined;
    if (byte === undefined) throw cutOff(cursor);
    cursor.at++;
    const bits = byte & 0x7f;
    if (shift < 32) cursor.low |= bits << shift;
    if (shift === 28) cursor.high |= bits >>> 4;
    if (shift > 28) cursor.high |= bits << (shift - 32);
    if (byte < 0x80) return;
  }
  throw malformed(`a varint longer than 10 bytes at byte ${cursor.at}`);
}

export function readBool(cursor: Cursor, end: number): boolean {
  readVarint(cursor, end);
  return (cursor.low | cursor.high) !== 0;
}

/** An int32 or an enum: the low 32 bits, as every protobuf reader has it. */
export function readInt32(cursor: Cursor, end: number): number {
  readVarint(cursor, end);
  return cursor.low;
}

/** An int64: a number where that is exact, else its decimal digits. */
export function readInt64(cursor: Cursor, end: number): number | string {
  readVarint(cursor, end);
  const low = cursor.low >>> 0;
  const value = cursor.high * 2 ** 32 + low;
  return Number.isSafeInteger(value) ? value : String((BigInt(cursor.high) << 32n) | BigInt(low));
}

export function readFixed32(cursor: Cursor, end: number): number {
  const at = advance(cursor, 4, end);
  return cursor.view.getUint32(at, true);
}

export function readDouble(cursor: Cursor, end: number): number {
  const at = advance(cursor, 8, end);
  return cursor.view.getFloat64(at, true);
}

/** A fixed64 that holds ns, as decimal digits: exact, and without a BigInt for each span. */
export function readNanoseconds(cursor: Cursor, end: number): string {
  const at = advance(cursor, 8, end);
  return nanoseconds(cursor.view.getUint32(at + 4, true), cursor.view.getUint32(at, true));
}

const BILLION = 1e9;

/** Long division by 10⁹ in steps of 16 bits, each of which a double holds exactly. */
function nanoseconds(high: number, low: number): string {
  const top = Math.floor(high / BILLION);
  const middle = (high - top * BILLION) * 0x10000 + (low >>> 16);
  const middleQuotient = Math.floor(middle / BILLION);
  const bottom = (middle - middleQuotient * BILLION) * 0x10000 + (low & 0xffff);
  const bottomQuotient = Math.floor(bottom / BILLION);
  const seconds = top * 2 ** 32 + middleQuotient * 0x10000 + bottomQuotient;
  const rest = bottom - bottomQuotient * BILLION;
  return seconds === 0 ? String(rest) : `${seconds}${String(BILLION + rest).slice(1)}`;
}

/** Passes over the field whose tag was just read. */
export function skip(cursor: Cursor, fieldTag: number, end: number, depth: number = 0): void {
  switch (fieldTag & 7) {
    case VARINT:
      readVarint(cursor, end);
      return;
    case FIXED64:
      advance(cursor, 8, end);
      return;
    case BYTES:
      cursor.at = readEnd(cursor, end);
      return;
    case GROUP:
      skipGroup(cursor, fieldTag >>> 3, end, depth + 1);
      return;
    case FIXED32:
      advance(cursor, 4, end);
      return;
    default:
      throw malformed(`wire type ${fieldTag & 7} at byte ${cursor.at}`);
  }
}

function skipGroup(cursor: Cursor, field: number, end: number, depth: number): void {
  if (depth > DEEPEST_GROUP) throw malformed(`groups nested deeper than ${DEEPEST_GROUP} at byte ${cursor.at}`);
  for (;;) {
    const next = readTag(cursor, end);
    if (next === field * 8 + GROUP_END) return;
    skip(cursor, next, end, depth);
  }
}

function advance(cursor: Cursor, length: number, end: number): number {
  const { at } = cursor;
  if (at + length > end) throw cutOff(cursor);
  cursor.at = at + length;
  return at;
}

function cutOff(cursor: Cursor): Error {
  return malformed(`a message that is cut off at byte ${cursor.at}`);
}
