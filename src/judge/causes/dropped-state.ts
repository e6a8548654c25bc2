/** What travels beside the context and was dropped, or changed, while the context itself went on. */
import type { WireFact } from '../../evidence/crossing.ts';
import type { Cause } from '../../model/report.ts';
import { listed } from '../draft.ts';
import { wireProof } from '../proof.ts';
import { type CrossingView, type Draft, isBroker } from '../view.ts';

/** The `tracestate` that went in did not come out (W3C Trace Context §3.4, §3.5). */
export function tracestateLost(view: CrossingView): Draft | undefined {
  return dropped(view, 'tracestate-lost', 'tracestate', ({ reading }) => reading.traceState !== undefined);
}

/** The probe's baggage entry that went in did not come out (W3C Baggage §3.3). */
export function baggageLost(view: CrossingView): Draft | undefined {
  return dropped(view, 'baggage-lost', 'baggage', ({ reading }) => reading.baggage?.includes(view.probe.id) === true);
}

/** The sampled flag changed without a new parent id, which no participant may do (W3C Trace Context §3.4). */
export function flagChanged(view: CrossingView): Draft | undefined {
  for (const [before, after, writers] of pairs(view)) {
    const [one, other] = [before.reading, after.reading];
    if (one.flags === undefined || other.flags === undefined || one.ids[0]?.spanId !== other.ids[0]?.spanId) continue;
    if ((one.flags & 1) === (other.flags & 1)) continue;
    return draft(
      view,
      'flag-changed',
      `${listed(writers)} changed the sampled flag and kept the parent id`,
      before,
      after,
      writers,
    );
  }
  return undefined;
}

function dropped(view: CrossingView, cause: Cause, what: string, has: (fact: WireFact) => boolean): Draft | undefined {
  if (view.went === 'none') return undefined;
  for (const [before, after, writers] of pairs(view)) {
    if (!has(before) || has(after)) continue;
    return draft(
      view,
      cause,
      `${listed(writers)} dropped ${what}: it went in and did not come out`,
      before,
      after,
      writers,
    );
  }
  return undefined;
}

/** Wires that follow each other, both with the probe's context, and who stands between them. */
function pairs(view: CrossingView): [WireFact, WireFact, string[]][] {
  const { upstream, boundaries, states, hop } = view;
  const names = [hop.from, ...hop.via];
  const found: [WireFact, WireFact, string[]][] = [];
  let before = upstream.inbound?.reading.state === 'valid' ? upstream.inbound : undefined;
  let since = 0;
  for (const [at, fact] of boundaries.entries()) {
    if (fact === undefined) continue;
    if (states[at] === 'ours') {
      const writers = names.slice(since, at + 1).filter((name) => !isBroker(view, name));
      if (before !== undefined && writers.length > 0) found.push([before, fact, writers]);
      before = fact;
    } else before = undefined;
    since = at + 1;
  }
  return found;
}

function draft(
  view: CrossingView,
  cause: Cause,
  message: string,
  before: WireFact,
  after: WireFact,
  writers: string[],
): Draft {
  const [only, ...more] = writers;
  const alone = only !== undefined && more.length === 0;
  return {
    cause,
    alternatives: [],
    culprit: alone ? only : null,
    certainty: alone ? 'proved' : 'inferred',
    suspects: writers,
    message,
    proof: [...wireProof(view, before), ...wireProof(view, after)],
    place: after.event?.record.id ?? view.hop.id,
    final: 'yes',
  };
}
