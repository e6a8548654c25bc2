/** A report seen from an earlier one: what was known then does not gate. Pure. */
import type { EvidenceOptions } from '../model/evidence.ts';
import type { Finding, HopReport, Note, Report } from '../model/report.ts';
import { compare, isKnown, isKnownFinding } from './compare.ts';
import { exitStatusOf } from './summary.ts';

export interface Baseline {
  /** As given on the command line. */
  file: string;
  report: Report;
}

/** The report with what was known marked, the exit status by what is new, and what was mended named. */
export function withBaseline(
  report: Report,
  { file, report: before }: Baseline,
  failOn: EvidenceOptions['failOn'],
): Report {
  const old = new Map(before.hops.map((hop) => [hop.id, hop]));
  const hops = report.hops.map((hop) => marked(hop, old.get(hop.id)));
  const notes = [...(report.notes ?? []), ...otherTopology(report, before, file)];
  return {
    ...report,
    summary: {
      ...report.summary,
      exit: exitStatusOf(hops, failOn),
      baseline: {
        file,
        run: before.run.id,
        known: hops.filter(({ known }) => known === true).length,
        new: hops.filter(isNew).length,
        mended: compare(before, report).mended.map(({ hop }) => hop),
      },
    },
    hops,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function marked(hop: HopReport, was: HopReport | undefined): HopReport {
  const findings = hop.findings.map(
    (finding): Finding => (isKnownFinding(finding, was) ? { ...finding, known: true } : finding),
  );
  return { ...hop, findings, ...(!hop.waived && isKnown(hop, was) ? { known: true } : {}) };
}

/** Whether something is wrong with a hop, or it could not be judged, that was not so before. */
function isNew({ verdict, waived, known, optional }: HopReport): boolean {
  if (waived || known === true || verdict === 'intact' || verdict === 'linked') return false;
  return !(verdict === 'unexercised' && optional === true);
}

function otherTopology({ topology }: Report, before: Report, file: string): Note[] {
  if (topology.name === before.topology.name) return [];
  const message = `the baseline ${file} is of ${before.topology.name}, and this run is of ${topology.name}`;
  const hint = 'Only hops of the same id are compared. Give a report of the same topology.';
  return [{ about: 'baseline', message, hint }];
}
