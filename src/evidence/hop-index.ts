/** The declared hops by the nodes that they touch, so that looking at one costs the same in a topology of any size. */
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { append } from './append.ts';

export interface HopIndex {
  /** Hops of a flow whose path goes into a node: as a mediator or as their end. */
  into(flow: string, node: string): readonly Hop[];
  /** Hops of a flow that begin at a node. */
  from(flow: string, node: string): readonly Hop[];
  /** What stands beside a node on each hop of whatever flow that begins or ends there, the nearest first. */
  beside(node: string | undefined): readonly (readonly string[])[];
  /** Whether some hop begins and ends at a node: it reads what it wrote. */
  returns(node: string): boolean;
}

export function indexHops(hops: readonly Hop[]): HopIndex {
  const into = new Map<string, Hop[]>();
  const from = new Map<string, Hop[]>();
  const beside = new Map<string, string[][]>();
  const returning = new Set(hops.filter((hop) => hop.from === hop.to).map((hop) => hop.to));
  for (const hop of hops) {
    append(beside, hop.from, pathOf(hop));
    append(beside, hop.to, hop.via.toReversed());
    for (const node of new Set(pathOf(hop))) append(into, keyOf(hop.flow, node), hop);
    append(from, keyOf(hop.flow, hop.from), hop);
  }
  return {
    into: (flow, node) => into.get(keyOf(flow, node)) ?? [],
    from: (flow, node) => from.get(keyOf(flow, node)) ?? [],
    returns: (node) => returning.has(node),
    beside: (node) => beside.get(node ?? '') ?? [],
  };
}

function keyOf(flow: string, node: string): string {
  return `${flow} ${node}`;
}
