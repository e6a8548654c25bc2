/** The sender handed on the header that it was given, so the receiver hangs beside it instead of below it. */
import { placeOf } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import { type CrossingView, type Draft, restsOnInference } from '../view.ts';
import { isMediatorEnd } from './not-seen.ts';

export function bypassed(view: CrossingView): Draft | undefined {
  const { arrival, sender, hop } = view;
  const isAtTheEnd = handsOnAtTheEnd(view);
  if ((arrival?.went !== 'bypassed' && !isAtTheEnd) || sender === undefined) return undefined;
  const shown = isAtTheEnd
    ? `what went into ${hop.via[0] ?? hop.to} names the parent of ${hop.from} itself`
    : arrival?.link === undefined
      ? `${hop.to} has the same parent as ${hop.from} itself`
      : `${hop.to} links to what came into ${hop.from}`;
  return {
    cause: 'bypassed',
    alternatives: [],
    culprit: hop.from,
    certainty: restsOnInference(view) ? 'inferred' : 'proved',
    suspects: [hop.from],
    message: `${hop.from} handed on the context that it was given: ${shown}`,
    proof: [
      ...stationProof(view, sender),
      ...view.boundaries.flatMap((fact) => (fact?.event === undefined ? [] : wireProof(view, fact))).slice(0, 1),
      ...stationProof(view, arrival?.station),
    ],
    place: placeOf(view),
    final: 'yes',
  };
}

/** The chain ends where no service shows how it went on, and what went in there names the span above the sender. */
export function handsOnAtTheEnd(view: CrossingView): boolean {
  const { arrival, sender, boundaries, states } = view;
  if (arrival !== undefined || sender?.span === undefined || sender.weak || !isMediatorEnd(view)) return false;
  const id = states[0] === 'ours' ? boundaries[0]?.reading.ids[0] : undefined;
  return id !== undefined && id.spanId === sender.span.record.parentSpanId;
}
