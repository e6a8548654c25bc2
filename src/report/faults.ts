/** Findings gathered into faults: what one mend would mend is shown once, with every hop that it breaks. */
import type { Finding, HopReport, Proof, Report, Severity } from '../model/report.ts';

/** One thing that is wrong, or one reason why it cannot be told, and the hops that show it. */
export interface Fault {
  severity: Severity;
  /** A broken hop that a waiver covers. */
  waived: boolean;
  /** It was there in the baseline. */
  known: boolean;
  /** In topology order, each with its own finding; those tell of the same thing. */
  shownBy: [HopFinding, ...HopFinding[]];
}

export interface HopFinding {
  hop: HopReport;
  finding: Finding;
}

const ORDER: Record<Severity, number> = { broken: 0, inconclusive: 1, unexercised: 2, degraded: 3 };

const AFTER_ALL_NEW = 4;

/**
 * Every fault of a report, worst first, known ones after those and waived ones last, otherwise in topology order. Findings are one fault where
 * cause, culprit and the place that shows it are the same (SURFACE §3): two consumers of one bare record. That a hop was
 * not reached is none where it need not be.
 */
export function faultsOf(report: Report): Fault[] {
  const faults = new Map<string, Fault>();
  for (const hop of report.hops) {
    for (const finding of hop.findings) {
      if (hop.optional === true && finding.severity === 'unexercised') continue;
      const waived = hop.waived && finding.severity === 'broken';
      const known = finding.known === true;
      const key = JSON.stringify([
        waived,
        known,
        finding.severity,
        finding.cause,
        finding.culprit ?? finding.suspects,
        placeOf(finding),
      ]);
      const found = faults.get(key);
      if (found === undefined) {
        faults.set(key, { severity: finding.severity, waived, known, shownBy: [{ hop, finding }] });
      } else if (found.shownBy.every((other) => other.hop !== hop)) found.shownBy.push({ hop, finding });
    }
  }
  return [...faults.values()].sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ severity, waived, known }: Fault): number {
  if (waived) return Number.POSITIVE_INFINITY;
  return ORDER[severity] + (known ? AFTER_ALL_NEW : 0);
}

/** What shows it: the last record or request of the proof, else its spans, else its other facts, else what was said. */
function placeOf({ proof, message }: Finding): unknown {
  const carried = proof.findLast((fact) => fact.kind === 'record' || fact.kind === 'wire');
  if (carried !== undefined) return identityOf(carried);
  const spans = proof.filter((fact) => fact.kind === 'span');
  if (spans.length > 0) return spans.map(identityOf);
  return proof.length > 0 ? proof.map(identityOf) : message;
}

function identityOf(fact: Proof): unknown {
  switch (fact.kind) {
    case 'span':
      return [fact.traceId, fact.spanId];
    case 'wire':
      return [fact.node, fact.target, fact.at];
    case 'record':
      return [
        fact.node,
        fact.topic,
        fact.partition,
        fact.offset,
        fact.exchange,
        fact.routingKey,
        fact.messageId,
        fact.at,
      ];
    case 'isolation':
      return [fact.node, fact.message];
    case 'response':
    case 'absence':
      return fact.message;
  }
}
