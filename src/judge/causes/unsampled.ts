/** The sampled flag was set before and is cleared after: whoever follows keeps its spans to itself. */
import type { WireFact } from '../../evidence/crossing.ts';
import { listed, placeOf } from '../draft.ts';
import { onwardWires } from '../onward.ts';
import { wireProof } from '../proof.ts';
import { type CrossingView, type Draft, restsOnInference } from '../view.ts';

const SAMPLED = 1;

export function unsampled(view: CrossingView): Draft | undefined {
  if (view.arrival !== undefined) return undefined;
  return betweenBoundaries(view) ?? byTheReceiver(view);
}

function betweenBoundaries(view: CrossingView): Draft | undefined {
  const { boundaries, hop } = view;
  const cleared = boundaries.findIndex((fact) => isSampled(fact) === false);
  if (cleared === -1) return undefined;
  const before = boundaries.slice(0, cleared).findLastIndex((fact) => isSampled(fact) === true);
  // A sender that has no span of its own was given a cleared flag already, or cleared it at its own entry.
  if (before === -1 && view.sender === undefined) return undefined;
  const suspects = [hop.from, ...hop.via].slice(before === -1 ? 0 : before + 1, cleared + 1);
  return draft(view, suspects, boundaries[before], boundaries[cleared]);
}

/** The hop's end sent the probe's trace on with the flag cleared, and has no span itself. */
function byTheReceiver(view: CrossingView): Draft | undefined {
  const after = onwardWires(view).find(
    (fact) => fact.reading.ids[0]?.traceId === view.sender?.traceId && isSampled(fact) === false,
  );
  return after === undefined ? undefined : draft(view, [view.hop.to], view.boundaries.at(-1), after);
}

function draft(
  view: CrossingView,
  suspects: string[],
  before: WireFact | undefined,
  after: WireFact | undefined,
): Draft {
  const [only, ...more] = suspects;
  const alone = only !== undefined && more.length === 0;
  return {
    cause: 'unsampled',
    alternatives: [],
    culprit: alone ? only : null,
    certainty: alone && before !== undefined && !restsOnInference(view) ? 'proved' : 'inferred',
    suspects,
    message: `${listed(suspects)} cleared the sampled flag, so no span of what follows is recorded`,
    proof: [...wireProof(view, before), ...wireProof(view, after)],
    place: after?.event?.record.id ?? placeOf(view),
    final: alone && before !== undefined ? 'soon' : 'no',
  };
}

function isSampled(fact: WireFact | undefined): boolean | undefined {
  return fact?.reading.flags === undefined ? undefined : (fact.reading.flags & SAMPLED) === SAMPLED;
}
