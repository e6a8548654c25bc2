/** What became of each case of the W3C specification, as far as the spans say. */
import type { ProbeRecord } from '../model/evidence.ts';
import { CONFORMANCE_CASES, type ConformanceCase } from '../trace-context/conformance.ts';
import type { IndexedSpan } from './span-index.ts';
import { stationsOf } from './stations.ts';
import type { Ties } from './tied.ts';

/** A case that was sent to a node. */
export interface SentCase {
  probe: ProbeRecord;
  node: string;
  hop: string;
  asked: ConformanceCase;
  /** The node's entry span, where it is known. */
  entry: IndexedSpan | undefined;
}

/** In the order in which they were sent. */
export function sentCases(ties: Ties): SentCase[] {
  return [...ties.index.probes.values()].flatMap((probe) => {
    const asked = CONFORMANCE_CASES.find(({ id }) => id === probe.about?.case);
    if (probe.about === undefined || asked === undefined) return [];
    const { node, hop } = probe.about;
    const [station] = stationsOf(ties, probe, node).filter(({ weak }) => !weak);
    return [{ probe, node, hop, asked, entry: station?.span }];
  });
}
