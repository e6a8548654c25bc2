/** A format without links: what began a trace of its own may have been linked to the context all the same. */

import type { SpanIndex } from '../evidence/span-index.ts';
import type { SpanRecord } from '../model/evidence.ts';
import { pathOf } from '../model/path.ts';
import { type CrossingView, isBroker, nodeRecord } from './view.ts';

/**
 * The receiver's entry span, where it may be one that only links to what a broker handed it, as the hop allows, and
 * nothing shows that links are kept on the way to the source.
 */
export function mayHaveLostItsLink(view: CrossingView): SpanRecord | undefined {
  const { arrival, hop, world } = view;
  const [last] = pathOf(hop).slice(-2);
  const span = arrival?.station.span;
  if (span?.record.mayLackLinks !== true || arrival?.went !== 'none' || arrival.links.length > 0) return undefined;
  if (last === undefined || !isCarrier(view, last) || hop.policy.relation === 'child') return undefined;
  return keepsLinks(world.ties.index, span.record.sources) ? undefined : span.record;
}

/** Whether a span with links came from one of the sources. */
function keepsLinks({ traces }: SpanIndex, sources: readonly string[]): boolean {
  return [...traces.values()].some(({ spans }) =>
    spans.some(({ record }) => record.links.length > 0 && record.sources.some((source) => sources.includes(source))),
  );
}

function isCarrier(view: CrossingView, node: string): boolean {
  return isBroker(view, node) || nodeRecord(view, node)?.kind === 'channel';
}
