/**
 * Unpacks LZ4 frames (lz4_Frame_format.md and lz4_Block_format.md of LZ4 1.6): independent and linked blocks, without
 * dictionaries. Checksums are skipped; Kafka has one of its own over all of it. What npm has for this reads frames with
 * block checksums wrongly, or stays broken after one broken frame.
 */

const MAGIC = 0x184d2204;
const VERSION = 0x40;
const VERSION_BITS = 0xc0;
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY = 0x01;
const STORED = 0x8000_0000;

/** A length of 15 in a token goes on in the bytes that follow. */
const GOES_ON = 15;
const SHORTEST_MATCH = 4;

interface Block {
  bytes: Buffer;
  /** Not compressed. */
  stored: boolean;
}

interface Output {
  bytes: Buffer;
  length: number;
}

/**
 * The content of one frame.
 * @param limit the most bytes that it may unpack to
 * @throws RangeError where it is cut short, or unpacks to more than `limit`; Error where it is no frame
 */
export function unpackLz4(frame: Buffer, limit: number): Buffer {
  const { blocks, blockSize } = readFrame(frame);
  const most = blocks.reduce((sum, { bytes, stored }) => sum + (stored ? bytes.length : blockSize), 0);
  const output: Output = { bytes: Buffer.allocUnsafe(Math.min(most, limit)), length: 0 };
  for (const { bytes, stored } of blocks) {
    if (stored) append(output, bytes);
    else unpackBlock(bytes, output);
  }
  return output.bytes.subarray(0, output.length);
}

function readFrame(frame: Buffer): { blocks: Block[]; blockSize: number } {
  if (frame.readUInt32LE(0) !== MAGIC) throw new Error('it is no LZ4 frame');
  const flags = frame.readUInt8(4);
  if ((flags & VERSION_BITS) !== VERSION) throw new Error('a version of LZ4 frames that is not known');
  if ((flags & DICTIONARY) !== 0) throw new Error('an LZ4 frame that needs a dictionary');
  const blockSize = 1 << (8 + 2 * ((frame.readUInt8(5) >> 4) & 7));
  const blocks: Block[] = [];
  // After the descriptor's own checksum.
  let at = (flags & CONTENT_SIZE) === 0 ? 7 : 15;
  for (;;) {
    const head = frame.readUInt32LE(at);
    if (head === 0) return { blocks, blockSize };
    const start = at + 4;
    const end = start + (head & ~STORED);
    if (end > frame.length) throw new RangeError('an LZ4 block that is cut short');
    blocks.push({ bytes: frame.subarray(start, end), stored: head >= STORED });
    at = (flags & BLOCK_CHECKSUM) === 0 ? end : end + 4;
  }
}

function unpackBlock(block: Buffer, output: Output): void {
  const cursor = { block, at: 0 };
  for (;;) {
    const token = block.readUInt8(cursor.at++);
    const literals = lengthOf(token >> 4, cursor);
    const end = cursor.at + literals;
    if (end > block.length) throw new RangeError('LZ4 literals that are cut short');
    append(output, block.subarray(cursor.at, end));
    cursor.at = end;
    // The last sequence has literals only.
    if (end === block.length) return;
    const distance = block.readUInt16LE(end);
    cursor.at += 2;
    repeat(output, distance, lengthOf(token & 15, cursor) + SHORTEST_MATCH);
  }
}

function lengthOf(short: number, cursor: { block: Buffer; at: number }): number {
  let length = short;
  for (let byte = short === GOES_ON ? 255 : 0; byte === 255; length += byte) {
    byte = cursor.block.readUInt8(cursor.at++);
  }
  return length;
}

function append(output: Output, bytes: Buffer): void {
  const end = makeRoom(output, bytes.length);
  bytes.copy(output.bytes, output.length);
  output.length = end;
}

/** Copies what stands `distance` before the end; where that is less than `length`, it copies what it has just copied. */
function repeat(output: Output, distance: number, length: number): void {
  const { bytes } = output;
  const end = makeRoom(output, length);
  let from = output.length - distance;
  if (distance === 0 || from < 0) throw new RangeError('an LZ4 match before the beginning');
  if (distance >= length) bytes.copyWithin(output.length, from, from + length);
  else for (let to = output.length; to < end; to++) bytes[to] = bytes[from++] ?? 0;
  output.length = end;
}

function makeRoom(output: Output, length: number): number {
  const end = output.length + length;
  if (end > output.bytes.length) throw new RangeError(`it unpacks to more than ${output.bytes.length} bytes`);
  return end;
}
