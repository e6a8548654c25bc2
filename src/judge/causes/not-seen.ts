/** No verdict could be had, and why: an absence is only as good as the sight that it cites. */

import { mayHaveCalled } from '../../evidence/outgoing.ts';
import type { Sight } from '../../model/evidence.ts';
import { pathOf } from '../../model/path.ts';
import type { Cause } from '../../model/report.ts';
import { nameOf, placeOf } from '../draft.ts';
import { positionOfGroup } from '../group.ts';
import { mayHaveLostItsLink } from '../lost-link.ts';
import { absenceProof, responseProof, spanProof, stationProof, wireProof } from '../proof.ts';
import { type CrossingView, certainSender, type Draft, lossOf, mayHaveMissed, nodeRecord, sightOf } from '../view.ts';

const FAILED_FROM = 400;

/** The probe could not be sent, or was answered with an error, and nothing was seen of the hop. */
export function probeFailed(view: CrossingView): Draft | undefined {
  const { probe, arrival } = view;
  const refused = Number(probe.status) >= FAILED_FROM;
  if ((probe.error === undefined && !refused) || arrival !== undefined || isBegun(view)) return undefined;
  const { to } = probe.sent;
  const message = probe.error?.message ?? `${to} answered the probe with ${probe.status}`;
  return unseen(view, 'probe-failed', message, responseProof(view), probe.error === undefined ? 'no' : 'soon');
}

/** No source of spans could see, or could until the end: what is missing may be there all the same. */
export function sourceDown(view: CrossingView): Draft | undefined {
  const sources = sightOf(view, 'source');
  const blind = sources.filter((sight) => darkAtTheEnd(sight) !== undefined);
  const isMissing = view.arrival === undefined || view.arrival.origin.type === 'missing';
  if (!isMissing || blind.length === 0 || blind.length < sources.length) return undefined;
  const reasons = blind.map((sight) => `${sight.name}: ${darkAtTheEnd(sight)}`).join('; ');
  const message = `no spans could be had${blind.some((sight) => sight.blind === undefined) ? ' at the end' : ''}: ${reasons}`;
  return unseen(view, 'source-down', message, [absenceProof(view, view.hop.to, message, blind)], 'soon');
}

/** The receiver began a trace of its own, in a format that keeps no links: whether it linked to the context is not seen. */
export function linkUnseen(view: CrossingView): Draft | undefined {
  const { arrival, hop } = view;
  const span = mayHaveLostItsLink(view);
  if (span === undefined || arrival === undefined) return undefined;
  const sources = sightOf(view, 'source').filter(({ name }) => span.sources.includes(name));
  const message = `${span.sources.join(' and ')} keeps no span links: ${hop.to} began a trace of its own, which may link to what it was given`;
  const proof = [...stationProof(view, arrival.station), absenceProof(view, hop.to, 'no link can be seen', sources)];
  return unseen(view, 'source-down', message, proof, 'soon');
}

/** The sender is done and made no call into the hop, and nobody saw one; or it was never reached itself. */
export function notReached(view: CrossingView): Draft | undefined {
  const { sender, arrival, hop, upstream, world, probe } = view;
  if (arrival !== undefined || isBegun(view)) return undefined;
  if (sender === undefined && upstream.notReached) {
    return unseen(
      view,
      'not-reached',
      `${hop.from} was not reached, so nothing went on to ${hop.to}`,
      responseProof(view),
    );
  }
  const [first] = pathOf(hop);
  const record = first === undefined ? undefined : nodeRecord(view, first);
  if (certainSender(view) === undefined || sender?.span === undefined || first === undefined) return undefined;
  if (record === undefined || mayHaveCalled(world.ties, sender, record)) return undefined;
  const watching = sightOf(view, 'tap', first);
  const watched = probe.given !== true && watching.length > 0 && !watching.some(isFlawed) && !sawUnknown(view, first);
  if (!watched && (hop.optional !== true || mayHaveMissed(view))) return undefined;
  const message = `${hop.from} finished without sending anything to ${first}`;
  return unseen(
    view,
    'not-reached',
    message,
    [
      ...responseProof(view),
      ...stationProof(view, sender),
      absenceProof(view, first, `nothing of this probe went into ${first}`, watching),
    ],
    hop.optional === true ? 'soon' : 'no',
  );
}

/** A tap on the hop could not see, and spans alone do not decide it. */
export function tapDown(view: CrossingView): Draft | undefined {
  const { arrival, hop, sender } = view;
  if (arrival !== undefined || sender === undefined) return undefined;
  const blind = pathOf(hop).flatMap((node) => sightOf(view, 'tap', node).filter((sight) => sight.blind !== undefined));
  const [first] = blind;
  if (first === undefined) return undefined;
  const message = `${first.name} could not be watched (${first.blind}), and nothing was seen of ${hop.to}`;
  return unseen(view, 'tap-down', message, [...stationProof(view, sender), absenceProof(view, hop.to, message, blind)]);
}

/** The receiver is in the probe's trace, below a service that the path does not name: the topology is wrong. */
export function undeclaredCaller(view: CrossingView): Draft | undefined {
  const { arrival, hop, probe } = view;
  if (arrival?.went !== 'undeclared' || isPassedOver(view)) return undefined;
  const { origin, station } = arrival;
  const parent = origin.type === 'undeclared' || origin.type === 'service' ? origin.span : arrival.link?.target;
  const name = parent === undefined ? 'the probe' : nameOf(parent);
  const called = arrival.link === undefined ? stationProof(view, station) : [spanProof(arrival.link.holder, probe.id)];
  const proof = [...(parent === undefined ? [] : [spanProof(parent, probe.id)]), ...called];
  return unseen(
    view,
    'undeclared-caller',
    `${hop.to} was called by ${name}, which the path from ${hop.from} does not name`,
    proof,
  );
}

/** The receiver follows somebody before a sender that has no spans itself: what that did cannot be told. */
function isPassedOver({ upstream, sender, arrival, hop, world }: CrossingView): boolean {
  if (sender !== undefined || !upstream.broken || arrival?.origin.type !== 'service') return false;
  const { node } = arrival.origin.span;
  return world.ties.index.hops.into(hop.flow, hop.from).some((before) => before.from === node);
}

/** The hop before is broken, and nothing ties what came after to this probe. */
export function trailLost(view: CrossingView): Draft | undefined {
  const { upstream, sender, hop, arrival } = view;
  if (sender !== undefined || !upstream.broken) return undefined;
  if (arrival !== undefined && arrival.went !== 'none' && !isPassedOver(view)) return undefined;
  return unseen(
    view,
    'trail-lost',
    `the trail of the probe ends before ${hop.from}, and nothing tells which trace it goes on in`,
    [absenceProof(view, hop.from, `no span of ${hop.from} is tied to this probe`, sightOf(view, 'source'))],
  );
}

/**
 * What is missing may be among the spans that came and could not be kept, or in a source that could not be asked: an
 * absence is no proof then (DESIGN §6).
 */
export function spansDropped(view: CrossingView): Draft | undefined {
  const { arrival, hop, sender } = view;
  const isMissing = arrival === undefined || arrival.origin.type === 'missing';
  if (!isMissing || isMediatorEnd(view) || !mayHaveMissed(view)) return undefined;
  const flawed = sightOf(view, 'source').filter((sight) => sight.dropped > 0 || lossOf(sight) !== undefined);
  const dropped = flawed.filter((sight) => sight.dropped > 0).map((sight) => `${sight.dropped} of ${sight.name}`);
  const reasons = [
    ...(dropped.length === 0 ? [] : [`spans came that could not be kept or read (${dropped.join(', ')})`]),
    ...flawed.flatMap((sight) =>
      lossOf(sight) === undefined ? [] : [`${sight.name} did not see all: ${lossOf(sight)}`],
    ),
  ];
  const who =
    arrival?.origin.type === 'missing' ? `span ${arrival.origin.spanId}` : sender === undefined ? hop.from : hop.to;
  const message = `${reasons.join('; ')}, and what is missing of ${who} may be among them`;
  return unseen(view, 'source-down', message, [
    ...(arrival === undefined ? [] : stationProof(view, arrival.station)),
    absenceProof(view, hop.to, message, flawed),
  ]);
}

export function nothingSeen(view: CrossingView): Draft | undefined {
  const { arrival, hop, sender, boundaries } = view;
  if (isMediatorEnd(view) && boundaries.at(-1)?.event !== undefined) return undefined;
  const last =
    boundaries.findLast((fact) => fact?.event !== undefined) ?? boundaries.findLast((fact) => fact !== undefined);
  const sign = last === undefined ? '' : `; the last sign is what went into ${last.node}`;
  const who = sender === undefined ? hop.from : hop.to;
  const position = positionOfGroup(view);
  const stands =
    position === undefined || position.past
      ? ''
      : `, and group ${position.group} has not read that: it stands at ${position.next}`;
  return unseen(view, 'nothing-seen', `nothing was seen of ${who}${sign}${stands}`, [
    ...(last === undefined ? stationProof(view, sender) : wireProof(view, last)),
    ...(arrival === undefined ? [] : stationProof(view, arrival.station)),
    absenceProof(view, who, `no span of ${who} is tied to this probe`, sightOf(view, 'source')),
  ]);
}

/** A chain that ends at a mediator or an external node: the tap alone judges it. */
export function isMediatorEnd(view: CrossingView): boolean {
  const record = nodeRecord(view, view.hop.to);
  return record !== undefined && (record.kind !== 'service' || record.spans === 'none');
}

function unseen(
  view: CrossingView,
  cause: Cause,
  message: string,
  proof: Draft['proof'],
  final: Draft['final'] = 'no',
): Draft {
  return { cause, alternatives: [], culprit: null, suspects: [], message, proof, place: placeOf(view), final };
}

/** Whether the probe is known to have gone some way into the hop. */
function isBegun({ boundaries, outgoing }: CrossingView): boolean {
  return outgoing !== undefined || boundaries.some((fact) => fact?.event !== undefined);
}

/** Why a source saw nothing, or nothing any more when the run ended. */
function darkAtTheEnd({ blind, gaps, until }: Sight): string | undefined {
  return blind ?? gaps.find((gap) => gap.until >= until)?.reason;
}

function isFlawed({ blind, gaps, dropped }: Sight): boolean {
  return blind !== undefined || gaps.length > 0 || dropped > 0;
}

/** Whether something went into a node that may have been the probe's: tied to nobody, with no context of its own. */
function sawUnknown({ world, sender }: CrossingView, node: string): boolean {
  const since = BigInt(sender?.span?.record.start ?? '0');
  const tied = [...world.ties.byProbe.values()];
  return (world.ties.index.eventsByNode.get(node) ?? []).some(
    ({ record, reading }) =>
      reading.state !== 'valid' && BigInt(record.at) >= since && !tied.some(({ events }) => events.has(record.id)),
  );
}
