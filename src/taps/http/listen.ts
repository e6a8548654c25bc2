/** Listening on a port of this machine, and why that may not be possible. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { formatAddress, parseAddress } from '../../clients/address.ts';
import { ownerOfPort } from '../../clients/port-owner.ts';
import { inTheWay } from '../../model/problem.ts';

/**
 * @returns `host:port` that it listens on
 * @throws InTheWayError where it cannot listen
 */
export async function listen(server: Server, at: string): Promise<string> {
  server.listen(parseAddress(at));
  try {
    await once(server, 'listening');
  } catch (error) {
    throw await listenFailure(at, error);
  }
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on TCP');
  return formatAddress({ host: address.address, port: address.port });
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
