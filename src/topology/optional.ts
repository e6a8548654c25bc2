/** Which hops need not happen: those to a node with `?`, and those that begin where nothing else is sure to lead. */

/** What must be known of a hop here. */
interface Leg {
  from: string;
  to: string;
  /** It need not happen. */
  optional?: boolean;
}

function reachedFrom(starts: readonly string[], hops: readonly Leg[]): Set<string> {
  const reached = new Set(starts);
  for (const node of reached) {
    for (const { from, to } of hops) if (from === node) reached.add(to);
  }
  return reached;
}

/** Where the trace comes from by what the chains say: the probe, and nodes that no hop ends at. */
function startsOf(hops: readonly Leg[]): string[] {
  const ends = new Set(hops.map(({ to }) => to));
  return hops.map(({ from }) => from).filter((node) => node === 'probe' || !ends.has(node));
}

/**
 * Marks the hops behind optional nodes: `checkout -> cart? -> billing` asks for neither of its hops, unless another
 * chain leads to cart without `?`.
 * @param hops of one flow; those whose end has a `?` are marked
 * @param doubtful nodes that a chain begins at with `?`
 */
export function spreadOptional<T extends Leg>(hops: readonly T[], doubtful: ReadonlySet<string>): T[] {
  const starts = startsOf(hops);
  const led = reachedFrom(starts, hops);
  const unled = hops.map(({ from }) => from).filter((node) => !led.has(node));
  const sure = reachedFrom(
    [...starts, ...unled].filter((node) => !doubtful.has(node)),
    hops.filter(({ optional }) => optional !== true),
  );
  return hops.map((hop) => (sure.has(hop.from) ? hop : { ...hop, optional: true }));
}
