/** Context was written, but not so that the receiver can read it: malformed, duplicated, cut, or in another format. */

import { findSpan } from '../../evidence/span-index.ts';
import { isRightHalfOf } from '../../evidence/trace-halves.ts';
import type { Cause } from '../../model/report.ts';
import { suspectsOf } from '../break.ts';
import { breakDraft, listed, whatWent } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import type { CrossingView, Draft, JudgeCause, WireState } from '../view.ts';

export const malformed: JudgeCause = (view) => unreadable(view, 'malformed', 'malformed');
export const duplicated: JudgeCause = (view) => unreadable(view, 'duplicated', 'duplicated');
export const truncated: JudgeCause = (view) => unreadable(view, 'truncated', 'truncated');
export const wrongFormat: JudgeCause = (view) => unreadable(view, 'foreign', 'wrong-format');

function unreadable(view: CrossingView, state: WireState, cause: Cause): Draft | undefined {
  if (cause === 'truncated' && isCutBelowTheCall(view)) return cutBelowTheCall(view);
  const broken = view.broken ?? harmless(view, state);
  if (broken?.fact === undefined || broken.state !== state || view.sender === undefined) return undefined;
  const why = broken.fact.reading.reason ?? 'the trace id is cut to its last 64 bits';
  return breakDraft(view, broken, {
    cause,
    message: `${listed(suspectsOf(broken))} wrote ${whatWent(view, broken.fact.node)} with a context that receivers refuse: ${why}`,
    proof: [
      ...stationProof(view, view.sender),
      ...wireProof(view, broken.fact),
      ...stationProof(view, view.arrival?.station),
    ],
    alternatives: [],
  });
}

/** Nobody watched the wire, and the receiver is below the sender's own call, in the right half of its trace id. */
function isCutBelowTheCall({ broken, arrival, sender, world }: CrossingView): boolean {
  if (broken === undefined || broken.fact !== undefined || sender === undefined) return false;
  if (arrival?.origin.type !== 'missing' || !isRightHalfOf(arrival.station.traceId, sender.traceId)) return false;
  return findSpan(world.ties.index, sender.traceId, arrival.origin.spanId) !== undefined;
}

function cutBelowTheCall(view: CrossingView): Draft | undefined {
  const { broken, hop, sender, arrival } = view;
  if (broken === undefined) return undefined;
  const suspects = suspectsOf(broken);
  return breakDraft(view, broken, {
    cause: 'truncated',
    message: `${hop.to} went on in the right half of the trace id: ${listed(suspects)} cut it to 64 bits`,
    proof: [...stationProof(view, sender), ...stationProof(view, arrival?.station)],
    alternatives: [],
  });
}

/** The receiver went on all the same: this one is lenient, the next may not be. */
function harmless(view: CrossingView, state: WireState): CrossingView['broken'] {
  const at = view.states.indexOf(state);
  const fact = view.boundaries[at];
  // A receiver that goes on from an envelope knows it.
  if (at === -1 || fact === undefined || fact.reading.inBody === true) return undefined;
  const before = view.boundaries[at - 1];
  const [writer, ...passed] = [view.hop.from, ...view.hop.via].slice(before === undefined ? 0 : at, at + 1);
  const writers = writer === undefined ? [] : [writer];
  return { fact, state, before, writers, mediators: passed, receiver: undefined };
}
