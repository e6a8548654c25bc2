/** One symbol a verdict, so that a report reads without colour too. */
import type { HopReport, Verdict } from '../../model/report.ts';

const MARKS: Record<Verdict, string> = {
  broken: '✗',
  inconclusive: '?',
  unexercised: '○',
  degraded: '!',
  linked: '~',
  intact: '✓',
};

const WAIVED = '⊘';

/** The symbol of a verdict; of a broken hop that is waived, another. */
export function markOf(hop: Pick<HopReport, 'verdict' | 'waived'>): string {
  return hop.waived ? WAIVED : MARKS[hop.verdict];
}
