/** The sender took part in the trace; what it wrote carries no context in any known format. */
import { breakDraft, listed, whatWent } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import { type CrossingView, type Draft, isMediator } from '../view.ts';

export function notInjected(view: CrossingView): Draft | undefined {
  const { broken, sender, hop } = view;
  if (broken === undefined || broken.suspects[0] !== hop.from || sender === undefined) return undefined;
  if (broken.fact === undefined) return withoutWire(view);
  if (broken.state !== 'none') return undefined;
  const alone = broken.suspects.length === 1;
  return breakDraft(view, broken, {
    cause: 'not-injected',
    message: alone
      ? `${hop.from} wrote ${whatWent(view, broken.fact.node)} without any trace context`
      : `${whatWent(view, broken.fact.node)} carries no trace context: ${hop.from} wrote none, or ${listed(broken.suspects.slice(1))} dropped it`,
    proof: [
      ...stationProof(view, sender),
      ...wireProof(view, broken.fact),
      ...stationProof(view, view.arrival?.station),
    ],
  });
}

/** Nothing watched the wire: the receiver's new root alone shows the break. */
function withoutWire(view: CrossingView): Draft | undefined {
  const { broken, arrival, hop } = view;
  if (broken === undefined || arrival === undefined || arrival.origin.type !== 'root') return undefined;
  const mediators = broken.suspects.filter((name) => isMediator(view, name));
  const dropped = mediators.length > 0 ? `, ${listed(mediators)} dropped it` : '';
  return breakDraft(view, broken, {
    cause: 'not-injected',
    message: `${hop.to} began a trace of its own: ${hop.from} sent no context${dropped}, or ${hop.to} did not read it`,
    proof: [...stationProof(view, view.sender), ...stationProof(view, arrival.station)],
  });
}
