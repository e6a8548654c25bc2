/** A mediator put a trace id of its own in the place of the one that it was given. */
import type { Arrival } from '../../evidence/arrival.ts';
import { withoutContext } from '../beside.ts';
import { breakDraft, listed, startsAtMediator } from '../draft.ts';
import { mediatorProof, spanProof, stationProof, wireProof } from '../proof.ts';
import type { Break, CrossingView, Draft } from '../view.ts';

export function restarted(view: CrossingView): Draft | undefined {
  const { broken, arrival } = view;
  if (broken === undefined || !startsAtMediator(view, broken)) return undefined;
  if (broken.fact !== undefined) return broken.state === 'other' ? byWire(view, broken) : undefined;
  return arrival === undefined ? undefined : byReceiver(view, broken, arrival);
}

function byWire(view: CrossingView, broken: Break): Draft {
  const traceId = broken.fact?.reading.ids[0]?.traceId;
  return breakDraft(view, broken, {
    cause: 'restarted',
    message: `${listed(broken.mediators)} replaced the context by one of its own (trace ${traceId})${ofItself(view, broken)}`,
    proof: mediatorProof(view),
    alternatives: [],
  });
}

/** Whether it also starts a trace where none is handed to it, as a request without context shows. */
function ofItself(view: CrossingView, { fact }: Break): string {
  const control = fact === undefined ? undefined : withoutContext(view, fact.node);
  const [event] = control?.events ?? [];
  if (event === undefined) return '';
  return event.reading.state === 'valid'
    ? '; it starts a trace for a request without context too'
    : '; a request without context came out without: it replaces what it is given';
}

function byReceiver(view: CrossingView, broken: Break, { origin, station }: Arrival): Draft | undefined {
  const { hop, probe } = view;
  if (origin.type === 'root' && origin.below !== undefined) {
    return breakDraft(view, broken, {
      cause: 'restarted',
      message: `${listed(broken.mediators)} began a trace of its own (${station.traceId}) and handed that on`,
      proof: [...wireProof(view, broken.before), spanProof(origin.below, probe.id), ...stationProof(view, station)],
    });
  }
  // Its parent is in a trace that is not the sender's, and nobody exported it: it was handed that, or took it from elsewhere.
  if (origin.type !== 'missing' || origin.local) return undefined;
  return breakDraft(view, broken, {
    cause: 'restarted',
    message: `${hop.to} went on in trace ${station.traceId}, which is not the one that was sent: ${listed(broken.mediators)} replaced it, or ${hop.to} took it from elsewhere`,
    proof: mediatorProof(view),
    alternatives: ['not-extracted'],
  });
}
