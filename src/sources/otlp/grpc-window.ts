/**
 * How much of a message may be on its way at once. HTTP/2 begins with 64 KiB for a call, and a batch of spans is more:
 * its client would stop and wait over and over, which costs more than reading the batch.
 */
import type { ServerHttp2Session } from 'node:http2';

/** In bytes, of one call; what waits for its turn is held by it. */
const CALL = 256 * 1024;
/** In bytes, of all calls of a connection together. */
const CONNECTION = 1024 * 1024;

/** Opens the windows of the connections that calls come on, each once. */
export function windowOpener(): (call: object) => void {
  const seen = new WeakSet<ServerHttp2Session>();
  return (call) => {
    const session = sessionOf(call);
    if (session === undefined || seen.has(session) || session.destroyed || session.closed) return;
    seen.add(session);
    session.settings({ initialWindowSize: CALL });
    session.setLocalWindowSize(CONNECTION);
  };
}

/** The call's stream is an inner part of the library: where it is none any more, calls come slower, and that is all. */
function sessionOf(call: object): ServerHttp2Session | undefined {
  const { stream } = call as { stream?: { session?: ServerHttp2Session } };
  return typeof stream?.session?.setLocalWindowSize === 'function' ? stream.session : undefined;
}
