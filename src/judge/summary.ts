/** Counts and the exit status that a pipeline gates on (SURFACE §2, §3). */
import type { EvidenceOptions } from '../model/evidence.ts';
import { EXIT } from '../model/exit.ts';
import { type HopReport, type Summary, VERDICTS, type Verdict } from '../model/report.ts';

export function summarize(hops: HopReport[], faults: number, failOn: EvidenceOptions['failOn']): Summary {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict, waived } of hops) if (!waived) counts[verdict] += 1;
  const { intact, linked, broken, degraded, unexercised, inconclusive } = counts;
  const optional = hops.filter((hop) => hop.optional === true && !hop.waived && hop.verdict === 'unexercised').length;
  return {
    exit: exitStatus({ ...counts, unexercised: unexercised - optional }, failOn),
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

function exitStatus(counts: Record<Verdict, number>, failOn: EvidenceOptions['failOn']): number {
  if (failOn === 'none') return EXIT.ok;
  if (counts.broken > 0 || (failOn === 'degraded' && counts.degraded > 0)) return EXIT.broken;
  const undecided = counts.inconclusive + counts.unexercised;
  return failOn !== 'broken' && undecided > 0 ? EXIT.undecided : EXIT.ok;
}
