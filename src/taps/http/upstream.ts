/** The tap's own connection to the node: plain, or TLS where the node speaks it and the sender does not. */
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { parseAddress } from '../../clients/address.ts';
import { readTls, type TlsOptions } from '../../clients/tls.ts';
import type { HttpTapTarget } from '../tap.ts';

/** First byte of a TLS handshake (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

export interface Upstream {
  socket: Socket;
  /** The event after which it takes bytes. */
  ready: 'connect' | 'secureConnect';
}

/**
 * Makes connections to the node. Where the node speaks TLS, a sender that speaks it too is passed on as it is, unread; one
 * that speaks plain HTTP to the tap is read, and goes on by TLS.
 * @throws ComplaintError for a TLS file that cannot be used
 */
export function createUpstream({
  to,
  tls,
}: HttpTapTarget): (client: Socket, joined: (upstream: Upstream) => void) => void {
  const address = parseAddress(to);
  const plain = (): Upstream => ({
    socket: connect({ ...address, allowHalfOpen: true, noDelay: true }),
    ready: 'connect',
  });
  if (tls === undefined) return (_client, joined) => joined(plain());
  const options = readTls(tls.settings) ?? {};
  const expected = options.servername ?? parseAddress(tls.name).host;
  return (client, joined) =>
    peek(client, (first) =>
      joined(first === HANDSHAKE ? plain() : { socket: secure(address, options, expected), ready: 'secureConnect' }),
    );
}

function secure(address: { host: string; port: number }, options: TlsOptions, expected: string): Socket {
  const socket = connectTls({
    ...options,
    ...address,
    servername: isIP(expected) === 0 ? expected : '',
    checkServerIdentity: (_host, certificate) => checkServerIdentity(expected, certificate),
    ALPNProtocols: ['http/1.1'],
  });
  return socket.setNoDelay(true);
}

/** Looks at the first byte that a client sends and leaves it where it was. */
function peek(client: Socket, see: (first: number | undefined) => void): void {
  client.once('data', (chunk: Buffer) => {
    client.pause();
    client.unshift(chunk);
    see(chunk[0]);
  });
  client.resume();
}
