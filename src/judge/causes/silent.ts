/** The service was provably reached, and no span of it exists in any trace. */
import { pathOf } from '../../model/path.ts';
import { placeOf } from '../draft.ts';
import { positionOfGroup } from '../group.ts';
import { onwardWires } from '../onward.ts';
import { absenceProof, stationProof, wireProof } from '../proof.ts';
import {
  type CrossingView,
  certainSender,
  type Draft,
  mayHaveMissed,
  nodeRecord,
  restsOnInference,
  sightOf,
} from '../view.ts';

const OK_FROM = 200;
const OK_UNTIL = 300;

export function silent(view: CrossingView): Draft | undefined {
  const { arrival, hop, world } = view;
  if (arrival !== undefined || view.broken !== undefined || mayHaveMissed(view)) return undefined;
  if (
    world.undeclared.size > 0 ||
    world.ties.index.emitters.has(hop.to) ||
    nodeRecord(view, hop.to)?.kind !== 'service'
  )
    return undefined;
  if (nodeRecord(view, hop.to)?.spans === 'none' || isUnsampled(view)) return undefined;
  const reached = answered(view) ?? calledOn(view) ?? consumed(view) ?? drained(view);
  if (reached === undefined) return undefined;
  return {
    cause: 'silent',
    alternatives: [],
    culprit: hop.to,
    certainty: reached.proved && !restsOnInference(view) ? 'proved' : 'inferred',
    suspects: [hop.to],
    message: `${hop.to} was reached (${reached.how}) and has no span in any trace`,
    proof: [
      ...stationProof(view, view.sender),
      ...reached.proof,
      absenceProof(view, hop.to, `no span of ${hop.to} in any trace`, sightOf(view, 'source')),
    ],
    place: placeOf(view),
    final: 'no',
  };
}

/** A trace whose sampled flag is cleared before it comes in has no spans by right. */
function isUnsampled({ boundaries }: CrossingView): boolean {
  const flags = boundaries.at(-1)?.reading.flags;
  return flags !== undefined && (flags & 1) === 0;
}

interface Reached {
  how: string;
  proved: boolean;
  proof: Draft['proof'];
}

function answered(view: CrossingView): Reached | undefined {
  const last = view.boundaries.at(-1);
  const status = last?.event?.record.node === view.hop.to ? last.event.record.http?.status : undefined;
  if (status === undefined || status < OK_FROM || status >= OK_UNTIL) return undefined;
  return { how: `it answered ${status}`, proved: true, proof: wireProof(view, last) };
}

/** Something of the probe's went into a node that only this service sends to. */
function calledOn(view: CrossingView): Reached | undefined {
  const fact = onwardWires(view).find(({ node }) => isOnlySender(view, node));
  if (fact === undefined) return undefined;
  return { how: `it sent on to ${fact.node}`, proved: true, proof: wireProof(view, fact) };
}

function isOnlySender({ world, hop }: CrossingView, node: string): boolean {
  return world.ties.index.hops.into(hop.flow, node).every((each) => each.from === hop.to || pathOf(each)[0] !== node);
}

/** The declared consumer group has read past the record. */
function consumed(view: CrossingView): Reached | undefined {
  const position = positionOfGroup(view);
  if (position === undefined || !position.past) return undefined;
  const how = `group ${position.group} has read past its record, to offset ${position.next}`;
  return { how, proved: true, proof: wireProof(view, view.boundaries.at(-1)) };
}

/** Where the sender's own spans are missing too, it is the spans that are lost on their way. */
function drained(view: CrossingView): Reached | undefined {
  if (certainSender(view) === undefined) return undefined;
  const last = view.boundaries.at(-1);
  const queue = last?.event === undefined ? undefined : sightOf(view, 'tap', last.node)[0]?.queue;
  if (queue === undefined || queue.messages > 0 || queue.consumers === 0) return undefined;
  const how = `queue ${queue.name} is empty and has ${queue.consumers} consumer${queue.consumers === 1 ? '' : 's'}`;
  return { how, proved: false, proof: wireProof(view, last) };
}
