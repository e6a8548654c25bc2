/** Several taps on one `listen`, told apart by the `Host` of each request (RFC 9110 §7.2). */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Complaint, inTheWay } from '../../model/problem.ts';
import { listen } from './listen.ts';
import { bareHost, createRouter } from './router.ts';

/** One tap of those that share a place. */
export interface Member {
  host: string;
  node: string;
  /** Of the tap itself, on 127.0.0.1. */
  port: number;
  tell(complaint: Complaint): void;
}

interface Shared {
  server: Server;
  address: string;
  members: Map<string, Member>;
  sockets: Set<Socket>;
}

/** Places that are open, by `listen`. Taps are opened one by one, and the first of a place opens it. */
const places = new Map<string, Promise<Shared>>();

/**
 * Takes part in a place, and opens it where nobody has yet.
 * @throws InTheWayError where it cannot listen, or the host is taken
 */
export async function joinPlace(at: string, member: Member): Promise<{ address: string; leave(): Promise<void> }> {
  const opening = places.get(at) ?? openPlace(at);
  places.set(at, opening);
  const shared = await opening.catch((error: unknown) => {
    places.delete(at);
    throw error;
  });
  const host = bareHost(member.host);
  const other = shared.members.get(host);
  if (other !== undefined) {
    throw inTheWay(`the taps of ${member.node} and ${other.node} share ${at} and the host ${host}`, 'Name another.');
  }
  shared.members.set(host, member);
  return {
    address: shared.address,
    async leave() {
      shared.members.delete(host);
      if (shared.members.size > 0) return;
      if (places.get(at) === opening) places.delete(at);
      for (const socket of shared.sockets) socket.destroy();
      await new Promise<void>((resolve) => shared.server.close(() => resolve()));
    },
  };
}

async function openPlace(at: string): Promise<Shared> {
  const members = new Map<string, Member>();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    keep(sockets, client);
    serve(client, members, sockets);
  });
  return { server, address: await listen(server, at), members, sockets };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

/** Passes each request of a connection on to the tap of its host. */
function serve(client: Socket, members: ReadonlyMap<string, Member>, sockets: Set<Socket>): void {
  let current: Socket | undefined;
  const router = createRouter({
    knows: (host) => members.has(host),
    go(host) {
      const member = members.get(host);
      if (member === undefined) return;
      drop(current);
      current = connect({ host: '127.0.0.1', port: member.port, allowHalfOpen: true, noDelay: true });
      keep(sockets, current);
      join(client, current);
    },
    pass: (chunk) => {
      if (current?.write(chunk) === false) client.pause();
    },
    refuse(why) {
      drop(current);
      const [first] = members.values();
      const names = [...members.values()].map(({ host, node }) => `${host} (${node})`).join(', ');
      const text = `tracegap listens here for ${names}; ${why}\n`;
      first?.tell({
        message: `a request that came to the taps that share one listen belongs to none of them: ${why}`,
        hint: `Its sender must name one of ${names}; or give the node that it means a tap with that \`host\`.`,
      });
      client.end(misdirected(text));
    },
  });
  client.on('data', (chunk: Buffer) => router.push(chunk));
  client.on('end', () => (current === undefined ? client.end() : current.end()));
  client.on('error', () => current?.resetAndDestroy());
}

/** Ends a connection without a word to its client. */
function drop(upstream: Socket | undefined): void {
  for (const event of ['data', 'end', 'error']) upstream?.removeAllListeners(event);
  upstream?.on('error', () => undefined).destroy();
}

function join(client: Socket, upstream: Socket): void {
  upstream.on('data', (chunk: Buffer) => {
    if (!client.write(chunk)) upstream.pause();
  });
  client.removeAllListeners('drain').on('drain', () => upstream.resume());
  upstream.on('drain', () => client.resume());
  upstream.on('end', () => client.end());
  upstream.on('error', () => client.resetAndDestroy());
}

/** RFC 9110 §15.5.20. */
function misdirected(text: string): string {
  const head = ['HTTP/1.1 421 Misdirected Request', 'content-type: text/plain', 'connection: close'];
  return `${[...head, `content-length: ${Buffer.byteLength(text)}`].join('\r\n')}\r\n\r\n${text}`;
}
