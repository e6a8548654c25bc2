/** Context went into a mediator and did not come out. */
import { canaryPasses } from '../beside.ts';
import { breakDraft, listed, startsAtMediator, whatWent } from '../draft.ts';
import { mediatorProof } from '../proof.ts';
import type { CrossingView, Draft } from '../view.ts';

export function stripped(view: CrossingView): Draft | undefined {
  const { broken, arrival, hop } = view;
  if (broken === undefined || !startsAtMediator(view, broken)) return undefined;
  const proof = mediatorProof(view);
  if (broken.fact !== undefined) {
    if (broken.state !== 'none') return undefined;
    return breakDraft(view, broken, {
      cause: 'stripped',
      message: `${listed(broken.mediators)} dropped the context: it went in, and ${whatWent(view, broken.fact.node)} came out without${otherHeaders(view, broken.mediators, broken.fact.node)}`,
      proof,
    });
  }
  if (arrival?.origin.type !== 'root' || arrival.origin.below !== undefined) return undefined;
  return breakDraft(view, broken, {
    cause: 'stripped',
    message: `${hop.to} began a trace of its own: ${listed(broken.mediators)} dropped the context, or ${hop.to} did not read it`,
    proof,
  });
}

/** Whether it drops all headers or only ours, where a canary beside them shows it. */
function otherHeaders(view: CrossingView, mediators: string[], next: string): string {
  const [only, ...more] = mediators;
  const passes = only === undefined || more.length > 0 ? undefined : canaryPasses(view, only, next);
  if (passes === undefined) return '';
  return passes ? '; another header (x-tracegap) came through' : '; so was every other header that it does not know';
}
