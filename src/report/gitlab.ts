/** GitLab's Code Quality report: an issue a finding, at the hop's line in the topology file. */
import type { Finding, HopReport, Report, Severity } from '../model/report.ts';
import { digest } from './digest.ts';
import type { Format } from './format.ts';
import { isSkipped } from './table/verdict-mark.ts';
import { filePath } from './topology-file.ts';
import { causeWords, pathWords, safe, waiverWords, whoWords } from './words.ts';

const SEVERITIES: Record<Severity, string> = {
  broken: 'critical',
  inconclusive: 'major',
  unexercised: 'minor',
  degraded: 'minor',
};

export const gitlab: Format = {
  name: 'gitlab',
  render(report) {
    const used = new Map<string, number>();
    const issues = report.hops
      .filter((hop) => !isSkipped(hop))
      .flatMap((hop) => hop.findings.map((finding) => issueOf(report, hop, finding, used)));
    return `${JSON.stringify(issues, null, 2)}\n`;
  },
};

function issueOf(report: Report, hop: HopReport, finding: Finding, used: Map<string, number>): unknown {
  const waived = hop.waived && finding.severity === 'broken';
  return {
    description: descriptionOf(hop, finding, waived),
    check_name: `tracegap/${finding.cause}`,
    fingerprint: fingerprintOf(hop, finding, used),
    severity: waived ? 'info' : SEVERITIES[finding.severity],
    location: { path: filePath(report.topology.file), lines: { begin: hop.at.line } },
  };
}

function descriptionOf(hop: HopReport, finding: Finding, waived: boolean): string {
  const waiver = hop.waiver === undefined ? '' : ` (${waiverWords(hop.waiver)})`;
  const who = whoWords(finding);
  const end = who === '' ? '' : ` (${who})`;
  return `${waived ? `waived${waiver}: ` : ''}${pathWords(hop)}: ${causeWords(finding)}: ${safe(finding.message)}${end}`;
}

/** The same over runs, and no two alike: GitLab drops the second. */
function fingerprintOf(hop: HopReport, { fingerprint, suspects }: Finding, used: Map<string, number>): string {
  const key = JSON.stringify([hop.id, fingerprint, suspects]);
  const before = used.get(key) ?? 0;
  used.set(key, before + 1);
  return digest(before === 0 ? key : `${key} ${before}`);
}
