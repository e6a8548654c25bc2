/** Raw sockets on both sides of a tap, so that tests decide on and see every byte. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { WireEvent } from '../../src/model/evidence.ts';
import type { Complaint } from '../../src/model/problem.ts';
import { type HttpTap, openHttpTap } from '../../src/taps/http.ts';

export const RUN = '1a2b3c4d';
/** A probe id of the run. */
export const PROBE: string = `${RUN}-1111-4222-8333-444455556666`;

/** A tap and everything that it told, the latest event of each id last. */
export interface Rig {
  tap: HttpTap;
  events: Map<string, WireEvent>;
  emitted: WireEvent[];
  problems: Complaint[];
  /** Opens a raw connection to the tap. */
  client(): Promise<Peer>;
  /** The next connection that reaches the node. */
  server(): Promise<Peer>;
  close(): Promise<void>;
}

/** One end of a connection. */
export interface Peer {
  socket: Socket;
  /** Everything received so far. */
  received(): Buffer;
  /** Resolves once that many bytes were received. */
  receive(bytes: number): Promise<Buffer>;
  ended: Promise<void>;
  /** How it closed: `end`, or the error's code. */
  closed: Promise<string>;
}

export async function openRig(node = 'cart'): Promise<Rig> {
  const waiting: Peer[] = [];
  const wanted: ((peer: Peer) => void)[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = peerOn(socket);
    const take = wanted.shift();
    if (take) take(peer);
    else waiting.push(peer);
  });
  const rig = await openTapTo(await listening(server), node);
  const peers: Peer[] = [];
  return {
    ...rig,
    async client() {
      const peer = await clientOf(rig.tap);
      peers.push(peer);
      return peer;
    },
    server() {
      const peer = waiting.shift();
      return peer ? Promise.resolve(peer) : new Promise((resolve) => wanted.push(resolve));
    },
    async close() {
      await rig.tap.close();
      for (const peer of peers) peer.socket.destroy();
      server.close();
    },
  };
}

/** A tap in front of whatever is at `to`, collecting what it tells. */
export async function openTapTo(
  to: string,
  node = 'cart',
): Promise<Pick<Rig, 'tap' | 'events' | 'emitted' | 'problems'>> {
  const events = new Map<string, WireEvent>();
  const emitted: WireEvent[] = [];
  const problems: Complaint[] = [];
  const sink = {
    event(event: WireEvent) {
      events.set(event.id, event);
      emitted.push(structuredClone(event));
    },
    problem: (problem: Complaint) => problems.push(problem),
  };
  const tap = await openHttpTap({ listen: '127.0.0.1:0', to }, { node, runId: RUN, sink });
  return { tap, events, emitted, problems };
}

/** Listens on a free loopback port. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return `127.0.0.1:${address.port}`;
}

export async function clientOf(tap: HttpTap): Promise<Peer> {
  const [host, port] = tap.address.split(':');
  const socket = connect({ host: host ?? '', port: Number(port), allowHalfOpen: true, noDelay: true });
  const peer = peerOn(socket);
  await once(socket, 'connect');
  return peer;
}

function peerOn(socket: Socket): Peer {
  const chunks: Buffer[] = [];
  let failure = 'end';
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', (error) => {
    failure = 'code' in error ? String(error.code) : error.message;
  });
  const ended = new Promise<void>((resolve) => socket.once('end', resolve));
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(failure)));
  return {
    socket,
    received: () => Buffer.concat(chunks),
    async receive(bytes) {
      while (chunks.reduce((sum, chunk) => sum + chunk.length, 0) < bytes) {
        await Promise.race([once(socket, 'data'), closed.then((how) => Promise.reject(new Error(`closed: ${how}`)))]);
      }
      return Buffer.concat(chunks);
    },
    ended,
    closed,
  };
}
