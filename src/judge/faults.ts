/** How many distinct faults a report's broken findings show. */

/** A broken finding of one hop, and the wire or span that shows it; both with cause and culprit. */
export interface Shown {
  what: string;
  place: string;
}

/**
 * Hops that share a place (two consumers of one bare record) show one fault, and a hop that shows the same in every
 * probe shows one.
 */
export function countFaults(shown: readonly Shown[]): number {
  const groups: Set<string>[] = [];
  for (const { what, place } of shown) {
    const touched = groups.filter((group) => group.has(what) || group.has(place));
    const merged = new Set([what, place, ...touched.flatMap((group) => [...group])]);
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.length;
}
