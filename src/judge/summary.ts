/** Counts and the exit status that a pipeline gates on (SURFACE §2, §3). */
import type { EvidenceOptions } from '../model/evidence.ts';
import { EXIT } from '../model/exit.ts';
import { type HopReport, type Summary, VERDICTS, type Verdict } from '../model/report.ts';

export function summarize(hops: HopReport[], faults: number, failOn: EvidenceOptions['failOn']): Summary {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict, waived } of hops) if (!waived) counts[verdict] += 1;
  const { intact, linked, broken, degraded, unexercised, inconclusive } = counts;
  return {
    exit: exitStatusOf(hops, failOn),
    hops: hops.length,
    intact,
    linked,
    broken,
    degraded,
    unexercised,
    inconclusive,
    waived: hops.filter((hop) => hop.waived).length,
    faults,
  };
}

/** What the hops come to that are neither waived nor known from a baseline; one that need not be reached never counts. */
export function exitStatusOf(hops: readonly HopReport[], failOn: EvidenceOptions['failOn']): number {
  const verdicts = new Set(hops.filter((hop) => calls(hop)).map(({ verdict }) => verdict));
  if (failOn === 'none') return EXIT.ok;
  if (verdicts.has('broken') || (failOn === 'degraded' && verdicts.has('degraded'))) return EXIT.broken;
  const undecided = verdicts.has('inconclusive') || verdicts.has('unexercised');
  return failOn !== 'broken' && undecided ? EXIT.undecided : EXIT.ok;
}

function calls({ waived, known, optional, verdict }: HopReport): boolean {
  return !waived && known !== true && !(optional === true && verdict === 'unexercised');
}
