/** Context was written, but not so that the receiver can read it: malformed, duplicated, cut, or in another format. */
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
