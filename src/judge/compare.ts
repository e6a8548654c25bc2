/** Two reports → what broke, what was mended, what changed. Pure; hops are told by their ids, findings by fingerprint. */
import {
  type Change,
  COMPARISON_VERSION,
  type ComparedRun,
  type Comparison,
  type HopState,
} from '../model/comparison.ts';
import type { Finding, HopReport, Report } from '../model/report.ts';

export function compare(before: Report, after: Report): Comparison {
  const old = new Map(before.hops.map((hop) => [hop.id, hop]));
  const result: Comparison = {
    version: COMPARISON_VERSION,
    mode: 'diff',
    old: runOf(before),
    new: runOf(after),
    broke: [],
    mended: [],
    undecided: [],
    changed: [],
    still: [],
    added: after.hops.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    removed: before.hops.filter(({ id }) => !after.hops.some((hop) => hop.id === id)).map(({ id }) => id),
  };
  for (const hop of after.hops) {
    const was = old.get(hop.id);
    const kind = kindOf(was, hop);
    if (kind !== undefined) result[kind].push(changeOf(was, hop));
  }
  return result;
}

type Kind = 'broke' | 'mended' | 'undecided' | 'changed' | 'still';

function kindOf(was: HopReport | undefined, hop: HopReport): Kind | undefined {
  if (isLost(hop)) {
    if (was === undefined || !isKnown(hop, was)) return 'broke';
    return isSame(was, hop) ? 'still' : 'changed';
  }
  if (was === undefined) return undefined;
  if (isUndecided(hop)) return isUndecided(was) ? changedOnly(was, hop) : 'undecided';
  if (was.verdict === 'broken' && hop.verdict !== 'broken') return 'mended';
  return changedOnly(was, hop);
}

function changedOnly(was: HopReport, hop: HopReport): 'changed' | undefined {
  return isSame(was, hop) ? undefined : 'changed';
}

/**
 * Whether a hop was as bad before, for the same reason, so that a gate on what is new lets it pass: all that its verdict
 * rests on was there. What a waiver covered was not: it was accepted until a day, and not for good.
 */
export function isKnown(hop: HopReport, was: HopReport | undefined): boolean {
  const reasons = hop.findings.filter(({ severity }) => severity === hop.verdict);
  return reasons.length > 0 && reasons.every((finding) => isKnownFinding(finding, was));
}

/**
 * Whether a finding was there before. A loss by the same party is the same loss, also where its cause reads otherwise now;
 * by somebody else it is new. What is no loss is known by its fingerprint.
 */
export function isKnownFinding(finding: Finding, was: HopReport | undefined): boolean {
  const same = (was?.findings ?? []).filter(({ severity }) => severity === finding.severity);
  if (finding.severity !== 'broken') return same.some(({ fingerprint }) => fingerprint === finding.fingerprint);
  return was?.waived === false && same.some((other) => isSameParty(finding, other));
}

function isSameParty(one: Finding, other: Finding): boolean {
  const [accused, before] = [accusedBy(one), accusedBy(other)];
  return one.fingerprint === other.fingerprint || accused.some((name) => before.includes(name));
}

function accusedBy({ culprit, suspects }: Finding): string[] {
  return culprit === null ? suspects : [culprit];
}

function isLost({ verdict, waived }: HopReport): boolean {
  return verdict === 'broken' && !waived;
}

/** A hop that need not be reached is none of them. */
function isUndecided({ verdict, optional }: HopReport): boolean {
  return verdict === 'inconclusive' || (verdict === 'unexercised' && optional !== true);
}

function isSame(one: HopReport, other: HopReport): boolean {
  return fingerprintsOf(one) === fingerprintsOf(other);
}

function fingerprintsOf({ verdict, waived, findings }: HopReport): string {
  return JSON.stringify([verdict, waived, ...findings.map(({ fingerprint }) => fingerprint).sort()]);
}

function changeOf(was: HopReport | undefined, hop: HopReport): Change {
  return { hop: hop.id, ...(was === undefined ? {} : { before: stateOf(was) }), after: stateOf(hop) };
}

function stateOf({ verdict, waived, findings }: HopReport): HopState {
  return {
    verdict,
    waived,
    findings: findings.map(({ cause, alternatives, culprit, suspects, severity, fingerprint, message }) => {
      return { cause, alternatives, culprit, suspects, severity, fingerprint, message };
    }),
  };
}

function runOf({ topology, run, summary }: Report): ComparedRun {
  return { topology: topology.name, run: run.id, startedAt: run.startedAt, exit: summary.exit };
}
