/**
 * Reads what a Kafka broker answers to a fetch (versions 4 to 11), down to the record. kafkajs's own reader forgets the
 * order of headers of different names, and one batch in a codec that it does not know makes it refuse the whole answer.
 */
import { crc32c } from './crc32c.ts';
import { kafkaCodec } from './kafka-codecs.ts';

/** A record as it stands in the log. */
export interface KafkaRecord {
  partition: number;
  offset: bigint;
  /** ms since the epoch, the producer's or the broker's as the topic has it; -1: none. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  /** In wire order, duplicates kept. */
  headers: [name: string, value: Buffer | null][];
}

/** Records that are in the log and could not be read. */
export interface SkippedRecords {
  partition: number;
  first: bigint;
  last: bigint;
  count: number;
  /** For a sentence: `they cannot be unpacked with zstd (…)`. */
  reason: string;
}

/** The part of an answer that is about one partition. */
export interface FetchedPartition {
  partition: number;
  /** Kafka's; 0 is none. */
  errorCode: number;
  /** In the order of their first offset. */
  aborted: { producerId: bigint; firstOffset: bigint }[];
  batches: Buffer;
}

/** What a partition's answer held from an offset on. */
export interface PartitionRecords {
  records: KafkaRecord[];
  skipped: SkippedRecords[];
  /** The offset to go on from. */
  next: bigint;
}

/**
 * Takes an answer apart; its record batches stay bytes.
 * @param version of the fetch request, 4 to 11
 * @throws RangeError when it is cut short
 */
export function readFetchAnswer(
  bytes: Buffer,
  version: number,
): { throttleMs: number; partitions: FetchedPartition[] } {
  const cursor = { bytes, at: 0 };
  const throttleMs = int32(cursor);
  // error_code and session_id, for fetch sessions, which are not used.
  if (version >= 7) cursor.at += 6;
  const partitions: FetchedPartition[] = [];
  for (let topics = int32(cursor); topics > 0; topics--) {
    cursor.at += cursor.bytes.readInt16BE(cursor.at) + 2;
    for (let count = int32(cursor); count > 0; count--) partitions.push(fetchedPartition(cursor, version));
  }
  return { throttleMs, partitions };
}

function fetchedPartition(cursor: Cursor, version: number): FetchedPartition {
  const partition = int32(cursor);
  const errorCode = cursor.bytes.readInt16BE(cursor.at);
  // error_code, high_watermark, last_stable_offset and, from version 5, log_start_offset
  cursor.at += version >= 5 ? 26 : 18;
  const aborted: FetchedPartition['aborted'] = [];
  for (let count = int32(cursor); count > 0; count--) {
    aborted.push({ producerId: int64(cursor), firstOffset: int64(cursor) });
  }
  // preferred_read_replica
  if (version >= 11) cursor.at += 4;
  return { partition, errorCode, aborted, batches: bytesOf(cursor, int32(cursor)) ?? Buffer.alloc(0) };
}

const LENGTH_END = 12;
const MAGIC_AT = 16;
const CHECKSUM_AT = 17;
const CHECKED_FROM = 21;
const RECORDS_AT = 61;
const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/**
 * The records from an offset on, without those of aborted transactions and without transactions' markers. A batch that
 * cannot be read is skipped and named; a last one that the answer cut off is left for the next fetch.
 */
export async function readRecords(fetched: FetchedPartition, from: bigint): Promise<PartitionRecords> {
  const { partition } = fetched;
  const records: KafkaRecord[][] = [];
  const skipped: SkippedRecords[] = [];
  const isHidden = hiddenBatches(fetched.aborted);
  let next = from;
  for (const bytes of completeBatches(fetched.batches)) {
    const batch = batchHead(bytes);
    if (batch.last >= next) next = batch.last + 1n;
    if (isHidden(batch)) continue;
    const read = await readBatch(batch, partition);
    if (typeof read !== 'string') records.push(read.filter(({ offset }) => offset >= from));
    else skipped.push({ partition, first: batch.first, last: batch.last, count: batch.count, reason: read });
  }
  return { records: records.flat(), skipped, next };
}

function* completeBatches(bytes: Buffer): Generator<Buffer> {
  let at = 0;
  while (at + LENGTH_END <= bytes.length) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + 8);
    if (end > bytes.length) return;
    yield bytes.subarray(at, end);
    at = end;
  }
}

interface Batch {
  bytes: Buffer;
  first: bigint;
  last: bigint;
  count: number;
  attributes: number;
  producerId: bigint;
  /** Of a format before Kafka 0.11; only its offset is known. */
  old: boolean;
}

function batchHead(bytes: Buffer): Batch {
  const first = bytes.readBigInt64BE(0);
  if (bytes.readInt8(MAGIC_AT) < 2) {
    return { bytes, first, last: first, count: 1, attributes: 0, producerId: -1n, old: true };
  }
  const attributes = bytes.readInt16BE(21);
  const last = first + BigInt(bytes.readInt32BE(23));
  const producerId = bytes.readBigInt64BE(43);
  return { bytes, first, last, count: bytes.readInt32BE(57), attributes, producerId, old: false };
}

/** Whether a batch is a transaction's marker or belongs to one that was aborted. To be asked in the order of the log. */
function hiddenBatches(aborted: FetchedPartition['aborted']): (batch: Batch) => boolean {
  let begun = 0;
  const open = new Set<bigint>();
  return ({ last, attributes, producerId }) => {
    for (let next = aborted[begun]; next !== undefined && next.firstOffset <= last; next = aborted[++begun]) {
      open.add(next.producerId);
    }
    if ((attributes & CONTROL) !== 0) {
      open.delete(producerId);
      return true;
    }
    return (attributes & TRANSACTIONAL) !== 0 && open.has(producerId);
  };
}

const UNPACKED_LIMIT = 64 * 1024 * 1024;

/** The batch's records, or why they cannot be read. */
async function readBatch(batch: Batch, partition: number): Promise<KafkaRecord[] | string> {
  if (batch.old) return 'their message format is older than Kafka 0.11 and has no headers';
  const number = batch.attributes & CODEC;
  const codec = kafkaCodec(number);
  if (codec === undefined) return `they are compressed with codec ${number}, which is not known`;
  // Most decoders would make something else of damaged bytes, and not notice.
  if (number !== 0 && crc32c(batch.bytes.subarray(CHECKED_FROM)) !== batch.bytes.readUInt32BE(CHECKSUM_AT)) {
    return `they are damaged in the log (checksum), and were compressed with ${codec.name}`;
  }
  try {
    return recordsOf(batch, await codec.unpack(batch.bytes.subarray(RECORDS_AT), UNPACKED_LIMIT), partition);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    return `they cannot be decoded${number === 0 ? '' : ` from ${codec.name}`} (${reason})`;
  }
}

function recordsOf({ bytes, first, count, attributes }: Batch, unpacked: Buffer, partition: number): KafkaRecord[] {
  const baseTime = Number(bytes.readBigInt64BE(27));
  const appendTime = (attributes & LOG_APPEND_TIME) !== 0 ? Number(bytes.readBigInt64BE(35)) : undefined;
  const cursor = { bytes: unpacked, at: 0 };
  return Array.from({ length: count }, () => {
    const record = { bytes: bytesOf(cursor, varint(cursor)) ?? Buffer.alloc(0), at: 1 };
    const timestamp = baseTime + varint(record);
    const offset = first + BigInt(varint(record));
    const key = bytesOf(record, varint(record));
    const value = bytesOf(record, varint(record));
    return { partition, offset, timestamp: appendTime ?? timestamp, key, value, headers: headersOf(record) };
  });
}

function headersOf(record: Cursor): KafkaRecord['headers'] {
  const headers: KafkaRecord['headers'] = [];
  for (let count = varint(record); count > 0; count--) {
    const name = bytesOf(record, varint(record))?.toString() ?? '';
    headers.push([name, bytesOf(record, varint(record))]);
  }
  return headers;
}

interface Cursor {
  bytes: Buffer;
  at: number;
}

function int32(cursor: Cursor): number {
  cursor.at += 4;
  return cursor.bytes.readInt32BE(cursor.at - 4);
}

function int64(cursor: Cursor): bigint {
  cursor.at += 8;
  return cursor.bytes.readBigInt64BE(cursor.at - 8);
}

/** A zigzag varint or varlong. Exact up to 2^53, which lengths and times in ms never reach. */
function varint(cursor: Cursor): number {
  let value = 0;
  for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
    const byte = cursor.bytes.readUInt8(cursor.at++);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw new RangeError('a number of more than ten bytes');
}

/** The next bytes; null where the length is that of null, -1. */
function bytesOf(cursor: Cursor, length: number): Buffer | null {
  if (length < 0) return null;
  const end = cursor.at + length;
  if (end > cursor.bytes.length)
    throw new RangeError(`${length} bytes announced, ${cursor.bytes.length - cursor.at} left`);
  cursor.at = end;
  return cursor.bytes.subarray(end - length, end);
}
