/** Where a crossing's context was first seen to be gone, and who had it between there and the last place where it was well. */
import { pathOf } from '../model/path.ts';
import { mayHaveLostItsLink } from './lost-link.ts';
import { type Break, type CrossingView, isBroker } from './view.ts';

/** Everyone whom the evidence leaves possible, in path order. */
export function suspectsOf({ writers, mediators, receiver }: Break): string[] {
  return [...writers, ...mediators, ...(receiver === undefined ? [] : [receiver])];
}

/** Undefined where the receiver went on, or where nothing shows that context was lost. */
export function findBreak(view: CrossingView): Break | undefined {
  const { states, boundaries } = view;
  const bad = states.findIndex((state) => state !== undefined && state !== 'ours');
  const good = (bad === -1 ? states : states.slice(0, bad)).lastIndexOf('ours');
  return bad === -1
    ? breakByReceiver(view, good)
    : { ...between(view, good, bad), fact: boundaries[bad], state: states[bad] };
}

function breakByReceiver(view: CrossingView, good: number): Break | undefined {
  const { arrival, sender, hop } = view;
  if (arrival === undefined || mayHaveLostItsLink(view) !== undefined) return undefined;
  if (madeUpItsParent(view))
    return { ...between(view, good, pathOf(hop).length), writers: [], mediators: [], receiver: hop.to };
  if (arrival.went !== 'none' && arrival.went !== 'link' && arrival.went !== 'strayed') return undefined;
  const { origin, station } = arrival;
  if (sender === undefined && origin.type === 'missing') return undefined;
  const found = { ...between(view, good, pathOf(hop).length), receiver: hop.to };
  if (origin.type !== 'root') return found;
  const mediator = origin.below?.node;
  // The mediator's own span is the root that the receiver hangs below.
  if (mediator !== undefined) return { ...found, writers: [], mediators: [mediator], receiver: undefined };
  // It goes by the trace id that was sent, so that reached it.
  return station.traceId === sender?.traceId ? { ...found, writers: [], mediators: [] } : found;
}

/** The receiver hangs below another span than the one that the wire into it names, and nobody has that span. */
function madeUpItsParent({ arrival, boundaries, states }: CrossingView): boolean {
  const span = arrival?.station.span?.record;
  const ids = boundaries.at(-1)?.reading.ids[0];
  if (arrival?.went !== 'unknown' || arrival.origin.type !== 'missing' || span === undefined) return false;
  if (states.at(-1) !== 'ours' || ids === undefined || boundaries.at(-1)?.event?.record.node !== arrival.station.node) {
    return false;
  }
  const isRemote = span.kind === 'server' || ((span.flags ?? 0) & REMOTE_PARENT) !== 0;
  return isRemote && !arrival.origin.local && ids.spanId !== arrival.origin.spanId;
}

/** OTLP span flags: the parent is known to be of another process. */
const REMOTE_PARENT = 0x200;

/** Who stands between the last wire that was well and a place of the path. */
function between(view: CrossingView, good: number, until: number): Break {
  const { hop, boundaries, world, rivals: unseen } = view;
  const stretch = pathOf(hop).slice(Math.max(good, 0), until + 1);
  const passed = until - Math.max(good, 0);
  // A broker gives its readers what it was given; who copies it into another broker is not declared.
  const isCopied = (at: number): boolean =>
    [stretch[at - 1], stretch[at + 1]].some((next) => next !== undefined && isBroker(view, next));
  const rivals = boundaries[until]?.rivals ?? unseen;
  const order = Object.keys(world.evidence.topology.nodes);
  const writers =
    good === -1 ? [hop.from, ...rivals].sort((one, other) => order.indexOf(one) - order.indexOf(other)) : rivals;
  return {
    fact: undefined,
    state: undefined,
    before: boundaries[good],
    writers,
    mediators: stretch.filter((node, at) => node !== hop.to && (isBroker(view, node) ? isCopied(at) : at < passed)),
    receiver: undefined,
  };
}
