/** Which nodes an address or a destination may mean, so that a call need not be held against every node. */
import type { NodeRecord, TopologyRecord } from '../model/topology.ts';
import { append } from './append.ts';

export interface AimIndex {
  /** Names of nodes by an address of theirs, loopback under one name. */
  byAddress: ReadonlyMap<string, readonly string[]>;
  /** Names of topics and exchanges → nodes. */
  byDestination: ReadonlyMap<string, readonly string[]>;
}

export function indexAims({ nodes }: TopologyRecord): AimIndex {
  const byAddress = new Map<string, string[]>();
  const byDestination = new Map<string, string[]>();
  for (const [name, node] of Object.entries(nodes)) {
    for (const address of new Set(node.addresses.map(withLocalhost))) append(byAddress, address, name);
    const destination = destinationOf(node);
    if (destination !== undefined) append(byDestination, destination, name);
  }
  return { byAddress, byDestination };
}

/** The topic or exchange by which producers name a node. */
export function destinationOf({ topic, exchange }: NodeRecord): string | undefined {
  return topic ?? exchange;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '[::1]', 'localhost', '0.0.0.0']);

/** The address with one name for every loopback. */
export function withLocalhost(address: string): string {
  const at = address.lastIndexOf(':');
  return LOOPBACK.has(address.slice(0, at)) ? `localhost${address.slice(at)}` : address;
}
