/** What both readable forms of a comparison say, in the order in which it matters. */
import type { Change, Comparison, HopState } from '../../model/comparison.ts';
import type { Verdict } from '../../model/report.ts';
import { safe } from '../words.ts';

export interface Section {
  title: string;
  /** How it is painted and marked. */
  verdict: Verdict;
  entries: Entry[];
}

export interface Entry {
  hop: string;
  /** What it was and what it is; empty where there is nothing to say. */
  says: string[];
}

export function sectionsOf(comparison: Comparison): Section[] {
  const { broke, mended, undecided, changed, still, added, removed } = comparison;
  const names = (hops: readonly string[]): Entry[] => hops.map((hop) => ({ hop: safe(hop), says: [] }));
  const sections: Section[] = [
    { title: 'Newly broken', verdict: 'broken', entries: broke.map((each) => entryOf(each, 'message')) },
    {
      title: 'Cannot be judged now',
      verdict: 'inconclusive',
      entries: undecided.map((each) => entryOf(each, 'message')),
    },
    { title: 'Mended', verdict: 'intact', entries: mended.map((each) => entryOf(each)) },
    { title: 'Changed', verdict: 'degraded', entries: changed.map((each) => entryOf(each)) },
    { title: 'Broken as before', verdict: 'degraded', entries: still.map((each) => entryOf(each)) },
    { title: 'Only in the new report', verdict: 'linked', entries: names(added) },
    { title: 'Only in the old report', verdict: 'linked', entries: names(removed) },
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

/** `shop-dev: 1 newly broken, 2 mended` */
export function headingOf(comparison: Comparison): string {
  return `${nameOf(comparison)}: ${countsOf(comparison)}`;
}

export function nameOf({ new: { topology } }: Comparison): string {
  return safe(topology);
}

/** `1 newly broken, 2 mended` */
export function countsOf({ broke, mended, undecided, changed, still, added, removed }: Comparison): string {
  const counts: [number, string][] = [
    [broke.length, 'newly broken'],
    [undecided.length, 'cannot be judged any more'],
    [mended.length, 'mended'],
    [changed.length, 'changed'],
    [still.length, 'broken as before'],
    [added.length, 'added'],
    [removed.length, 'removed'],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return words.length === 0 ? 'nothing differs' : words.join(', ');
}

/** `run 1a2b3c4d at … (exit 0) → run …` */
export function runsOf({ old, new: latest }: Comparison): string {
  const other = old.topology === latest.topology ? '' : `${old.topology}, `;
  return safe(
    `${other}run ${old.run} at ${old.startedAt} (exit ${old.exit}) → run ${latest.run} at ${latest.startedAt} (exit ${latest.exit})`,
  );
}

function entryOf({ hop, before, after }: Change, detail?: 'message'): Entry {
  const now = after === undefined ? '' : stateWords(after);
  const was = before === undefined ? '' : stateWords(before);
  const change = was === '' ? now : was === now ? now : `${was} → ${now}`;
  const message = detail === undefined ? undefined : after?.findings[0]?.message;
  return { hop: safe(hop), says: [change, ...(message === undefined ? [] : [safe(message)])] };
}

/** `broken: not-injected, checkout` */
function stateWords({ verdict, waived, findings }: HopState): string {
  const state = waived ? `${verdict}, waived` : verdict;
  const [worst] = findings;
  if (worst === undefined) return state;
  const who = worst.culprit ?? worst.suspects.join(' or ');
  return safe(`${state}: ${[worst.cause, ...worst.alternatives].join(' or ')}${who === '' ? '' : `, ${who}`}`);
}
