/** The receiver hangs below a call of the sender's that went somewhere else: two messages shared one headers object. */
import { placeOf, whatWent } from '../draft.ts';
import { spanProof, stationProof, wireProof } from '../proof.ts';
import { type CrossingView, type Draft, restsOnInference } from '../view.ts';

export function wrongParent(view: CrossingView): Draft | undefined {
  const { arrival, outgoing, sender, hop, boundaries, probe } = view;
  if (arrival?.went !== 'misplaced' || outgoing === undefined) return undefined;
  const what = whatWent(view, hop.via[0] ?? hop.to);
  const { sharedWith } = arrival;
  const call = outgoing.record.name;
  return {
    cause: 'wrong-parent',
    ...(sharedWith === undefined
      ? {
          alternatives: [],
          culprit: hop.from,
          certainty: restsOnInference(view) ? ('inferred' as const) : ('proved' as const),
          suspects: [hop.from],
          message: `${hop.from} gave ${what} the context of another call of its own, ${call}`,
        }
      : {
          alternatives: ['bypassed' as const],
          culprit: null,
          certainty: 'inferred' as const,
          suspects: [hop.from, sharedWith],
          message: `${hop.to} hangs below ${hop.from}'s call to ${sharedWith} (${call}), as ${sharedWith} does: ${hop.from} gave both one context, or ${sharedWith} handed it on`,
        }),
    proof: [
      ...stationProof(view, sender),
      spanProof(outgoing, probe.id),
      ...boundaries.flatMap((fact) => (fact?.event === undefined ? [] : wireProof(view, fact))).slice(0, 1),
      ...stationProof(view, arrival.station),
    ],
    place: placeOf(view),
    final: 'yes',
  };
}
