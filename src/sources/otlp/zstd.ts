/**
 * Bodies in zstd (RFC 8878), where the runtime has it: Node 22.15, 23.8 and later. Its decoder passes over whatever
 * follows a frame in the same chunk, and in Node 22 takes a frame that was cut off for a whole one. So it is given each
 * frame by itself, and whether the last one is whole is told here.
 */
import { PassThrough, pipeline, type Readable, Transform, type Writable } from 'node:stream';
import * as zlib from 'node:zlib';

/**
 * Each decoder keeps that much of what it made. RFC 9659 has 8 MiB as the most that one needs over HTTP, to which
 * Collectors keep now; earlier ones use 32 MiB at their highest level.
 */
const LARGEST_WINDOW_LOG2 = 25;
/** Its number in zstd; the types of Node 20 do not know it. */
const ZSTD_D_WINDOW_LOG_MAX = 100;

/** Whether this runtime can decompress zstd. */
export const HAS_ZSTD: boolean = 'createZstdDecompress' in zlib;

/** A decoder that fails where the body is no sequence of whole frames; undefined where the runtime has none. */
export function zstdDecoder(): { input: Writable; output: Readable } | undefined {
  if (!('createZstdDecompress' in zlib) || typeof zlib.createZstdDecompress !== 'function') return undefined;
  const output: unknown = zlib.createZstdDecompress({ params: { [ZSTD_D_WINDOW_LOG_MAX]: LARGEST_WINDOW_LOG2 } });
  if (!(output instanceof Transform)) return undefined;
  const input = new PassThrough();
  pipeline(input, frameByFrame, output, () => {});
  return { input, output };
}

/** Each costs the decoder about 15 µs, and may be as small as 8 bytes. Compressors make one, or one for some MiB. */
const MOST_FRAMES = 10_000;

/**
 * Cuts chunks where frames end, so that none holds bytes of two.
 * @throws Error where they are no sequence of whole frames, or far too many
 */
export async function* frameByFrame(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const walk = frameWalk();
  for await (const chunk of chunks) {
    let start = 0;
    for (const end of walk.endsIn(chunk)) {
      yield chunk.subarray(start, end);
      start = end;
    }
    if (start < chunk.length) yield chunk.subarray(start);
  }
  if (!walk.isAtEnd()) throw new Error('a zstd frame that is cut off');
}

function frameWalk(): { endsIn(chunk: Buffer): Generator<number>; isAtEnd(): boolean } {
  const steps = frames();
  let step = steps.next(0).value;
  let taken = 0;
  let value = 0;
  let count = 0;
  const proceed = (): boolean => {
    step = steps.next(value).value;
    taken = 0;
    value = 0;
    if (step.isFirst && ++count > MOST_FRAMES) throw new Error('too many zstd frames');
    return step.isFirst;
  };
  return {
    *endsIn(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const length = Math.min(chunk.length - at, step.bytes - taken);
        if (step.isRead) value += chunk.readUIntLE(at, length) * 2 ** (8 * taken);
        taken += length;
        at += length;
        while (taken === step.bytes) if (proceed()) yield at;
      }
    },
    isAtEnd: () => step.isFirst && taken === 0 && count > 0,
  };
}

/** What comes next in a frame. `isRead`: its value, little-endian, says how it goes on. */
interface Step {
  bytes: number;
  isRead: boolean;
  /** Whether a frame begins with it. */
  isFirst: boolean;
}

type Steps<Result> = Generator<Step, Result, number>;

const MAGIC = { frame: 0xfd2fb528, skippable: 0x184d2a50 };
const SINGLE_SEGMENT = 0x20;
const CHECKSUM = 0x04;
const REPEATED_BYTE = 1;

const MAGIC_NUMBER: Step = { bytes: 4, isRead: true, isFirst: true };

function read(bytes: number): Step {
  return { bytes, isRead: true, isFirst: false };
}

function pass(bytes: number): Step {
  return { bytes, isRead: false, isFirst: false };
}

function* frames(): Steps<never> {
  for (;;) {
    const magic = yield MAGIC_NUMBER;
    if (magic === MAGIC.frame) yield* frame();
    else if (magic >= MAGIC.skippable && magic < MAGIC.skippable + 16) yield pass(yield read(4));
    else throw new Error('no zstd frame');
  }
}

function* frame(): Steps<void> {
  const flags = yield read(1);
  yield pass(restOfHeader(flags));
  for (let isLast = false; !isLast; ) {
    const block = yield read(3);
    isLast = (block & 1) === 1;
    yield pass(((block >> 1) & 3) === REPEATED_BYTE ? 1 : block >> 3);
  }
  if ((flags & CHECKSUM) !== 0) yield pass(4);
}

/** Window, dictionary and size of the content, in bytes (RFC 8878 §3.1.1.1). */
function restOfHeader(flags: number): number {
  const isSingle = (flags & SINGLE_SEGMENT) !== 0;
  const size = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  return (isSingle ? 0 : 1) + dictionary + size;
}
