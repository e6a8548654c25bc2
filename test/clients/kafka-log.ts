/** Writes record batches and fetch answers as a broker keeps and sends them. */
import { crc32c } from '../../src/clients/crc32c.ts';

export interface LogRecord {
  key?: string | null;
  value?: string | null;
  headers?: [name: string, value: string | null][];
  /** After the batch's base, ms. */
  timestampDelta?: number;
  offsetDelta?: number;
}

export interface LogBatch {
  offset: number;
  records: LogRecord[];
  timestamp?: number;
  maxTimestamp?: number;
  /** Bits of codec, timestamp type, transaction and control. */
  attributes?: number;
  producerId?: number;
  lastOffsetDelta?: number;
  magic?: number;
  /** Changes bytes after the checksum was made. */
  damage?: (records: Buffer) => Buffer;
  pack?: (records: Buffer) => Buffer;
}

/** A record batch of format 2. */
export function batchBytes(batch: LogBatch): Buffer {
  const {
    offset,
    records,
    timestamp = 1000,
    attributes = 0,
    producerId = -1,
    magic = 2,
    pack = (each) => each,
    damage = (each) => each,
  } = batch;
  const head = Buffer.alloc(49);
  head.writeInt8(magic, 4);
  head.writeInt16BE(attributes, 9);
  head.writeInt32BE(batch.lastOffsetDelta ?? records.length - 1, 11);
  head.writeBigInt64BE(BigInt(timestamp), 15);
  head.writeBigInt64BE(BigInt(batch.maxTimestamp ?? timestamp), 23);
  head.writeBigInt64BE(BigInt(producerId), 31);
  head.writeInt32BE(records.length, 45);
  const body = pack(Buffer.concat(records.map((record, at) => recordBytes({ offsetDelta: at, ...record }))));
  head.writeUInt32BE(crc32c(Buffer.concat([head.subarray(9), body])), 5);
  return Buffer.concat([int64(offset), int32(head.length + body.length), head, damage(body)]);
}

function recordBytes({
  key = null,
  value = null,
  headers = [],
  timestampDelta = 0,
  offsetDelta = 0,
}: LogRecord): Buffer {
  const fields = headers.flatMap(([name, text]) => [sized(name), sized(text)]);
  const body = [
    varint(timestampDelta),
    varint(offsetDelta),
    sized(key),
    sized(value),
    varint(headers.length),
    ...fields,
  ];
  const bytes = Buffer.concat([Buffer.from([0]), ...body]);
  return Buffer.concat([varint(bytes.length), bytes]);
}

export interface LogPartition {
  partition: number;
  errorCode?: number;
  aborted?: { producerId: number; firstOffset: number }[];
  batches: Buffer;
}

/** The answer to a fetch of one topic, in a version of the request. */
export function fetchAnswer(version: number, partitions: LogPartition[], throttleMs = 0): Buffer {
  return Buffer.concat([
    int32(throttleMs),
    ...(version >= 7 ? [Buffer.alloc(2), int32(77)] : []),
    int32(1),
    Buffer.from([0, 6]),
    Buffer.from('orders'),
    int32(partitions.length),
    ...partitions.map((each) => partitionBytes(version, each)),
  ]);
}

function partitionBytes(version: number, { partition, errorCode = 0, aborted = [], batches }: LogPartition): Buffer {
  const code = Buffer.alloc(2);
  code.writeInt16BE(errorCode);
  return Buffer.concat([
    int32(partition),
    code,
    int64(90),
    int64(80),
    ...(version >= 5 ? [int64(0)] : []),
    int32(aborted.length === 0 ? -1 : aborted.length),
    ...aborted.flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)]),
    ...(version >= 11 ? [int32(-1)] : []),
    int32(batches.length),
    batches,
  ]);
}

/** Blocks of snappy in the frame of Kafka's Java clients. */
export function xerial(blocks: Buffer[]): Buffer {
  const sizedBlocks = blocks.flatMap((block) => [int32(block.length), block]);
  return Buffer.concat([Buffer.from('\x82SNAPPY\x00', 'latin1'), int32(1), int32(1), ...sizedBlocks]);
}

/** An LZ4 frame with blocks of up to 64 KiB that are not compressed. */
export function lz4Stored(blocks: Buffer[]): Buffer {
  const sizedBlocks = blocks.flatMap((block) => [uint32LE(block.length + 2 ** 31), block]);
  return Buffer.concat([Buffer.from([4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]), ...sizedBlocks, uint32LE(0)]);
}

function uint32LE(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function varint(value: number): Buffer {
  return unsigned(value < 0 ? -value * 2 - 1 : value * 2);
}

function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function sized(text: string | null): Buffer {
  if (text === null) return varint(-1);
  return Buffer.concat([varint(Buffer.byteLength(text)), Buffer.from(text)]);
}
