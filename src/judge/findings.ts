/** Findings of a hop: those of its probes put together, and those that only all of them show. */
import type { Evidence, ProbeRecord } from '../model/evidence.ts';
import { CAUSES, type Cause, type Finding, VERDICTS } from '../model/report.ts';
import type { Hop } from '../model/topology.ts';
import type { HopResult, JudgedDraft } from './result.ts';
import { isTooFew } from './sampled-out.ts';
import { followedBy } from './samples.ts';

const MAX_SAMPLES = 10;

/** What one probe shows of a hop. */
export type ProbeResult = HopResult & { probe: ProbeRecord };

/**
 * Where some probes pass a hop and others are lost on it, context that is sent straight to a node once clears nobody: it
 * may have been one that passes.
 */
export function withoutChance(results: ProbeResult[]): ProbeResult[] {
  const verdicts = new Set(results.map(({ verdict }) => verdict));
  if (!verdicts.has('broken') || !GOOD.some((verdict) => verdicts.has(verdict))) return results;
  return results.map((result) => ({
    ...result,
    drafts: result.drafts.map((draft) => ({ ...draft, ...draft.beforeClearing })),
  }));
}

const GOOD = ['intact', 'linked', 'degraded'] as const;

/** Worst first. What declared sampling let go says nothing, unless it is too much. */
export function findingsOf(hop: Hop, evidence: Evidence, results: ProbeResult[]): Finding[] {
  const kept = results.filter(({ sampledOut }) => sampledOut !== true);
  const unsaid = kept.length === 0 ? [nothingToSay(hop, evidence, results)] : [];
  const all = [...unsaid, ...mergeDrafts(hop, kept), ...tooFewKept(hop, evidence, results)];
  return all.sort((one, other) => rank(one) - rank(other));
}

/** Findings of one kind over all probes are one, with how many probes show it. */
function mergeDrafts(hop: Hop, results: ProbeResult[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const { probe, drafts } of results) {
    for (const draft of drafts) {
      const key = [draft.cause, draft.severity, draft.culprit, ...draft.suspects].join(' ');
      const finding = merged.get(key);
      if (finding === undefined) merged.set(key, toFinding(hop, probe, draft));
      else if (!finding.samples.includes(probe.id)) addSample(finding, probe, draft);
    }
  }
  const follows = followedBy(results);
  const all = [...merged.values()];
  return follows === undefined ? all : all.map((finding) => withFollows(finding, follows));
}

function withFollows(finding: Finding, follows: NonNullable<Finding['follows']>): Finding {
  const { explain, ...rest } = finding;
  return finding.severity === 'broken' ? { ...rest, follows, explain } : finding;
}

function addSample(finding: Finding, probe: ProbeRecord, draft: JudgedDraft): void {
  finding.count += 1;
  if (finding.samples.length < MAX_SAMPLES) finding.samples.push(probe.id);
  if (finding.certainty === 'inferred' && draft.certainty === 'proved') finding.certainty = 'proved';
}

function rank({ severity }: Finding): number {
  return VERDICTS.indexOf(severity);
}

function toFinding(hop: Hop, probe: ProbeRecord, draft: JudgedDraft): Finding {
  const { cause, alternatives, severity, culprit, certainty, suspects, message, proof } = draft;
  return {
    cause,
    alternatives,
    severity,
    culprit,
    ...(certainty === undefined ? {} : { certainty }),
    suspects,
    samples: [probe.id],
    count: 1,
    fingerprint: `${hop.id} | ${cause} | ${culprit ?? '-'}`,
    message,
    proof,
    explain: `tracegap explain ${cause}`,
  };
}

/** A finding that no single probe shows. */
function overall(hop: Hop, cause: Cause, culprit: string | null, message: string, samples: ProbeRecord[]): Finding {
  return {
    cause,
    alternatives: [],
    severity: CAUSES[cause],
    culprit,
    ...(culprit === null ? {} : { certainty: 'inferred' }),
    suspects: culprit === null ? [] : [culprit],
    samples: samples.slice(0, MAX_SAMPLES).map(({ id }) => id),
    count: samples.length,
    fingerprint: `${hop.id} | ${cause} | ${culprit ?? '-'}`,
    message,
    proof: [],
    explain: `tracegap explain ${cause}`,
  };
}

function nothingToSay(hop: Hop, { topology }: Evidence, results: ProbeResult[]): Finding {
  const probes = results.map(({ probe }) => probe);
  if (probes.length === 0) return overall(hop, 'nothing-seen', null, 'no probe was sent', []);
  const share = topology.nodes[hop.to]?.sampling;
  const why =
    share === 0
      ? `${hop.to} declares that it keeps no trace: no span of it can tell anything (declare \`spans: none\` to have it judged as a mediator)`
      : share === undefined
        ? `a node before ${hop.to} let every probe go, as its declared sampling allows`
        : `${hop.to} declares that it keeps ${share * 100} % of the traces, and kept none of ${probes.length}; send more with --repeat`;
  return overall(hop, 'nothing-seen', null, why, probes);
}

/** A node that keeps far less than it declares clears the flag of traces that it should keep. */
function tooFewKept(hop: Hop, { topology }: Evidence, results: ProbeResult[]): Finding[] {
  const ratio = topology.nodes[hop.to]?.sampling;
  const passed = results.filter(
    ({ sampledOut, crossings }) => sampledOut !== true || crossings.some((each) => each.sender),
  );
  const lost = passed.filter(({ sampledOut }) => sampledOut === true);
  const kept = passed.length - lost.length;
  if (ratio === undefined || lost.length === 0 || !isTooFew(kept, passed.length, ratio)) return [];
  const message = `${hop.to} declares that it keeps ${ratio * 100} % of the traces, and kept ${kept} of ${passed.length}`;
  return [
    overall(
      hop,
      'unsampled',
      hop.to,
      message,
      lost.map(({ probe }) => probe),
    ),
  ];
}
