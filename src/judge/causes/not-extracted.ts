/** Valid context reached the receiver, which began a trace of its own. */
import { breakDraft } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import type { CrossingView, Draft } from '../view.ts';

export function notExtracted(view: CrossingView): Draft | undefined {
  const { broken, arrival, hop } = view;
  if (broken === undefined || arrival === undefined || broken.fact !== undefined) return undefined;
  if (broken.suspects.length !== 1 || broken.suspects[0] !== hop.to || broken.before === undefined) return undefined;
  const link = arrival.went === 'link' ? ' and only links to it, which this hop does not accept' : '';
  return breakDraft(view, broken, {
    cause: 'not-extracted',
    message: `${hop.to} was given valid context and began a trace of its own${link}`,
    proof: [...wireProof(view, broken.before), ...stationProof(view, arrival.station)],
  });
}
