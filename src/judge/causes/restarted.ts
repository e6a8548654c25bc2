/** A mediator put a trace id of its own in the place of the one that it was given. */
import { breakDraft, listed, startsAtMediator } from '../draft.ts';
import { mediatorProof } from '../proof.ts';
import type { CrossingView, Draft } from '../view.ts';

export function restarted(view: CrossingView): Draft | undefined {
  const { broken, arrival } = view;
  if (broken === undefined || !startsAtMediator(view, broken)) return undefined;
  const proof = mediatorProof(view);
  if (broken.fact !== undefined) {
    if (broken.state !== 'other') return undefined;
    const traceId = broken.fact.reading.ids[0]?.traceId;
    return breakDraft(view, broken, {
      cause: 'restarted',
      message: `${listed(broken.suspects)} replaced the context by one of its own (trace ${traceId})`,
      proof,
      alternatives: [],
    });
  }
  // Its parent is in a trace that is not the sender's, and nobody exported it: it was handed that, or took it from elsewhere.
  if (arrival?.origin.type !== 'missing' || arrival.origin.local) return undefined;
  const others = listed(broken.suspects.slice(0, -1));
  return breakDraft(view, broken, {
    cause: 'restarted',
    message: `${view.hop.to} went on in trace ${arrival.station.traceId}, which is not the one that was sent: ${others} replaced it, or ${view.hop.to} took it from elsewhere`,
    proof,
    alternatives: ['not-extracted'],
  });
}
