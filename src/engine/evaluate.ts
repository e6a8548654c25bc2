/** Everything right of the evidence. */

import { judgeEvidence } from '../judge/judge-evidence.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Report } from '../model/report.ts';

/** Judges evidence as it is read back from a file, so that an audit and `judge` can never differ. */
export function evaluate(evidence: Evidence): Report {
  return judgeEvidence(JSON.parse(JSON.stringify(evidence)));
}
