/** Passes bytes between two sockets as they come: half-close, back-pressure and resets included. */
import type { Socket } from 'node:net';
import { currentInstant, type Instant } from './instant.ts';

type Side = 'client' | 'server';

/** Is shown what passed, after it was passed on, with the time at which it had come. Must not throw or change it. */
export interface Witness {
  data(chunk: Buffer, from: Side, now: Instant): void;
  end(from: Side, now: Instant): void;
}

/**
 * Joins a client's socket and a server's, both with `allowHalfOpen` and `noDelay`. Holds no more than the sockets' own buffers.
 * An error of one (a reset, a refused connection) is a reset of the other.
 */
export function forward(client: Socket, server: Socket, witness: Witness): void {
  pass(client, server, 'client', witness);
  pass(server, client, 'server', witness);
}

function pass(from: Socket, to: Socket, name: Side, witness: Witness): void {
  from.on('data', (chunk: Buffer) => {
    const now = currentInstant();
    if (!to.write(chunk)) from.pause();
    witness.data(chunk, name, now);
  });
  to.on('drain', () => from.resume());
  from.on('end', () => {
    const now = currentInstant();
    to.end();
    witness.end(name, now);
  });
  from.on('error', () => reset(to));
}

/** Node can reset neither a socket that is still connecting nor one whose end is under way. */
function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting || (socket.writableEnded && !socket.writableFinished)) socket.destroy();
  else socket.resetAndDestroy();
}
