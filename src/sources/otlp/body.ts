/** A request's body, decompressed and bounded: each by itself, and all that are in memory together. */
import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Lease } from './memory.ts';
import { HAS_ZSTD, zstdDecoder } from './zstd.ts';

/** A body, why it is refused, or that whoever sent it is gone. */
export type Body = { bytes: Buffer } | { refused: number; message: string } | 'gone';

/** How a body may be compressed; zstd where the runtime has it. */
export const CODINGS: readonly string[] = HAS_ZSTD ? ['gzip', 'zstd'] : ['gzip'];

/**
 * Reads a request's body. It may be chunked and announce no length. What is refused half-way is still taken off the
 * wire, so that the client gets to read the answer.
 * @param coding one of {@link CODINGS}, or `identity`
 * @param most bytes, as sent and after decompression
 */
export function readBody(request: IncomingMessage, coding: string, most: number, lease: Lease): Promise<Body> {
  const tooLarge: Body = { refused: 413, message: `the body is larger than ${most} bytes, the most that is taken` };
  const tooMuch: Body = { refused: 503, message: 'too many bodies are being read at once; send this one again' };
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > most) return Promise.resolve(tooLarge);
  if (!lease.hasRoomFor(announced)) return Promise.resolve(tooMuch);

  return new Promise((resolve) => {
    const decoder = decoderOf(coding);
    const stream = decoder?.output ?? request;
    const chunks: Buffer[] = [];
    let sent = 0;
    let size = 0;
    let isDone = false;
    const finish = (body: Body): void => {
      if (isDone) return;
      isDone = true;
      if (decoder !== undefined) request.unpipe(decoder.input);
      decoder?.output.destroy();
      request.resume();
      resolve(body);
    };
    request.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent > most) finish(tooLarge);
    });
    stream.on('data', (chunk: Buffer) => {
      if (isDone) return;
      size += chunk.length;
      chunks.push(chunk);
      if (size > most) finish(tooLarge);
      else if (!lease.take(chunk.length)) finish(tooMuch);
    });
    stream.on('end', () => finish({ bytes: joined(chunks) }));
    decoder?.output.on('error', ({ message }) => {
      const isNone = `the body is no whole ${coding}, although content-encoding says so (${message})`;
      finish({ refused: 400, message: isNone });
    });
    request.on('error', () => finish('gone'));
    request.on('close', () => {
      if (!request.complete) finish('gone');
    });
    if (decoder !== undefined) request.pipe(decoder.input);
  });
}

function decoderOf(coding: string): { input: Writable; output: Readable } | undefined {
  if (coding === 'zstd') return zstdDecoder();
  if (coding !== 'gzip') return undefined;
  const gunzip = createGunzip();
  return { input: gunzip, output: gunzip };
}

/** A body that came in one piece is not copied. */
function joined(chunks: Buffer[]): Buffer {
  const [first, ...others] = chunks;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(chunks);
}
