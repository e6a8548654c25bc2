/** Reads the reports that a command was given. */
import type { Baseline } from '../judge/baseline.ts';
import { readJson } from '../library/load-topology.ts';
import { userError } from '../library/user-error.ts';
import type { EvidenceOptions } from '../model/evidence.ts';
import type { Report } from '../model/report.ts';
import { type Terminal, write } from './terminal.ts';

/** @param what for a person, `report` or `baseline`; @throws a user error where it cannot be read or is none */
export async function loadReport(file: string, what: string): Promise<Report> {
  const { parseReport } = await import('../report/parse-report.ts');
  const { report, problems } = parseReport(await readJson(file, what));
  if (report !== undefined) return report;
  throw userError(`${file} is not a report of tracegap:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

/** @throws a user error where it was asked for and is not to be had */
export async function loadBaseline(file: string | undefined): Promise<Baseline | undefined> {
  return file === undefined ? undefined : { file, report: await loadReport(file, 'baseline') };
}

/** The report against its baseline, where there is one; warns of one of something else, whatever stdout gets. */
export async function seenFrom(
  baseline: Baseline | undefined,
  report: Report,
  failOn: EvidenceOptions['failOn'],
  { stderr }: Terminal,
): Promise<Report> {
  if (baseline === undefined) return report;
  const { withBaseline } = await import('../judge/baseline.ts');
  const seen = withBaseline(report, baseline, failOn);
  for (const { about, message, hint } of seen.notes ?? []) {
    if (about === 'baseline') await write(stderr, `warning: ${message}\n  ${hint}\n`);
  }
  return seen;
}
