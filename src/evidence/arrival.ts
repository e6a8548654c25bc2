/** An entry span of a hop's end, and how it stands to the hop's sender. */
import type { Hop } from '../model/topology.ts';
import { wayOf } from './aim.ts';
import type { IndexedSpan } from './span-index.ts';
import type { Origin, ResolvedLink, Station } from './stations.ts';
import type { Ties } from './tied.ts';

/** An entry span of the hop's end. */
export interface Arrival {
  station: Station;
  origin: Origin;
  /** Every link of the station's own spans. */
  links: ResolvedLink[];
  /** The link that leads to the sender's call, if one does. */
  link: ResolvedLink | undefined;
  /**
   * How it goes on from the sender: `parent`, `link`, or `none`. `bypassed`: its parent is the sender's own parent;
   * `strayed`: its parent is a span of the sender's in another trace; `unknown`: in the sender's trace, below a span
   * that no source handed over; `undeclared`: below a service that the path does not name; `misplaced`: below a call of
   * the sender's that aimed at another declared node.
   */
  went: 'parent' | 'link' | 'bypassed' | 'misplaced' | 'strayed' | 'unknown' | 'undeclared' | 'none';
  /** The sender's call went, by its attributes, to another declared node: one that did come here may still show. */
  odd?: boolean;
  /** Of a misplaced one: the service that the call went to, which hangs below it as well and may have passed it on. */
  sharedWith?: string;
  sender: Station | undefined;
  outgoing: IndexedSpan | undefined;
}

/** Whether an arrival went on from the sender. */
export function isComplete({ went }: Arrival): boolean {
  return went === 'parent' || went === 'link';
}

/** Where a call of the sender's leads. */
export type ByWay = Pick<Arrival, 'went' | 'odd' | 'sharedWith'>;

/** How a receiver goes on from a call of the sender's, by where the call aimed. */
export function byWay(ties: Ties, call: IndexedSpan, hop: Hop, went: 'parent' | 'link'): ByWay {
  const way = wayOf(ties, call, hop);
  switch (way.to) {
    case 'here':
      return { went };
    case 'odd':
      return { went, odd: true };
    case 'past':
      return { went: 'misplaced' };
    case 'shared':
      return { went: 'misplaced', sharedWith: way.with };
  }
}
