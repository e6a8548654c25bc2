/** The sender handed on the header that it was given, so the receiver hangs beside it instead of below it. */
import { placeOf } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import { type CrossingView, type Draft, restsOnInference } from '../view.ts';

export function bypassed(view: CrossingView): Draft | undefined {
  const { arrival, sender, hop } = view;
  if (arrival?.went !== 'bypassed' || sender === undefined) return undefined;
  return {
    cause: 'bypassed',
    alternatives: [],
    culprit: hop.from,
    certainty: restsOnInference(view) ? 'inferred' : 'proved',
    suspects: [hop.from],
    message: `${hop.from} handed on the context that it was given: ${hop.to} has the same parent as ${hop.from} itself`,
    proof: [
      ...stationProof(view, sender),
      ...view.boundaries.flatMap((fact) => (fact?.event === undefined ? [] : wireProof(view, fact))).slice(0, 1),
      ...stationProof(view, arrival.station),
    ],
    place: placeOf(view),
    final: 'yes',
  };
}
