import type { Hop } from './topology.ts';

/** The mediators of a hop and its end, in the order in which context passes them. */
export function pathOf(hop: Hop): string[] {
  return [...hop.via, hop.to];
}
