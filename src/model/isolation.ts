import type { ProbeRecord } from './evidence.ts';
import { pathOf } from './path.ts';
import type { Hop } from './topology.ts';

/**
 * The part of a hop that a probe passes which is sent straight to a node of it: from the probe, through what stands
 * between that node and the hop's end. It is of no flow, so that nothing else that is declared is looked for in it.
 * @param to the node that the probe is sent to: a node of the hop, or the broker that its end reads from
 */
export function isolatedHop(hop: Hop, { purpose, sent: { to } }: Pick<ProbeRecord, 'purpose' | 'sent'>): Hop {
  const path = pathOf(hop);
  const at = path.indexOf(to);
  const via = at === -1 ? [to] : path.slice(at, -1);
  return {
    ...hop,
    id: `${purpose}: ${['probe', ...via, hop.to].join(' -> ')}`,
    flow: purpose,
    from: 'probe',
    via,
    policy: { ...hop.policy, restart: 'forbidden', waive: [] },
  };
}
