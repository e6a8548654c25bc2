/** Evidence → report. Pure: the same evidence gives the same report. */
import { observeEvidence } from '../evidence/observe.ts';
import type { Evidence, ProbeRecord } from '../model/evidence.ts';
import { type Finding, type HopReport, REPORT_VERSION, type Report, VERDICTS, type Verdict } from '../model/report.ts';
import { timeOfNs } from '../model/time.ts';
import type { Hop } from '../model/topology.ts';
import { judgeConformance } from './conformance.ts';
import { countFaults, type Shown } from './faults.ts';
import { findingsOf, withoutChance } from './findings.ts';
import { createHopJudge, worst } from './judge-hop.ts';
import type { HopJudge, JudgedDraft } from './result.ts';
import { lossOf } from './samples.ts';
import { summarize } from './summary.ts';
import { undeclaredServices } from './undeclared.ts';
import { waiverNotes, waiverOf } from './waiver.ts';

export function judgeEvidence(evidence: Evidence): Report {
  const ties = observeEvidence(evidence);
  const undeclared = undeclaredServices(ties);
  const world = { ties, evidence, undeclared: new Set(undeclared.map(({ service }) => service)) };
  const judge = createHopJudge(world);
  const conformance = judgeConformance(ties);
  const judged = evidence.topology.hops
    .filter((hop) => isWanted(hop, evidence))
    .map((hop) => judgeHopOverProbes(hop, evidence, judge, conformance.findings.get(hop.id)));
  const hops = judged.map(({ report }) => report);
  const notes = waiverNotes(hops, evidence.run.startedAt);
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
    ...(conformance.results.length === 0 ? {} : { conformance: conformance.results }),
    problems: evidence.problems,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function isWanted(hop: Hop, { options }: Evidence): boolean {
  return (options.flows?.includes(hop.flow) ?? true) && (options.hops?.includes(hop.id) ?? true);
}

interface JudgedHop {
  report: HopReport;
  /** Where each broken finding that is not waived shows. */
  shown: Shown[];
}

function judgeHopOverProbes(hop: Hop, evidence: Evidence, judge: HopJudge, beside: Finding | undefined): JudgedHop {
  const probes = evidence.probes.filter(({ flow, purpose }) => flow === hop.flow && purpose === 'main');
  const results = withoutChance(probes.map((probe) => ({ probe, ...judge(hop, probe) })));
  const kept = results.filter((result) => result.sampledOut !== true);
  const findings = [...findingsOf(hop, evidence, results), ...(beside === undefined ? [] : [beside])];
  const verdict =
    probes.length === 0
      ? 'unexercised'
      : worst([...kept.map((result) => result.verdict), ...findings.map(({ severity }) => severity)]);
  const verdicts = kept.map((result) => result.verdict);
  const loss = lossOf(verdicts);
  const { waived, waiver } = waiverOf(hop, findings, evidence.run.startedAt);
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
      ...(waiver === undefined ? {} : { waiver }),
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
