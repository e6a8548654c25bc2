/** What is sent straight to a node that consents: to clear up who of several lost the context (DESIGN §6). */
import type { JudgedDraft } from '../judge/result.ts';
import type { EvidenceOptions, ProbePurpose } from '../model/evidence.ts';
import { pathOf } from '../model/path.ts';
import type { Hop, Topology } from '../model/topology.ts';
import { contextOf, type Environment } from './plan.ts';
import type { Outgoing } from './send.ts';
import type { Decision } from './settle.ts';

/** Tells a probe that is sent straight to a node from a main one, and shows whether other headers come through. */
const MARK = 'x-tracegap';

interface Reason {
  node: string;
  purpose: ProbePurpose;
  why: string;
}

/** Says what a decided hop calls for; each node is asked once a run. */
export function createIsolation(
  topology: Topology,
  environment: Environment,
  { isolate = 'needed' }: EvidenceOptions,
): (decision: Decision) => Outgoing[] {
  const asked = new Set<string>();
  return ({ hop, probe, result }) => {
    if (isolate === 'none' || probe.purpose !== 'main') return [];
    const reasons =
      isolate === 'all' ? everyNode(hop) : result.drafts.flatMap((draft) => reasonsOf(topology, hop, draft));
    return reasons.flatMap(({ node, purpose, why }) => {
      const send = topology.isolation[node];
      const key = `${hop.flow} ${node} ${purpose}`;
      if (send === undefined || asked.has(key)) return [];
      asked.add(key);
      return [
        {
          flow: hop.flow,
          purpose,
          about: { hop: hop.id, node, why },
          send,
          headers: (ids) => [...contextOf([], ids, environment), [MARK, purpose]],
        },
      ];
    });
  };
}

function everyNode(hop: Hop): Reason[] {
  return pathOf(hop).map((node) => ({ node, purpose: 'isolation', why: 'asked for with --isolate all' }));
}

function reasonsOf({ record }: Topology, hop: Hop, draft: JudgedDraft): Reason[] {
  const { severity, certainty, suspects, cause, culprit } = draft;
  if (severity !== 'broken') return [];
  if (certainty !== 'proved') {
    const why = `what was seen leaves ${suspects.join(', ')} possible`;
    return suspects.map((node) => ({ node, purpose: 'isolation', why }));
  }
  const path = pathOf(hop);
  const next = cause === 'stripped' && culprit !== null ? path[path.indexOf(culprit) + 1] : undefined;
  if (culprit === null || next === undefined || record.nodes[next]?.tapped !== true) return [];
  return [{ node: culprit, purpose: 'canary', why: `to see whether ${culprit} drops other headers too` }];
}
