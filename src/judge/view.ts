/** A crossing as the causes look at it: its policy applied, the wire compared with the sender, the break located. */
import type { Crossing, WireFact } from '../evidence/crossing.ts';
import { pathOf } from '../evidence/crossing.ts';
import type { Station } from '../evidence/stations.ts';
import type { Ties } from '../evidence/ties.ts';
import type { Evidence, Sight } from '../model/evidence.ts';
import type { Finding } from '../model/report.ts';
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
  /** In path order; brokers hand on what they are given and are none. */
  suspects: string[];
}

/** What is known of the hop before. */
export interface Upstream {
  broken: boolean;
  notReached: boolean;
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
}

export type JudgeCause = (view: CrossingView) => Draft | undefined;

export function viewCrossing(crossing: Crossing, world: World, upstream: Upstream): CrossingView {
  const went = countedWent(crossing);
  const states = crossing.boundaries.map((fact) => (fact === undefined ? undefined : stateOf(fact, crossing)));
  const view: CrossingView = { ...crossing, world, upstream, went, states, broken: undefined };
  view.broken = went === 'none' ? findBreak(view) : undefined;
  return view;
}

function countedWent({ hop, arrival }: Crossing): CrossingView['went'] {
  if (arrival?.went === 'parent') return 'parent';
  return arrival?.went === 'link' && hop.policy.relation !== 'child' ? 'link' : 'none';
}

const HALF = 16;

function stateOf({ reading }: WireFact, crossing: Crossing): WireState {
  const expected = traceOfSender(crossing);
  if (reading.state === 'foreign') return speaksOf(reading, expected) ? 'foreign' : 'none';
  if (reading.state !== 'valid') return reading.state;
  const traceId = reading.ids[0]?.traceId ?? '';
  if (traceId === expected) return 'ours';
  return isCut(traceId) && sharesLowHalf(traceId, expected) ? 'truncated' : 'other';
}

/** A load balancer's own id in its own format is no context of the sender's: then there is none. */
function speaksOf({ foreign }: WireFact['reading'], expected: string): boolean {
  return foreign.some(({ traceId }) => traceId === undefined || sharesLowHalf(traceId, expected));
}

function isCut(traceId: string): boolean {
  return /^0+$/.test(traceId.slice(0, HALF));
}

/** 64-bit formats carry the right half of a trace id (W3C Trace Context §8.1.4). */
function sharesLowHalf(traceId: string, expected: string): boolean {
  return traceId.slice(HALF) === expected.slice(HALF);
}

/** Where the sender's own spans never came, its trace is that of the receiver or the probe's. */
function traceOfSender({ sender, arrival, probe }: Crossing): string {
  if (sender !== undefined) return sender.traceId;
  return arrival?.origin.type === 'missing' ? arrival.station.traceId : probe.traceId;
}

function findBreak(view: CrossingView): Break | undefined {
  const { states, boundaries, hop, arrival } = view;
  const path = pathOf(hop);
  const bad = states.findIndex((state) => state !== undefined && state !== 'ours');
  const known = bad === -1 ? states : states.slice(0, bad);
  const good = known.lastIndexOf('ours');
  const before = boundaries[good];
  const between = (until: number): string[] => {
    const passed = path.slice(Math.max(good, 0), until);
    return (good === -1 ? [hop.from, ...passed] : passed).filter((node) => !isBroker(view, node));
  };
  if (bad !== -1) {
    return { fact: boundaries[bad], state: states[bad], before, suspects: between(bad) };
  }
  if (arrival === undefined || arrival.went === 'bypassed' || arrival.went === 'undeclared') return undefined;
  if (arrival.went === 'unknown' || (view.sender === undefined && arrival.origin.type === 'missing')) return undefined;
  return { fact: undefined, state: undefined, before, suspects: between(path.length) };
}

/** Whether a node hands on what it is given, so that context cannot be lost in it. */
export function isBroker({ world }: CrossingView, node: string): boolean {
  const kind = world.evidence.topology.nodes[node]?.kind;
  return kind === 'kafka' || kind === 'rabbitmq';
}

/** Whether a name stands for a node that context only passes through. */
export function isMediator(view: CrossingView, name: string): boolean {
  return name !== view.hop.from && name !== view.hop.to;
}

export function nodeRecord({ world }: CrossingView, name: string): NodeRecord | undefined {
  return world.evidence.topology.nodes[name];
}

export function sightOf({ world }: CrossingView, part: Sight['part'], name?: string): Sight[] {
  return world.evidence.sight.filter((sight) => sight.part === part && (name === undefined || sight.name === name));
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
