/** Two reports side by side: what `tracegap diff` says (SURFACE §2). */
import type { Finding, HopReport } from './report.ts';

export const COMPARISON_VERSION = 1;

/** What a hop was found to be. */
export type HopState = Pick<HopReport, 'verdict' | 'waived'> & {
  findings: Pick<Finding, 'cause' | 'alternatives' | 'culprit' | 'suspects' | 'severity' | 'fingerprint' | 'message'>[];
};

/** A hop before and after; one of the two is absent where only one report has the hop. */
export interface Change {
  hop: string;
  before?: HopState;
  after?: HopState;
}

export interface ComparedRun {
  topology: string;
  run: string;
  startedAt: string;
  exit: number;
}

export interface Comparison {
  version: typeof COMPARISON_VERSION;
  mode: 'diff';
  old: ComparedRun;
  new: ComparedRun;
  /** Broken, and not before: or by somebody else now. A hop whose waiver has ended is among them. */
  broke: Change[];
  /** Was broken and passes now. */
  mended: Change[];
  /** Could be judged before, and cannot now. */
  undecided: Change[];
  /** Differs otherwise: another cause by the same culprit, better or worse without being broken. */
  changed: Change[];
  /** Broken as before. */
  still: Change[];
  /** Ids of hops that only the new report has, and only the old one. */
  added: string[];
  removed: string[];
}
