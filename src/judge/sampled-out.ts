/** A node that declares head sampling keeps only a share of the traces: what it let go is no loss (`sampling`). */
import { onwardWires } from './onward.ts';
import { type CrossingView, nodeRecord } from './view.ts';

const SAMPLED = 1;

/** Whether the probe was let go by a node's declared sampling, here or before. */
export function isSampledOut(view: CrossingView): boolean {
  const { arrival, sender, broken, upstream, hop } = view;
  if (arrival !== undefined || broken !== undefined) return false;
  if (sender === undefined) return upstream.sampledOut;
  return declares(view, hop.to);
}

/** Whether the receiver went on through a sender whose spans are missing for a reason that is known. */
export function passedUnseen(view: CrossingView): boolean {
  const { sender, arrival, hop, upstream, world } = view;
  if (sender !== undefined || arrival === undefined) return false;
  const { origin } = arrival;
  if (origin.type === 'missing' || arrival.went === 'unknown') {
    return upstream.senderIs.has('unsampled') || declares(view, hop.from);
  }
  if (origin.type !== 'service' || !upstream.senderIs.has('silent')) return false;
  return world.ties.index.hops.into(hop.flow, hop.from).some(({ from }) => from === origin.span.node);
}

/** Whether the wire behind it says that it let the trace go; else only the absence of its spans does. */
export function saysSampledOut(view: CrossingView): boolean {
  return onwardWires(view).some(
    ({ reading }) =>
      reading.ids[0]?.traceId === view.sender?.traceId &&
      reading.flags !== undefined &&
      (reading.flags & SAMPLED) === 0,
  );
}

function declares(view: CrossingView, node: string): boolean {
  return nodeRecord(view, node)?.sampling !== undefined;
}

/** At most this likely by chance, and a declared share is not believed. */
const UNLIKELY = 0.01;

/** Whether keeping at most `kept` of `all` is too unlikely for a sampler that keeps a share of `ratio`. */
export function isTooFew(kept: number, all: number, ratio: number): boolean {
  let term = (1 - ratio) ** all;
  let sum = term;
  for (let k = 1; k <= kept; k++) {
    term *= ((all - k + 1) / k) * (ratio / (1 - ratio));
    sum += term;
  }
  return sum < UNLIKELY;
}
