/** Addresses as a topology writes them: `host:port`. */

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
