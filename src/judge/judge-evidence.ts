/** Evidence → report. Pure: the same evidence gives the same report. */
import { observeEvidence } from '../evidence/observe.ts';
import type { Evidence, ProbeRecord } from '../model/evidence.ts';
import {
  CAUSES,
  type Cause,
  type Finding,
  type HopReport,
  REPORT_VERSION,
  type Report,
  VERDICTS,
  type Verdict,
} from '../model/report.ts';
import { timeOfNs } from '../model/time.ts';
import type { Hop } from '../model/topology.ts';
import { countFaults, type Shown } from './faults.ts';
import { createHopJudge, type HopJudge, type HopResult, type JudgedDraft, worst } from './judge-hop.ts';
import { isTooFew } from './sampled-out.ts';
import { followedBy, lossOf } from './samples.ts';
import { summarize } from './summary.ts';
import { undeclaredServices } from './undeclared.ts';
import { isWaived } from './waiver.ts';

const MAX_SAMPLES = 10;

export function judgeEvidence(evidence: Evidence): Report {
  const ties = observeEvidence(evidence);
  const undeclared = undeclaredServices(ties);
  const world = { ties, evidence, undeclared: new Set(undeclared.map(({ service }) => service)) };
  const judge = createHopJudge(world);
  const judged = evidence.topology.hops
    .filter((hop) => isWanted(hop, evidence))
    .map((hop) => judgeHopOverProbes(hop, evidence, judge));
  const hops = judged.map(({ report }) => report);
  return {
    version: REPORT_VERSION,
    mode: 'audit',
    tool: evidence.tool,
    topology: describeTopology(evidence),
    run: {
      id: evidence.run.id,
      startedAt: evidence.run.startedAt,
      durationMs: evidence.run.durationMs,
    },
    probes: evidence.probes.map(describeProbe),
    summary: summarize(hops, countFaults(judged.flatMap(({ shown }) => shown)), evidence.options.failOn),
    hops,
    undeclared,
    problems: evidence.problems,
  };
}

function isWanted(hop: Hop, { options }: Evidence): boolean {
  return (options.flows?.includes(hop.flow) ?? true) && (options.hops?.includes(hop.id) ?? true);
}

/** What one probe shows of a hop. */
type ProbeResult = HopResult & { probe: ProbeRecord };

interface JudgedHop {
  report: HopReport;
  /** Where each broken finding that is not waived shows. */
  shown: Shown[];
}

function judgeHopOverProbes(hop: Hop, evidence: Evidence, judge: HopJudge): JudgedHop {
  const probes = evidence.probes.filter(({ flow, purpose }) => flow === hop.flow && purpose === 'main');
  const results = probes.map((probe) => ({ probe, ...judge(hop, probe) }));
  const kept = results.filter((result) => result.sampledOut !== true);
  const unsaid = kept.length === 0 ? [nothingToSay(hop, evidence, results)] : [];
  const findings = [...unsaid, ...mergeDrafts(hop, kept), ...tooFewKept(hop, evidence, results)].sort(
    (one, other) => rank(one) - rank(other),
  );
  const verdict = worst([...kept.map((result) => result.verdict), ...findings.map(({ severity }) => severity)]);
  const verdicts = kept.map((result) => result.verdict);
  const loss = lossOf(verdicts);
  const waived = verdict === 'broken' && isWaived(hop, findings, evidence.run.startedAt);
  const shown = kept.flatMap(({ drafts }) =>
    waived ? [] : drafts.filter(({ severity }) => severity === 'broken').map((draft) => shownBy(hop, draft)),
  );
  const { id, flow, from, via, to, at } = hop;
  return {
    shown,
    report: {
      id,
      flow,
      from,
      via,
      to,
      at,
      verdict,
      waived,
      samples: countSamples(verdicts),
      ...(hop.optional === true ? { optional: true } : {}),
      ...(loss === undefined ? {} : { loss }),
      waited: waitedFor(hop, evidence),
      findings,
    },
  };
}

function shownBy(hop: Hop, { cause, culprit, suspects, place }: JudgedDraft): Shown {
  const fault = `${cause} ${culprit ?? suspects.join(',')}`;
  return { what: `${fault} ${hop.id}`, place: `${fault} ${place}` };
}

function countSamples(verdicts: Verdict[]): HopReport['samples'] {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const verdict of verdicts) counts[verdict] += 1;
  const { intact, linked, broken, degraded, unexercised, inconclusive } = counts;
  return { seen: verdicts.length, intact, linked, broken, degraded, unexercised, inconclusive };
}

function waitedFor(hop: Hop, evidence: Evidence): HopReport['waited'] {
  const waits = evidence.waits.filter((wait) => wait.hop === hop.id);
  const longest = waits.reduce((one, other) => (other.ms > one.ms ? other : one), { ms: 0, for: 'nothing' });
  return { ms: longest.ms, for: longest.for };
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
    share === undefined
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

function describeTopology({ topology }: Evidence): Report['topology'] {
  const { name, file, sha256, nodes, flows } = topology;
  return {
    name,
    file,
    sha256,
    nodes: Object.fromEntries(Object.entries(nodes).map(([key, { kind }]) => [key, { kind }])),
    flows: Object.fromEntries(Object.entries(flows).map(([key, { chains }]) => [key, { chains }])),
  };
}

function describeProbe({ id, flow, traceId, start, status, purpose }: ProbeRecord): Report['probes'][number] {
  return {
    id,
    flow,
    traceId,
    sentAt: timeOfNs(start),
    ...(purpose === 'main' ? {} : { purpose }),
    ...(status === undefined ? {} : { status }),
  };
}
