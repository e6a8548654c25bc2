/** tracegap as a library: saved evidence in, report out. */
export { parseEvidence } from './evidence/parse-evidence.ts';
export { judgeEvidence as judge } from './judge/judge-evidence.ts';
export type { Evidence } from './model/evidence.ts';
export type { Cause, Finding, HopReport, Proof, Report, Summary, Verdict } from './model/report.ts';
