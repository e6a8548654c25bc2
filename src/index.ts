/** tracegap as a library: the command line's engine without its printing (docs/library.md). */
export type { Progress } from './engine/run.ts';
export { parseEvidence } from './evidence/parse-evidence.ts';
export {
  type AuditOptions,
  type AuditResult,
  audit,
  type JudgeOptions,
  judge,
  readTopology,
  type TopologyReading,
} from './library/audit.ts';
export type { TopologyInput } from './library/load-topology.ts';
export { render } from './library/render.ts';
export { isUserError as isTracegapError, type TracegapError } from './library/user-error.ts';
export type { Evidence } from './model/evidence.ts';
export type { InputProblem } from './model/problem.ts';
export type { Cause, Finding, HopReport, Proof, Report, Summary, Verdict } from './model/report.ts';
export type { FormatOptions } from './report/format.ts';
export { parseReport } from './report/parse-report.ts';
