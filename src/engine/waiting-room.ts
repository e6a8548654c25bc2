/**
 * Spans that nothing ties yet, as compact rows (DESIGN §6): packed into bytes that lie outside of the heap, found again
 * by the keys that they came with. There are two generations; when the younger is full, the older goes as a whole.
 */
import { append } from '../evidence/append.ts';
import type { SpanRecord } from '../model/evidence.ts';

const MIB = 2 ** 20;
/** The rows of one generation: so many, and so many bytes, whichever is reached first. */
const GENERATION_ROWS = 30_000;
const GENERATION_BYTES = 16 * MIB;

export interface WaitingRoom {
  /** @param keys by which it may be asked for later, beside its trace id */
  add(record: SpanRecord, keys: readonly string[]): void;
  /** Takes out the traces of which a span waits under the key, whole; in the order in which their spans came. */
  take(key: string): SpanRecord[];
  /** All that wait, in the order in which they came. They stay. */
  all(): SpanRecord[];
  /** How many spans had to go. */
  dropped(): number;
}

interface Row {
  traceId: string;
  /** Shared by all spans that came with it. */
  resource: SpanRecord['resource'];
  from: number;
  to: number;
  isTaken: boolean;
}

interface Generation {
  bytes: Buffer;
  used: number;
  rows: Row[];
  byKey: Map<string, Row[]>;
}

/** @param generationBytes how much of the newest is sure to be kept */
export function createWaitingRoom(generationBytes: number = GENERATION_BYTES): WaitingRoom {
  let older = emptyGeneration(Buffer.alloc(0));
  let younger = emptyGeneration(Buffer.alloc(0));
  let dropped = 0;

  const turnOver = (): void => {
    dropped += older.rows.filter(({ isTaken }) => !isTaken).length;
    const bytes = older.bytes.length === 0 ? Buffer.allocUnsafeSlow(generationBytes) : older.bytes;
    [older, younger] = [younger, emptyGeneration(bytes)];
  };
  const take = (traceId: string): SpanRecord[] =>
    [older, younger].flatMap((generation) => {
      const rows = (generation.byKey.get(traceId) ?? []).filter((row) => row.traceId === traceId && !row.isTaken);
      for (const row of rows) row.isTaken = true;
      return rows.map((row) => unpack(row, generation.bytes));
    });

  return {
    add(record, keys) {
      const packed = pack(record);
      const most = packed.length * MOST_BYTES_OF_A_CHARACTER;
      if (younger.used + most > younger.bytes.length || younger.rows.length >= GENERATION_ROWS) turnOver();
      if (most > generationBytes) {
        dropped += 1;
        return;
      }
      const from = younger.used;
      younger.used += younger.bytes.write(packed, from);
      const row = { traceId: record.traceId, resource: record.resource, from, to: younger.used, isTaken: false };
      younger.rows.push(row);
      append(younger.byKey, record.traceId, row);
      for (const key of keys) append(younger.byKey, key, row);
    },
    take(key) {
      const rows = [older, younger].flatMap(({ byKey }) => byKey.get(key) ?? []);
      return [...new Set(rows.map(({ traceId }) => traceId))].flatMap(take);
    },
    all: () =>
      [older, younger].flatMap(({ rows, bytes }) =>
        rows.filter(({ isTaken }) => !isTaken).map((row) => unpack(row, bytes)),
      ),
    dropped: () => dropped,
  };
}

/** In UTF-8, of a UTF-16 code unit. */
const MOST_BYTES_OF_A_CHARACTER = 3;

function emptyGeneration(bytes: Buffer): Generation {
  return { bytes, used: 0, rows: [], byKey: new Map() };
}

function pack(record: SpanRecord): string {
  return JSON.stringify({ ...record, traceId: undefined, resource: undefined });
}

function unpack({ traceId, resource, from, to }: Row, bytes: Buffer): SpanRecord {
  return { traceId, resource, ...JSON.parse(bytes.toString('utf8', from, to)) };
}
