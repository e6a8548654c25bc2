/** What each service did with the cases of the W3C specification, against what it asks (`--conformance`). */
import { type SentCase, sentCases } from '../evidence/conformance.ts';
import type { Ties } from '../evidence/tied.ts';
import { pathOf } from '../model/path.ts';
import type { ConformanceResult, Finding } from '../model/report.ts';
import { listed } from './draft.ts';
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
    const [first, ...more] = seen.filter(({ result }) => result.outcome === 'differs').map(({ sent }) => sent);
    if (first !== undefined) findings.set(hop, findingOf(ties, hop, [first, ...more], seen.length));
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

/** Where the cases came through a mediator, that may have changed them. */
function suspectsOf(ties: Ties, hopId: string, { node, probe }: SentCase): string[] {
  const hop = ties.index.topology.hops.find(({ id }) => id === hopId);
  return hop === undefined || probe.sent.to === node ? [node] : pathOf(hop);
}

function findingOf(ties: Ties, hop: string, differs: [SentCase, ...SentCase[]], all: number): Finding {
  const [{ node }] = differs;
  const suspects = suspectsOf(ties, hop, differs[0]);
  const alone = suspects.length === 1;
  const named = differs.map(({ asked }) => asked.id).join(', ');
  const what = `differs from the W3C specification in ${differs.length} of ${all} cases: ${named}`;
  return {
    cause: 'nonconforming',
    alternatives: [],
    severity: 'degraded',
    culprit: alone ? node : null,
    certainty: alone ? 'proved' : 'inferred',
    suspects,
    samples: differs.slice(0, MAX_SAMPLES).map(({ probe }) => probe.id),
    count: differs.length,
    fingerprint: `${hop} | nonconforming | ${alone ? node : '-'}`,
    message: alone ? `${node} ${what}` : `what came of the cases through ${listed(suspects)} ${what}`,
    proof: differs
      .slice(0, MAX_PROOFS)
      .flatMap(({ entry, probe }) => (entry === undefined ? [] : [spanProof(entry, probe.id)])),
    explain: 'tracegap explain nonconforming',
  };
}
