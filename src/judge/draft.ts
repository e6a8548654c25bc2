/** How causes write down what they found. */
import type { IndexedSpan } from '../evidence/span-index.ts';
import type { Cause, Proof } from '../model/report.ts';
import { suspectsOf } from './break.ts';
import { type Break, type CrossingView, certainSender, type Draft, restsOnInference } from './view.ts';

interface BreakDraft {
  cause: Cause;
  message: string;
  proof: Proof[];
  /** What the other suspects would be guilty of. */
  alternatives?: Cause[];
}

/** A finding that rests on where the wire stopped carrying the context: one suspect is proved, several are inferred. */
export function breakDraft(view: CrossingView, found: Break, draft: BreakDraft): Draft {
  const suspects = suspectsOf(found);
  const [only, ...more] = suspects;
  const alone = only !== undefined && more.length === 0;
  return {
    cause: draft.cause,
    alternatives: alone ? [] : (draft.alternatives ?? alternativesOf(found, draft.cause)),
    culprit: alone ? only : null,
    certainty: alone && !restsOnInference(view) ? 'proved' : 'inferred',
    suspects,
    message: draft.message,
    proof: draft.proof,
    place: placeOf(view),
    final: finality(view, found),
  };
}

function alternativesOf({ writers, mediators, receiver }: Break, cause: Cause): Cause[] {
  const possible: Cause[] = [];
  if (writers.length > 0) possible.push('not-injected');
  if (mediators.length > 0) possible.push('stripped');
  if (receiver !== undefined) possible.push('not-extracted');
  return possible.filter((each) => each !== cause);
}

/** The first wire or span that shows it; the same one for every hop that shares the crossing. */
export function placeOf(view: CrossingView): string {
  const event = view.broken?.fact?.event ?? view.boundaries.find((fact) => fact?.event !== undefined)?.event;
  if (view.broken?.fact !== undefined && event !== undefined) return event.record.id;
  const span = view.arrival?.station ?? view.sender;
  return span === undefined ? view.hop.id : `${span.traceId}:${span.spanId}`;
}

/** Only an absence can be mended by what comes later: a link on a child span, a parent on its way. */
function finality(view: CrossingView, found: Break): Draft['final'] {
  if (certainSender(view) === undefined) return 'no';
  // Who else may have written it shows once their own calls are all there.
  if (found.fact !== undefined) return found.fact.rivals.length > 0 ? 'no' : 'yes';
  const { arrival } = view;
  if (arrival === undefined || arrival.station.weak) return 'no';
  if (arrival.origin.type === 'missing') return 'soon';
  return arrival.station.span?.record.kind === 'server' ? 'yes' : 'soon';
}

/** `a record to orders`, `a message to invoices`, `a request to pricing` */
export function whatWent(view: CrossingView, node: string): string {
  const kind = view.world.evidence.topology.nodes[node]?.kind;
  if (kind === 'kafka') return `a record to ${node}`;
  return kind === 'rabbitmq' || kind === 'channel' ? `a message to ${node}` : `a request to ${node}`;
}

/** Whether the sender's own writing was seen to be well, so that a mediator is the first suspect. */
export function startsAtMediator({ hop }: CrossingView, { writers, mediators }: Break): boolean {
  return mediators.length > 0 && !writers.includes(hop.from);
}

export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

export function nameOf({ record, node }: IndexedSpan): string {
  return node ?? record.service;
}
