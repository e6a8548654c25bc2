/** Opens a TCP or TLS connection within a short, fixed time. */
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import type { Address } from './address.ts';
import { timeLimit } from './time-limit.ts';
import type { TlsOptions } from './tls.ts';

/** The longest that a connection, with its TLS handshake, may take; ms. */
export const CONNECT_LIMIT_MS = 3000;

/** TLS as `tls.connect` wants it, with the name that the certificate must bear unless the user gave another. */
export type TlsDial = TlsOptions & { expectedName: string };

/**
 * A connected socket, through the TLS handshake where `tls` is given, without Nagle's delay.
 * Rejects with Node's own error, or with an `AbortError` whose cause is why it was given up.
 */
export async function dial(to: Address, tls: TlsDial | undefined, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const limit = timeLimit(CONNECT_LIMIT_MS, signal);
  const socket = tls ? connectTls(tlsOptions(to, tls)) : connect(to);
  socket.setNoDelay(true);
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal: limit.signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    limit.end();
  }
}

/** An IP address may not stand in the handshake (RFC 6066 §3), yet the certificate is checked against it. */
function tlsOptions(to: Address, { expectedName, ...options }: TlsDial): ConnectionOptions {
  const { servername = expectedName, ...rest } = options;
  return {
    ...rest,
    ...to,
    ...(isIP(servername) === 0 && { servername }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(servername, certificate),
    ALPNProtocols: ['http/1.1'],
  };
}
