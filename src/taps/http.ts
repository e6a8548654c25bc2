/** The inline HTTP tap: a TCP forwarder in front of a node that changes nothing and reads a copy of what passes. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { formatAddress, parseAddress } from '../clients/address.ts';
import { ownerOfPort } from '../clients/port-owner.ts';
import { type Complaint, inTheWay } from '../model/problem.ts';
import { forward } from './http/forward.ts';
import { createGapList } from './http/gaps.ts';
import { currentInstant } from './http/instant.ts';
import { watch } from './http/watch.ts';
import type { OpenTap, TapContext } from './tap.ts';

export interface HttpTapConfig {
  /** `host:port` that senders are pointed at; port 0 takes a free one. */
  listen: string;
  /** `host:port` of the node. */
  to: string;
}

export interface HttpTap extends OpenTap {
  /** `host:port` that it listens on. */
  address: string;
  /** Connections that the node did not take; each sender saw a reset. */
  refused(): number;
}

/**
 * Opens the tap. Connections that speak something else than HTTP/1.1, or go over to it, pass unread: gaps in its sight.
 * @throws InTheWayError where it cannot listen
 */
export async function openHttpTap(config: HttpTapConfig, context: TapContext): Promise<HttpTap> {
  const to = parseAddress(config.to);
  const tell = tellOnce(context);
  const sockets = new Set<Socket>();
  const gaps = createGapList();
  let connections = 0;
  let refused = 0;
  let closed: number | undefined;

  function join(client: Socket): void {
    const upstream = connect({ ...to, allowHalfOpen: true, noDelay: true });
    connections += 1;
    keep(sockets, client, upstream);
    forward(client, upstream, watch(upstream, connections, context, gaps));
    const onRefused = (error: Error): void => {
      refused += 1;
      tell(refusal(context.node, config.to, error));
    };
    upstream.once('error', onRefused);
    upstream.once('connect', () => {
      upstream.off('error', onRefused);
      // Until now, what the client sent waited in its socket.
      client.resume();
    });
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, join);
  await listen(server, config.listen);
  server.on('error', (error) => tell(acceptFailure(context.node, error)));

  const from = currentInstant().ms;
  return {
    address: addressOf(server),
    refused: () => refused,
    sight() {
      const until = closed ?? currentInstant().ms;
      return { part: 'tap', name: context.node, from, until, gaps: gaps.at(until), dropped: 0 };
    },
    async caughtUp() {
      // The second turn of the event loop has read whatever the kernel held at the call.
      await nextTurn();
      await nextTurn();
    },
    async close() {
      closed ??= currentInstant().ms;
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A node that is down refuses every connection in the same words: they are said once. */
function tellOnce({ sink }: TapContext): (complaint: Complaint) => void {
  const told = new Set<string>();
  return (complaint) => {
    if (told.has(complaint.message)) return;
    told.add(complaint.message);
    sink.problem(complaint);
  };
}

function keep(sockets: Set<Socket>, ...opened: Socket[]): void {
  for (const socket of opened) {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }
}

async function listen(server: Server, at: string): Promise<void> {
  server.listen(parseAddress(at));
  try {
    await once(server, 'listening');
  } catch (error) {
    throw await listenFailure(at, error);
  }
}

async function listenFailure(at: string, error: unknown): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const { host, port } = parseAddress(at);
  switch (code) {
    case 'EADDRINUSE': {
      const owner = (await ownerOfPort(port)) ?? 'a process that cannot be told from here';
      return inTheWay(
        `port ${port} of the tap (${at}) is taken by ${owner}`,
        'Stop it, or give the tap another listen.',
      );
    }
    case 'EACCES':
      return inTheWay(`this user may not listen on ${at}`, 'Give the tap a port above 1023.');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return inTheWay(
        `${host} is no address of this machine (${code})`,
        'Give the tap 127.0.0.1 or 0.0.0.0 to listen on.',
      );
    default:
      return error;
  }
}

function refusal(node: string, to: string, error: Error): Complaint {
  const code = 'code' in error ? String(error.code) : error.message;
  return {
    message: `${node} did not take a connection at ${to} that its tap passed on (${code}); the sender saw a reset`,
    hint: `Check that ${node} is running, and that its url names the right host and port.`,
  };
}

function acceptFailure(node: string, error: Error): Complaint {
  return {
    message: `the tap in front of ${node} could not take a connection: ${error.message}`,
    hint: 'Raise the number of open files that this process may have (ulimit -n).',
  };
}

function addressOf(server: Server): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on TCP');
  return formatAddress({ host: address.address, port: address.port });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
