/** Which hops need not happen: those to a node with `?`, and those that begin where nothing else is sure to lead. */
import type { BareHop } from './hops.ts';

function reachedFrom(starts: readonly string[], hops: readonly BareHop[]): Set<string> {
  const reached = new Set(starts);
  for (const node of reached) {
    for (const { from, to } of hops) if (from === node) reached.add(to);
  }
  return reached;
}

/** Where the trace comes from by what the chains say: the probe, and nodes that no hop ends at. */
function startsOf(hops: readonly BareHop[]): string[] {
  const ends = new Set(hops.map(({ to }) => to));
  return hops.map(({ from }) => from).filter((node) => node === 'probe' || !ends.has(node));
}

/**
 * Marks the hops behind optional nodes: `checkout -> cart? -> billing` asks for neither of its hops, unless another
 * chain leads to cart without `?`.
 * @param hops of one flow; those whose end has a `?` are marked
 * @param doubtful nodes that a chain begins at with `?`
 */
export function spreadOptional(hops: readonly BareHop[], doubtful: ReadonlySet<string>): BareHop[] {
  const starts = startsOf(hops);
  const led = reachedFrom(starts, hops);
  const unled = hops.map(({ from }) => from).filter((node) => !led.has(node));
  const sure = reachedFrom(
    [...starts, ...unled].filter((node) => !doubtful.has(node)),
    hops.filter(({ optional }) => optional !== true),
  );
  return hops.map((hop) => (sure.has(hop.from) ? hop : { ...hop, optional: true }));
}
