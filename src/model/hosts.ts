/** The hosts that anything may be sent to. */

/** Without brackets and in lower case; a port does not count. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^([^:]*):\d+$/, '$1');
}

/**
 * Whether a host is among those allowed, by its name as written: `10.0.0.1`, `localhost`, or `*.acme.io` for every name
 * that ends so (`acme.io` itself does not). Case and ports do not count.
 */
export function isAllowedHost(allowed: readonly string[], host: string): boolean {
  const name = bare(host);
  return allowed.map(bare).some((each) => {
    if (!each.startsWith('*.')) return each === name;
    return name.endsWith(each.slice(1)) && name.length > each.length - 1;
  });
}
