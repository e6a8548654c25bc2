/** How Kafka's record batches are unpacked. A decoder that Node does not bring is loaded when the first such batch is met. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface KafkaCodec {
  name: string;
  /**
   * @param limit the most bytes that it may unpack to
   * @throws Error that says what is wrong, for the middle of a sentence
   */
  unpack(packed: Buffer, limit: number): Promise<Buffer>;
}

/** By the number that a batch's attributes give; none for a number that is not known. */
export function kafkaCodec(number: number): KafkaCodec | undefined {
  return CODECS[number];
}

const CODECS: readonly KafkaCodec[] = [
  { name: 'none', unpack: async (bytes) => bytes },
  { name: 'gzip', unpack: unpackGzip },
  { name: 'snappy', unpack: unpackSnappy },
  { name: 'lz4', unpack: async (packed, limit) => (await import('./lz4.ts')).unpackLz4(packed, limit) },
  { name: 'zstd', unpack: unpackZstd },
];

const gunzipped = promisify(gunzip);

function unpackGzip(packed: Buffer, limit: number): Promise<Buffer> {
  return gunzipped(packed, { maxOutputLength: limit });
}

/** The frame in which Java's snappy (xerial) puts blocks: this, two versions of four bytes, and each block's length. */
const XERIAL = Buffer.from('\x82SNAPPY\x00', 'latin1');
const XERIAL_HEAD = 16;

async function unpackSnappy(packed: Buffer, limit: number): Promise<Buffer> {
  const { uncompress } = await import('snappyjs');
  if (!packed.subarray(0, XERIAL.length).equals(XERIAL)) return uncompress(packed, limit);
  const pieces: Buffer[] = [];
  let left = limit;
  for (let at = XERIAL_HEAD; at < packed.length; ) {
    const start = at + 4;
    at = start + packed.readUInt32BE(at);
    if (at > packed.length) throw new RangeError('a snappy block that is cut short');
    const piece = uncompress(packed.subarray(start, at), left);
    left -= piece.length;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function unpackZstd(packed: Buffer, limit: number): Promise<Buffer> {
  const { Decompress } = await import('fzstd');
  if (zstdWindow(packed) > ZSTD_WINDOW_LIMIT) throw new RangeError('a zstd frame that takes too much memory');
  const pieces: Uint8Array[] = [];
  let length = 0;
  const unpacking = new Decompress((piece) => {
    length += piece.length;
    if (length > limit) throw new RangeError(`it unpacks to more than ${limit} bytes`);
    pieces.push(piece);
  });
  unpacking.push(packed, true);
  return Buffer.concat(pieces);
}

const SINGLE_SEGMENT = 0x20;
/** What zstd itself takes unless it is told otherwise. */
const ZSTD_WINDOW_LIMIT = 2 ** 27;

/** What a frame asks to be kept in memory (RFC 8878 §3.1.1.1.2): the decoder takes it at once, whatever it is. */
function zstdWindow(frame: Buffer): number {
  const flags = frame.readUInt8(4);
  if ((flags & SINGLE_SEGMENT) !== 0) return zstdContentSize(frame, flags);
  const descriptor = frame.readUInt8(5);
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Of a frame that is a single segment (RFC 8878 §3.1.1.1.4). */
function zstdContentSize(frame: Buffer, flags: number): number {
  const at = 5 + ([0, 1, 2, 4][flags & 3] ?? 0);
  const sizes = [() => frame.readUInt8(at), () => frame.readUInt16LE(at) + 256, () => frame.readUInt32LE(at)];
  return sizes[flags >> 6]?.() ?? Number(frame.readBigUInt64LE(at));
}
