/** One symbol a verdict, so that a report reads without colour too. */
import type { HopReport, Verdict } from '../../model/report.ts';
import type { Style } from './text.ts';

const MARKS: Record<Verdict, string> = {
  broken: '✗',
  inconclusive: '?',
  unexercised: '○',
  degraded: '!',
  linked: '~',
  intact: '✓',
};

const WAIVED = '⊘';
const SKIPPED = '·';

type Judged = Pick<HopReport, 'verdict' | 'waived' | 'optional'>;

/** Whether a hop was not reached, and need not be. */
export function isSkipped({ verdict, optional }: Judged): boolean {
  return optional === true && verdict === 'unexercised';
}

/** The symbol of a verdict; of a broken hop that is waived, another, and of one that need not be reached. */
export function markOf(hop: Judged): string {
  if (hop.waived) return WAIVED;
  return isSkipped(hop) ? SKIPPED : MARKS[hop.verdict];
}

/** The style of a verdict; faint where it calls for nothing. */
export function styleOf(hop: Judged): Style {
  return hop.waived || isSkipped(hop) ? 'faint' : hop.verdict;
}
