/** The declared hops by the nodes that they touch, so that looking at one costs the same in a topology of any size. */
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { append } from './append.ts';

export interface HopIndex {
  /** Hops of a flow whose path goes into a node: as a mediator or as their end. */
  into(flow: string, node: string): readonly Hop[];
  /** Hops of a flow that begin at a node. */
  from(flow: string, node: string): readonly Hop[];
  /** What stands next to a node, of whatever flow: where what it sends goes first, and where what it receives comes from. */
  beside(node: string | undefined): ReadonlySet<string>;
  /** Whether some hop begins and ends at a node: it reads what it wrote. */
  returns(node: string): boolean;
}

const NOTHING: ReadonlySet<string> = new Set();

export function indexHops(hops: readonly Hop[]): HopIndex {
  const into = new Map<string, Hop[]>();
  const from = new Map<string, Hop[]>();
  const beside = new Map<string, Set<string>>();
  const returning = new Set(hops.filter((hop) => hop.from === hop.to).map((hop) => hop.to));
  const stand = (node: string, next: string): void => void beside.set(node, (beside.get(node) ?? new Set()).add(next));
  for (const hop of hops) {
    stand(hop.from, hop.via[0] ?? hop.to);
    stand(hop.to, hop.via.at(-1) ?? hop.from);
    for (const node of new Set(pathOf(hop))) append(into, keyOf(hop.flow, node), hop);
    append(from, keyOf(hop.flow, hop.from), hop);
  }
  return {
    into: (flow, node) => into.get(keyOf(flow, node)) ?? [],
    from: (flow, node) => from.get(keyOf(flow, node)) ?? [],
    returns: (node) => returning.has(node),
    beside: (node) => beside.get(node ?? '') ?? NOTHING,
  };
}

function keyOf(flow: string, node: string): string {
  return `${flow} ${node}`;
}
