/** What each service did with the cases of the W3C specification, against what it asks (`--conformance`). */
import { type SentCase, sentCases } from '../evidence/conformance.ts';
import type { Ties } from '../evidence/ties.ts';
import type { ConformanceResult, Finding } from '../model/report.ts';
import { spanProof } from './proof.ts';

const MAX_SAMPLES = 10;
const MAX_PROOFS = 3;

export interface Conformance {
  results: ConformanceResult[];
  /** By hop id. */
  findings: Map<string, Finding>;
}

export function judgeConformance(ties: Ties): Conformance {
  const cases = sentCases(ties).map((sent) => ({ sent, result: resultOf(sent) }));
  const findings = new Map<string, Finding>();
  for (const hop of new Set(cases.map(({ sent }) => sent.hop))) {
    const seen = cases.filter(({ sent, result }) => sent.hop === hop && result.outcome !== 'unseen');
    const differs = seen.filter(({ result }) => result.outcome === 'differs').map(({ sent }) => sent);
    if (differs.length > 0) findings.set(hop, findingOf(hop, differs, seen.length));
  }
  return { results: cases.map(({ result }) => result), findings };
}

function resultOf({ probe, node, asked, entry }: SentCase): ConformanceResult {
  const { id, section, sent } = asked;
  const base = { node, case: id, section, sent, asked: asked.asked };
  if (entry === undefined) return { ...base, outcome: 'unseen' };
  const went = entry.record.traceId === probe.traceId ? 'same' : 'new';
  const state = (entry.record.traceState ?? '').split(',').map((member) => member.trim());
  const missing = (asked.kept ?? []).filter((member) => !state.includes(member));
  const kept = (asked.gone ?? []).filter((member) => state.includes(member));
  const did = [
    went === 'same' ? 'went on in the trace' : 'began a trace',
    ...(missing.length === 0 ? [] : [`dropped ${missing.length} of ${asked.kept?.length} members`]),
    ...(kept.length === 0 ? [] : [`kept ${kept.join(',')}`]),
  ].join(', ');
  const conforms = went === asked.trace && missing.length === 0 && kept.length === 0;
  return { ...base, did, outcome: conforms ? 'conforms' : 'differs' };
}

function findingOf(hop: string, differs: SentCase[], all: number): Finding {
  const node = differs[0]?.node ?? '';
  const named = differs.map(({ asked }) => asked.id);
  return {
    cause: 'nonconforming',
    alternatives: [],
    severity: 'degraded',
    culprit: node,
    certainty: 'proved',
    suspects: [node],
    samples: differs.slice(0, MAX_SAMPLES).map(({ probe }) => probe.id),
    count: differs.length,
    fingerprint: `${hop} | nonconforming | ${node}`,
    message: `${node} differs from the W3C specification in ${differs.length} of ${all} cases: ${named.join(', ')}`,
    proof: differs
      .slice(0, MAX_PROOFS)
      .flatMap(({ entry, probe }) => (entry === undefined ? [] : [spanProof(entry, probe.id)])),
    explain: 'tracegap explain nonconforming',
  };
}
