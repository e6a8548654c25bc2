/** The receiver is in the sender's trace, below a span that no source handed over. */
import type { WireFact } from '../../evidence/crossing.ts';
import { pathOf } from '../../model/path.ts';
import { withoutContext } from '../beside.ts';
import { listed, placeOf } from '../draft.ts';
import { onwardParents, onwardWires } from '../onward.ts';
import { absenceProof, spanProof, stationProof, wireProof } from '../proof.ts';
import { type CrossingView, type Draft, isBroker, mayHaveMissed, restsOnInference, sightOf } from '../view.ts';

/** A mediator wrote a parent id that is no declared service's: the wire changed after the sender's own span. */
export function ghostParent(view: CrossingView): Draft | undefined {
  const ghost = ghostId(view);
  if (ghost === undefined) return undefined;
  const { hop, boundaries, arrival, outgoing } = view;
  const from = lastWith(boundaries, (fact) => idOf(fact) === ownId(view));
  const to = boundaries.findIndex((fact) => idOf(fact) === ghost);
  const suspects = pathOf(hop)
    .slice(Math.max(from, 0), to === -1 ? boundaries.length - 1 : to)
    .filter((node) => !isBroker(view, node));
  if (suspects.length === 0) return undefined;
  if (inventsParents(view)) return invented(view, ghost);
  if (mayHaveMissed(view)) return undefined;
  const culprit = suspects.length === 1 ? (suspects[0] ?? null) : null;
  return {
    cause: 'ghost-parent',
    alternatives: [],
    culprit,
    // Without the wire behind it, somebody whom the path does not name may have done it as well.
    certainty: culprit !== null && to !== -1 && !restsOnInference(view) ? 'proved' : 'inferred',
    suspects,
    message: `${listed(suspects)} put a parent id into the context (${ghost}) that no declared service's span has`,
    proof: [
      ...(outgoing === undefined ? [] : [spanProof(outgoing, view.probe.id)]),
      ...wireProof(view, boundaries[from]),
      ...wireProof(view, boundaries[to]),
      ...stationProof(view, arrival?.station),
      neverCame(view, hop.from, ghost),
    ],
    place: placeOf(view),
    final: to === -1 ? 'no' : 'soon',
  };
}

/** A receiver that hangs a request without any context below a parent too makes that parent up. */
function inventsParents(view: CrossingView): boolean {
  return withoutContext(view, view.hop.to)?.station?.span?.record.parentSpanId !== undefined;
}

function invented(view: CrossingView, ghost: string): Draft {
  const control = withoutContext(view, view.hop.to);
  return {
    cause: 'ghost-parent',
    alternatives: [],
    culprit: view.hop.to,
    certainty: restsOnInference(view) ? 'inferred' : 'proved',
    suspects: [view.hop.to],
    message: `${view.hop.to} makes up a parent (${ghost}) that no span has; it does so for a request without context too`,
    proof: [
      ...stationProof(view, view.arrival?.station),
      ...(control?.station?.span === undefined ? [] : [spanProof(control.station.span, control.probe.id)]),
      neverCame(view, view.hop.from, ghost),
    ],
    place: placeOf(view),
    final: 'no',
  };
}

/** The context went on, but the span in between was never handed over: the export lost it, not the propagation. */
export function exportLost(view: CrossingView): Draft | undefined {
  const { arrival, hop } = view;
  if (mayHaveMissed(view)) return undefined;
  if (arrival?.origin.type === 'missing') {
    if (arrival.went !== 'unknown' && view.sender !== undefined) return undefined;
    const loser = arrival.origin.local ? hop.to : hop.from;
    return lost(view, loser, arrival.origin.spanId, [
      ...view.boundaries.flatMap((fact) => wireProof(view, fact)).slice(0, 1),
      ...stationProof(view, arrival.station),
    ]);
  }
  if (arrival?.went === 'unknown' && arrival.link !== undefined) {
    return lost(view, hop.from, arrival.link.link.spanId, stationProof(view, arrival.station));
  }
  if (arrival !== undefined) return undefined;
  const seen = ownIdOnTheWire(view) ?? ownIdAsParent(view);
  return seen === undefined ? undefined : lost(view, hop.to, seen.spanId, seen.proof);
}

function lost(view: CrossingView, service: string, spanId: string, shown: Draft['proof']): Draft {
  return {
    cause: 'export-lost',
    alternatives: [],
    culprit: null,
    certainty: 'inferred',
    suspects: [service],
    message: `${service} passed the context on, but its span ${spanId} never came: it was lost on export`,
    proof: [...shown, neverCame(view, service, spanId)],
    place: placeOf(view),
    final: 'no',
  };
}

/** Trace flags: the sampled bit. https://www.w3.org/TR/trace-context/#sampled-flag */
const SAMPLED = 1;

/** A span id that the hop's end wrote on its own calls: it was there and worked, whatever was exported of it. */
function ownIdOnTheWire(view: CrossingView): { spanId: string; proof: Draft['proof'] } | undefined {
  const { world, boundaries } = view;
  const inbound = new Set(boundaries.map(idOf));
  const expected = traceInto(view);
  for (const fact of onwardWires(view)) {
    const spanId = idOf(fact);
    const traceId = fact.reading.ids[0]?.traceId ?? '';
    if (spanId === undefined || inbound.has(spanId) || traceId !== expected) continue;
    // By its own word it was not recorded.
    if (fact.reading.flags !== undefined && (fact.reading.flags & SAMPLED) === 0) continue;
    if (world.ties.index.traces.get(traceId)?.bySpanId.has(spanId) === true) continue;
    return { spanId, proof: [...wireProof(view, lastOf(boundaries)), ...wireProof(view, fact)] };
  }
  return undefined;
}

/** The trace that went into the hop's end: its sender's, or where that shows by nothing, what the wire says. */
function traceInto({ sender, boundaries }: CrossingView): string | undefined {
  return sender?.traceId ?? lastOf(boundaries)?.reading.ids[0]?.traceId;
}

/** The same, seen as the parent of whom it called; what the sender wrote must be known, for it may be handed on as it is. */
function ownIdAsParent(view: CrossingView): { spanId: string; proof: Draft['proof'] } | undefined {
  const { boundaries } = view;
  const inbound = new Set([ownId(view), ...boundaries.map(idOf)]);
  if (ownId(view) === undefined) return undefined;
  const found = onwardParents(view).find(
    ({ spanId, station }) => station.traceId === traceInto(view) && !inbound.has(spanId),
  );
  if (found === undefined) return undefined;
  return {
    spanId: found.spanId,
    proof: [...wireProof(view, lastOf(boundaries)), ...stationProof(view, found.station)],
  };
}

/** The receiver's parent id, where the wire or the sender's own call shows that the sender wrote another one. */
function ghostId(view: CrossingView): string | undefined {
  const { arrival } = view;
  if (arrival?.went !== 'unknown' || arrival.origin.type !== 'missing' || arrival.origin.local) return undefined;
  const own = ownId(view);
  return own === undefined || own === arrival.origin.spanId ? undefined : arrival.origin.spanId;
}

/** The span id that the sender wrote: seen on the wire, or its call's. */
function ownId({ hop, probe, boundaries, outgoing, world, arrival }: CrossingView): string | undefined {
  if (hop.from === 'probe') return probe.spanId;
  const written = idOf(boundaries[0]);
  if (written !== undefined && written !== missingId(arrival)) return written;
  const trace = world.ties.index.traces.get(outgoing?.record.traceId ?? '');
  return trace === undefined ? undefined : outgoing?.record.spanId;
}

function missingId(arrival: CrossingView['arrival']): string | undefined {
  return arrival?.origin.type === 'missing' ? arrival.origin.spanId : undefined;
}

function idOf(fact: WireFact | undefined): string | undefined {
  return fact?.reading.state === 'valid' ? fact.reading.ids[0]?.spanId : undefined;
}

function lastWith(facts: (WireFact | undefined)[], holds: (fact: WireFact | undefined) => boolean): number {
  return facts.reduce((last, fact, at) => (holds(fact) ? at : last), -1);
}

function lastOf(facts: (WireFact | undefined)[]): WireFact | undefined {
  return facts.filter((fact) => fact !== undefined).at(-1);
}

function neverCame(view: CrossingView, node: string, spanId: string): Draft['proof'][number] {
  return absenceProof(view, node, `no source handed over span ${spanId}`, sightOf(view, 'source'));
}
