/** The sender took part in the trace; what it wrote carries no context in any known format. */
import { suspectsOf } from '../break.ts';
import { breakDraft, listed, whatWent } from '../draft.ts';
import { stationProof, wireProof } from '../proof.ts';
import type { CrossingView, Draft } from '../view.ts';

export function notInjected(view: CrossingView): Draft | undefined {
  const { broken, sender, hop } = view;
  if (broken === undefined || !broken.writers.includes(hop.from) || sender === undefined) return undefined;
  if (broken.fact === undefined) return withoutWire(view);
  if (broken.state !== 'none') return undefined;
  const { writers, mediators } = broken;
  const what = whatWent(view, broken.fact.node);
  const dropped = mediators.length > 0 ? `, or ${listed(mediators)} dropped it` : '';
  return breakDraft(view, broken, {
    cause: 'not-injected',
    message:
      suspectsOf(broken).length === 1
        ? `${hop.from} wrote ${what} without any trace context`
        : `${what} carries no trace context: ${listed(writers)} wrote none${dropped}`,
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
  if (arrival.went === 'strayed') return undefined;
  const dropped = broken.mediators.length > 0 ? `, ${listed(broken.mediators)} dropped it` : '';
  return breakDraft(view, broken, {
    cause: 'not-injected',
    message: `${hop.to} began a trace of its own: ${listed(broken.writers)} sent no context${dropped}, or ${hop.to} did not read it`,
    proof: [...stationProof(view, view.sender), ...stationProof(view, arrival.station)],
  });
}
