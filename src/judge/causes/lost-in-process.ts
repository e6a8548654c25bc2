/** The sender took part in the trace, and its call belongs to another: the context was lost inside it. */
import { findSpan, type IndexedSpan, type IndexedTrace } from '../../evidence/span-index.ts';
import { isOutgoing, localRootOf, parentOf } from '../../evidence/stations.ts';
import { probesOf } from '../../evidence/tied.ts';
import { suspectsOf } from '../break.ts';
import { breakDraft, listed, placeOf, whatWent } from '../draft.ts';
import { spanProof, stationProof, wireProof } from '../proof.ts';
import { type CrossingView, type Draft, restsOnInference } from '../view.ts';

/** By the wire, or by the receiver's parent, which is a span of the sender's in another trace, or of nobody's. */
export function lostInProcess(view: CrossingView): Draft | undefined {
  if (isElsewhere(view)) return elsewhere(view);
  const traceId = otherTraceOfSender(view);
  return traceId === undefined || belongsToAnotherRequest(view, traceId)
    ? undefined
    : draft(view, traceId, 'lost-in-process');
}

/** The receiver went on below a span of a third trace, and nothing shows who put it there. */
function isElsewhere({ broken, sender, arrival, hop }: CrossingView): boolean {
  if (broken?.fact !== undefined || !broken?.writers.includes(hop.from) || sender === undefined) return false;
  return arrival?.origin.type === 'missing' && !arrival.origin.local && arrival.station.traceId !== sender.traceId;
}

function elsewhere(view: CrossingView): Draft | undefined {
  const { broken, hop, sender, arrival } = view;
  if (broken === undefined) return undefined;
  const replaced = broken.mediators.length > 0 ? `, ${listed(broken.mediators)} replaced it` : '';
  return breakDraft(view, broken, {
    cause: 'lost-in-process',
    message: `${hop.to} went on in trace ${arrival?.station.traceId}, which is not that of ${hop.from}: ${listed(broken.writers)} lost the context${replaced}, or ${hop.to} took it from elsewhere`,
    proof: [...stationProof(view, sender), ...stationProof(view, arrival?.station)],
    alternatives: [...(broken.mediators.length > 0 ? (['restarted'] as const) : []), 'not-extracted'],
  });
}

/** The same, where that other trace is another request's. */
export function crossTalk(view: CrossingView): Draft | undefined {
  if (tookAnothers(view)) return byReceiver(view);
  const traceId = otherTraceOfSender(view);
  return traceId !== undefined && belongsToAnotherRequest(view, traceId)
    ? draft(view, traceId, 'cross-talk')
    : undefined;
}

/** The wire was well, and the receiver hangs below what another request of the sender's wrote: it mixed up two messages. */
function tookAnothers(view: CrossingView): boolean {
  const { broken, arrival } = view;
  if (arrival?.went !== 'strayed' || broken?.fact !== undefined || broken?.before === undefined) return false;
  const traceId = arrival.outgoing?.record.traceId;
  return traceId !== undefined && suspectsOf(broken).length === 1 && belongsToAnotherRequest(view, traceId);
}

function byReceiver(view: CrossingView): Draft | undefined {
  const { broken, arrival, hop } = view;
  if (broken === undefined || arrival?.outgoing === undefined) return undefined;
  const { outgoing, station } = arrival;
  return breakDraft(view, broken, {
    cause: 'cross-talk',
    message: `${hop.to} was handed valid context and went on from that of another request, trace ${outgoing.record.traceId}`,
    proof: [...wireProof(view, broken.before), spanProof(outgoing, view.probe.id), ...stationProof(view, station)],
  });
}

function otherTraceOfSender(view: CrossingView): string | undefined {
  const { broken, sender, arrival, hop } = view;
  if (sender === undefined || broken === undefined) return undefined;
  if (broken.state === 'other' && broken.writers.includes(hop.from)) return broken.fact?.reading.ids[0]?.traceId;
  if (broken.fact === undefined && arrival?.went === 'strayed' && broken.writers.includes(hop.from)) {
    return arrival.outgoing?.record.traceId ?? arrival.station.traceId;
  }
  return undefined;
}

function draft(view: CrossingView, traceId: string, cause: 'lost-in-process' | 'cross-talk'): Draft | undefined {
  const { broken, sender, hop, arrival } = view;
  if (broken === undefined || sender === undefined) return undefined;
  const call = callOf(view, traceId);
  const node = broken.fact?.node ?? hop.to;
  const whose = cause === 'cross-talk' ? 'of another request' : 'that it began itself';
  const isSure = call !== undefined && !mayBeMixedUp(view, cause, call);
  const found = isSure ? { ...broken, writers: [hop.from], mediators: [], receiver: undefined } : broken;
  const proof = [
    ...stationProof(view, sender),
    ...(call === undefined ? [] : [spanProof(call, view.probe.id)]),
    ...wireProof(view, broken.fact),
    ...(call === undefined || broken.fact === undefined ? stationProof(view, arrival?.station) : []),
  ];
  const message = `${hop.from} lost the context inside itself: ${whatWent(view, node)} belongs to trace ${traceId} ${whose}`;
  return {
    ...breakDraft(view, found, { cause, message, proof, alternatives: call === undefined ? ['restarted'] : [] }),
    place: placeOf(view),
    certainty: suspectsOf(found).length === 1 && !restsOnInference(view) ? 'proved' : 'inferred',
    final: view.sender?.weak === true ? 'no' : isWholeRoot(view, call) ? 'yes' : 'soon',
  };
}

/** The sender's own span of the call, in the other trace. */
function callOf(view: CrossingView, traceId: string): IndexedSpan | undefined {
  const { arrival, broken, hop, world } = view;
  if (arrival?.went === 'strayed' && arrival.outgoing?.record.traceId === traceId) return arrival.outgoing;
  const spanId = broken?.fact?.reading.ids[0]?.spanId ?? '';
  return findSpan(world.ties.index, traceId, spanId, ({ node }) => node === hop.from);
}

/** Another request's call has a receiver of its own: that may have taken this request's message for it as well. */
function mayBeMixedUp(view: CrossingView, cause: Draft['cause'], { record }: IndexedSpan): boolean {
  const { world, hop, arrival, broken } = view;
  if (cause !== 'cross-talk' || broken?.fact !== undefined) return false;
  const children = world.ties.index.traces.get(record.traceId)?.children.get(record.spanId) ?? [];
  return children.some((span) => span.node === hop.to && span !== arrival?.station.span);
}

/** Whether the other trace is known up to its root: a parent on its way may still show where it came from. */
function isWholeRoot({ world }: CrossingView, call: IndexedSpan | undefined): boolean {
  const trace = world.ties.index.traces.get(call?.record.traceId ?? '');
  return call !== undefined && trace !== undefined && localRootOf(trace, call).record.parentSpanId === undefined;
}

/** Whether a trace holds an entry of the sender's that is not the probe's: then it is somebody else's request. */
function belongsToAnotherRequest(view: CrossingView, traceId: string): boolean {
  const { world, hop, probe, sender } = view;
  const trace = world.ties.index.traces.get(traceId);
  if ([...probesOf(world.ties, traceId)].some((id) => id !== probe.id)) return true;
  if (trace === undefined) return false;
  return (trace.byNode.get(hop.from) ?? []).some(
    (span) => span !== sender?.span && !isOutgoing(span) && isEntry(trace, span) && localRootOf(trace, span) === span,
  );
}

function isEntry(trace: IndexedTrace, span: IndexedSpan): boolean {
  const { kind } = span.record;
  return (kind === 'server' || kind === 'consumer') && parentOf(trace, span)?.node !== span.node;
}
