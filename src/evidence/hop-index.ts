/** The declared hops by the nodes that they touch, so that looking at one costs the same in a topology of any size. */
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { append } from './append.ts';

export interface HopIndex {
  /** Hops of a flow whose path goes into a node: as a mediator or as their end. */
  into(flow: string, node: string): readonly Hop[];
  /** Hops of a flow that begin at a node. */
  from(flow: string, node: string): readonly Hop[];
}

export function indexHops(hops: readonly Hop[]): HopIndex {
  const into = new Map<string, Hop[]>();
  const from = new Map<string, Hop[]>();
  for (const hop of hops) {
    for (const node of new Set(pathOf(hop))) append(into, keyOf(hop.flow, node), hop);
    append(from, keyOf(hop.flow, hop.from), hop);
  }
  return {
    into: (flow, node) => into.get(keyOf(flow, node)) ?? [],
    from: (flow, node) => from.get(keyOf(flow, node)) ?? [],
  };
}

function keyOf(flow: string, node: string): string {
  return `${flow} ${node}`;
}
