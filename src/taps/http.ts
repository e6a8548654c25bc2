/** The inline HTTP tap: a TCP forwarder in front of a node that changes nothing and reads a copy of what passes. */
import { createServer, type Socket } from 'node:net';
import { parseAddress } from '../clients/address.ts';
import type { Complaint } from '../model/problem.ts';
import { forward } from './http/forward.ts';
import { createGapList } from './http/gaps.ts';
import { currentInstant } from './http/instant.ts';
import { listen } from './http/listen.ts';
import { joinPlace } from './http/shared.ts';
import { createUpstream } from './http/upstream.ts';
import { watch } from './http/watch.ts';
import type { HttpTapTarget, OpenTap, TapContext } from './tap.ts';

export interface HttpTap extends OpenTap {
  /** `host:port` that it listens on. */
  address: string;
  /** Connections that the node did not take; each sender saw a reset. */
  refused(): number;
}

/**
 * Opens the tap. Connections that speak something else than HTTP/1.1, or go over to it, pass unread: gaps in its sight.
 * Taps with a `host` may share one `listen`.
 * @throws InTheWayError where it cannot listen, ComplaintError for a TLS file that cannot be used
 */
export async function openHttpTap(config: HttpTapTarget, context: TapContext): Promise<HttpTap> {
  const connectTo = createUpstream(config);
  const tell = tellOnce(context);
  const sockets = new Set<Socket>();
  const gaps = createGapList();
  let connections = 0;
  let refused = 0;
  let closed: number | undefined;

  function join(client: Socket): void {
    keep(sockets, client);
    client.on('error', () => undefined);
    connectTo(client, ({ socket: upstream, ready }) => {
      connections += 1;
      keep(sockets, upstream);
      forward(client, upstream, watch(upstream, connections, context, gaps));
      const onRefused = (error: Error): void => {
        refused += 1;
        tell(refusal(context.node, config, error));
      };
      upstream.once('error', onRefused);
      upstream.once(ready, () => {
        upstream.off('error', onRefused);
        // Until now, what the client sent waited in its socket.
        client.resume();
      });
    });
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, join);
  const { host, listen: at } = config;
  const own = await listen(server, host === undefined ? at : '127.0.0.1:0');
  server.on('error', (error) => tell(acceptFailure(context.node, error)));
  const place =
    host === undefined
      ? undefined
      : await joinPlace(at, { host, node: context.node, port: parseAddress(own).port, tell }).catch(
          (error: unknown) => {
            server.close();
            throw error;
          },
        );

  const from = currentInstant().ms;
  return {
    address: place?.address ?? own,
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
      await place?.leave();
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

function refusal(node: string, { to, tls }: HttpTapTarget, error: Error): Complaint {
  const code = 'code' in error ? String(error.code) : error.message;
  return {
    message: `${node} did not take a connection at ${to} that its tap passed on (${code}); the sender saw a reset`,
    hint: `Check that ${node} is running, and that its url names the right host and port.${tls ? ' Then check its `tls`.' : ''}`,
  };
}

function acceptFailure(node: string, error: Error): Complaint {
  return {
    message: `the tap in front of ${node} could not take a connection: ${error.message}`,
    hint: 'Raise the number of open files that this process may have (ulimit -n).',
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
