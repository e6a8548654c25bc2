/** Listening on the receiver's address, and why that cannot be had. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { formatAddress, parseAddress } from '../../clients/address.ts';
import { ownerOfPort } from '../../clients/port-owner.ts';
import { type InTheWayError, inTheWay } from '../../model/problem.ts';

/** Which of the receiver's ports it is, as the topology file names it. */
export type Protocol = 'http' | 'grpc';

/**
 * Binds to the address and to nothing else; port 0 takes a free one.
 * @returns where it listens now
 * @throws InTheWayError where it cannot
 */
export async function listen(server: Server, address: string, protocol: Protocol): Promise<string> {
  const { host, port } = parseAddress(address);
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw await failureOf(error, address, protocol);
  }
  const bound = server.address();
  return formatAddress({ host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
}

const NAMES: Record<Protocol, string> = { http: 'OTLP', grpc: 'OTLP/gRPC' };

async function failureOf(error: unknown, address: string, protocol: Protocol): Promise<InTheWayError> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const { host, port } = parseAddress(address);
  switch (code) {
    case 'EADDRINUSE': {
      const owner = (await ownerOfPort(port)) ?? 'a process that cannot be told from here';
      return inTheWay(
        `port ${port}, where the ${NAMES[protocol]} receiver is to listen (${address}), is taken by ${owner}`,
        `Stop it, or give the source another port (sources: - otlp: { ${protocol}: "${host}:<port>" }) and point the exporters there.`,
      );
    }
    case 'EACCES':
      return inTheWay(`this user may not listen on ${address}`, 'Give the source a port above 1023.');
    default:
      return inTheWay(
        `the ${NAMES[protocol]} receiver cannot listen on ${address} (${code})`,
        'Give the source an address of this machine: 127.0.0.1, or 0.0.0.0 to be reached from containers.',
      );
  }
}
