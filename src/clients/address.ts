/** Addresses as a topology writes them: `host:port`, and the credentials in a URL. */

/** Where a TCP connection goes. */
export interface Address {
  /** A name or an IP address; an IPv6 address without its brackets. */
  host: string;
  port: number;
}

/** Reads `host:port` or `[v6]:port`; the topology's reader has checked its form. */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

/** Writes an address so that {@link parseAddress} reads it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What the userinfo of a URL says in an `Authorization` header; nothing where it has none. */
export function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

/** Undoes percent-encoding, and leaves a `%` alone that is none. */
function decoded(part: string): string {
  return part.replace(/(?:%[0-9a-f]{2})+/gi, (octets) => Buffer.from(octets.replaceAll('%', ''), 'hex').toString());
}
