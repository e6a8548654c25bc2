/** Makes a crossing ready for the causes: its policy applied, the wire compared with the sender, the break located. */
import type { Crossing, WireFact } from '../evidence/crossing.ts';
import { isRightHalfOf, sharesRightHalf } from '../evidence/trace-halves.ts';
import { findBreak } from './break.ts';
import type { CrossingView, Upstream, WireState, World } from './view.ts';

export function viewCrossing(crossing: Crossing, world: World, upstream: Upstream): CrossingView {
  const went = countedWent(crossing);
  const states = crossing.boundaries.map((fact) => (fact === undefined ? undefined : stateOf(fact, crossing)));
  const view: CrossingView = { ...crossing, world, upstream, went, states, broken: undefined };
  view.broken = went === 'none' ? findBreak(view) : undefined;
  return view;
}

function countedWent({ hop, arrival }: Crossing): CrossingView['went'] {
  if (arrival?.went === 'parent') return 'parent';
  return arrival?.went === 'link' && hop.policy.relation !== 'child' ? 'link' : 'none';
}

function stateOf({ reading }: WireFact, crossing: Crossing): WireState {
  const expected = traceOfSender(crossing);
  if (reading.state === 'foreign') return speaksOf(reading, expected) ? 'foreign' : 'none';
  if (reading.state !== 'valid') return reading.state;
  const traceId = reading.ids[0]?.traceId ?? '';
  if (traceId === expected) return 'ours';
  return isRightHalfOf(traceId, expected) ? 'truncated' : 'other';
}

/** A load balancer's own id in its own format is no context of the sender's: then there is none. */
function speaksOf({ foreign }: WireFact['reading'], expected: string): boolean {
  return foreign.some(({ traceId }) => traceId === undefined || sharesRightHalf(traceId, expected));
}

/** Where the sender's own spans never came, its trace is that of the receiver or the probe's. */
function traceOfSender({ sender, arrival, probe }: Crossing): string {
  if (sender !== undefined) return sender.traceId;
  return arrival?.origin.type === 'missing' ? arrival.station.traceId : probe.traceId;
}
