/** Valid context reached the receiver, which began a trace of its own. */

import { withoutContext } from '../beside.ts';
import { suspectsOf } from '../break.ts';
import { breakDraft } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import type { CrossingView, Draft } from '../view.ts';

export function notExtracted(view: CrossingView): Draft | undefined {
  const { broken, arrival, hop } = view;
  if (broken === undefined || arrival === undefined || broken.fact !== undefined) return undefined;
  if (broken.receiver === undefined || suspectsOf(broken).length > 1) return undefined;
  const took = arrival.station.traceId === view.sender?.traceId ? 'took the trace id and not the parent' : undefined;
  const link = arrival.went === 'link' ? ' and only links to it, which this hop does not accept' : '';
  return breakDraft(view, broken, {
    cause: 'not-extracted',
    message: `${hop.to} was given valid context and ${took ?? `began a trace of its own${link}`}${alsoWithout(view)}`,
    proof: [...wireProof(view, broken.before), ...stationProof(view, arrival.station)],
  });
}

/** Whether it does the same with a request that carries no context. */
function alsoWithout(view: CrossingView): string {
  if (view.hop.from !== 'probe') return '';
  const station = withoutContext(view, view.hop.to)?.station;
  if (station?.span === undefined) return '';
  return station.span.record.parentSpanId === undefined
    ? ', as it does for a request without context'
    : '; a request without context it hangs below a parent that it makes up';
}
