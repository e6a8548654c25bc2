/** A crossing as the causes look at it: its policy applied, the wire compared with the sender, the break located. */
import type { Crossing, WireFact } from '../evidence/crossing.ts';
import { isBroker as isBrokerNode } from '../evidence/node-kinds.ts';
import type { Station } from '../evidence/stations.ts';
import type { Ties } from '../evidence/tied.ts';
import type { Evidence, Sight } from '../model/evidence.ts';
import type { Cause, Finding } from '../model/report.ts';
import type { NodeRecord } from '../model/topology.ts';

/** What a piece of wire says of the sender's context. */
export type WireState = 'ours' | 'other' | 'truncated' | 'malformed' | 'duplicated' | 'foreign' | 'none';

/** Where context was first seen to be gone, and who had it between there and the last place where it was well. */
export interface Break {
  /** The wire that shows it; undefined where only the receiver shows it. */
  fact: WireFact | undefined;
  state: WireState | undefined;
  /** The last wire that was well; undefined where the sender's own span is the last. */
  before: WireFact | undefined;
  /** Who may have written it so: the sender, and where that is not known others that send into the same node. */
  writers: string[];
  /** Whom it passed meanwhile. Brokers hand on what they are given and are none. */
  mediators: string[];
  /** The receiver, where nothing shows that it was given nothing. */
  receiver: string | undefined;
}

/** What is known of the hop before. */
export interface Upstream {
  /** Context was lost there, or before it. */
  broken: boolean;
  notReached: boolean;
  /** Let go by the declared sampling of a node before. */
  sampledOut: boolean;
  /** What the sender was found guilty of at the hop into it. */
  senderIs: ReadonlySet<Cause>;
  /** The wire into the sender's entry span, where it was seen. */
  inbound: WireFact | undefined;
}

/** The rest of the evidence, as far as a single crossing needs it. */
export interface World {
  ties: Ties;
  evidence: Pick<Evidence, 'sight' | 'problems' | 'topology'>;
  /** Services seen in the probes' traces that no node names. */
  undeclared: ReadonlySet<string>;
}

export interface CrossingView extends Crossing {
  world: World;
  upstream: Upstream;
  /** How the receiver went on, with what the policy does not count taken away. */
  went: 'parent' | 'link' | 'none';
  states: (WireState | undefined)[];
  /** Undefined where the receiver went on or nothing shows a break. */
  broken: Break | undefined;
}

/** A finding for one crossing, before those of a hop's crossings and probes are put together. */
export interface Draft extends Pick<Finding, 'cause' | 'alternatives' | 'culprit' | 'suspects' | 'message' | 'proof'> {
  certainty?: 'proved' | 'inferred';
  /** The wire or span that shows it: findings of two hops with one place are one fault. */
  place: string;
  /** Whether later arrivals could not change it: `soon` once the trace has been quiet for a while. */
  final: 'yes' | 'soon' | 'no';
  /** As it was before others were cleared by context that passed them once. */
  beforeClearing?: Draft;
}

export type JudgeCause = (view: CrossingView) => Draft | undefined;

/** Whether a node hands on what it is given, so that context cannot be lost in it. */
export function isBroker({ world }: Pick<CrossingView, 'world'>, node: string): boolean {
  return isBrokerNode(world.ties.index, node);
}

export function nodeRecord({ world }: CrossingView, name: string): NodeRecord | undefined {
  return world.evidence.topology.nodes[name];
}

export function sightOf({ world }: CrossingView, part: Sight['part'], name?: string): Sight[] {
  return world.evidence.sight.filter((sight) => sight.part === part && (name === undefined || sight.name === name));
}

/** Why spans that were there to be seen may not have come and will not come, for a person. */
export function lossOf({ blind, gaps }: Sight): string | undefined {
  return blind ?? gaps.find(({ lost }) => lost === true)?.reason;
}

/** Whether spans came that could not be kept or read: one that is missing may be among them, and is nobody's loss then. */
export function mayHaveMissed(view: CrossingView): boolean {
  return sightOf(view, 'source').some((sight) => sight.dropped > 0 || lossOf(sight) !== undefined);
}

/** The sender, where it shows by a span of its own that is its real entry (the probe counts). */
export function certainSender({ sender }: CrossingView): Station | undefined {
  return sender?.weak === true ? undefined : sender;
}

/** Whether any part of what the crossing rests on was tied by a weak tie. */
export function restsOnInference({ sender, arrival, boundaries }: Crossing): boolean {
  return (
    sender?.inferred === true ||
    arrival?.station.inferred === true ||
    boundaries.some((fact) => fact?.inferred === true)
  );
}
