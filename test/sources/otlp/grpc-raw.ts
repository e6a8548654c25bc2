/** Calls over gRPC whose every byte is given. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { TRACES } from './grpc-rig.ts';
import { closeLater } from './receiver-rig.ts';

/** A gRPC message with its prefix. */
export function framed(message: Buffer, isCompressed = false): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(isCompressed ? 1 : 0);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** A call whose every byte is given; its trailers, or the head of a response that is nothing else. */
export async function rawCall(
  address: string,
  headers: Record<string, string>,
  bytes: Buffer,
): Promise<Record<string, unknown>> {
  const session = connectHttp2(`http://${address}`);
  closeLater(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': TRACES,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  const trailers = new Promise<Record<string, unknown>>((resolve, reject) => {
    stream.on('response', (head) => {
      if (head['grpc-status'] !== undefined || head[':status'] !== 200) resolve(head);
    });
    stream.on('trailers', resolve);
    session.on('error', reject);
  });
  stream.resume();
  stream.end(bytes);
  return trailers;
}

/** A call whose message is still to be written. */
export function openStream(
  address: string,
  headers: Record<string, string> = {},
): { session: ClientHttp2Session; stream: ClientHttp2Stream } {
  const session = connectHttp2(`http://${address}`);
  closeLater(() => session.destroy());
  session.on('error', () => {});
  const stream = session.request({
    ':method': 'POST',
    ':path': TRACES,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  return { session, stream };
}
