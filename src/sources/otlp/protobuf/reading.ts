/** One protobuf body while it is read. */
import type { KeptAttribute } from '../attributes.ts';
import type { DecodedBatch, DecodeSettings } from '../batch.ts';
import type { NameFinder, TextReader } from '../text.ts';
import { type Cursor, readEnd, readTag, skip } from './wire.ts';

export interface Reading {
  readonly cursor: Cursor;
  readonly settings: DecodeSettings;
  readonly text: TextReader;
  readonly find: { resource: NameFinder<KeptAttribute>; span: NameFinder<KeptAttribute> };
  readonly batch: DecodedBatch;
  /** ms since the epoch. */
  readonly receivedAt: number;
  /** Where the run's id stands in the body, ascending. */
  readonly runIdAt: readonly number[];
  /** The trace id read last and where it stood: spans of a trace tend to follow one another. */
  readonly traceId: { text: string; at: number };
}

/** Goes through a message and stops at each field with the wanted tag; `visit` need not read to its end. */
export function eachMessage(cursor: Cursor, end: number, wanted: number, visit: (end: number) => void): void {
  while (cursor.at < end) {
    const fieldTag = readTag(cursor, end);
    if (fieldTag === wanted) {
      const stop = readEnd(cursor, end);
      visit(stop);
      cursor.at = stop;
    } else skip(cursor, fieldTag, end);
  }
}
