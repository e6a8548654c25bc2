/** Context that was sent straight to nodes of a hop: who lost it, where what passed by itself leaves several possible. */
import type { ProbeRecord } from '../model/evidence.ts';
import { isolatedHop } from '../model/isolation.ts';
import { pathOf } from '../model/path.ts';
import type { Cause, Proof } from '../model/report.ts';
import { listed } from './draft.ts';
import { spanProof } from './proof.ts';
import type { HopJudge, HopResult } from './result.ts';
import { type CrossingView, type Draft, restsOnInference } from './view.ts';

/** What came of context that was sent straight to one node. */
interface Comparison {
  node: string;
  /** Place of the node on the path. */
  at: number;
  probe: ProbeRecord;
  result: HopResult;
  /** Whether the hop's end went on from it; undefined where that did not show. */
  sound: boolean | undefined;
}

/** The draft with the suspects that are left, and the comparisons that it rests on. */
export function narrowed(view: CrossingView, draft: Draft, judge: HopJudge): Draft {
  if (draft.certainty === 'proved' || view.probe.purpose !== 'main') return draft;
  const comparisons = comparisonsOf(view, judge);
  const decisive = comparisons.filter(({ sound }) => sound !== undefined);
  if (decisive.length === 0) return { ...draft, proof: [...draft.proof, ...comparisons.flatMap(proofOf)] };
  const left = suspectsLeft(view, draft, decisive);
  const proof = [...draft.proof, ...decisive.flatMap(proofOf)];
  const clears = decisive.some(({ sound }) => sound === true);
  return {
    ...withSuspects(view, draft, decisive, left),
    proof,
    ...(clears ? { beforeClearing: { ...draft, proof } } : {}),
  };
}

function withSuspects(view: CrossingView, draft: Draft, decisive: Comparison[], left: string[]): Draft {
  const [only, ...more] = left;
  if (only === undefined) return draft;
  if (more.length > 0) {
    const cause = causeOf(view, draft, decisive, only);
    const others = more.map((suspect) => causeOf(view, draft, decisive, suspect));
    const alternatives = [...new Set(others)].filter((each) => each !== cause);
    return { ...draft, cause, alternatives, suspects: left };
  }
  return {
    ...draft,
    cause: causeOf(view, draft, decisive, only),
    alternatives: [],
    culprit: only,
    suspects: [only],
    certainty: isProved(view, draft, decisive) ? 'proved' : 'inferred',
    message: messageOf(view, decisive, only) ?? draft.message,
  };
}

/** Every isolation probe of the flow to a node of the hop, the one nearest to the hop's end last. */
function comparisonsOf({ hop, world }: CrossingView, judge: HopJudge): Comparison[] {
  const path = pathOf(hop);
  return [...world.ties.index.probes.values()]
    .flatMap((probe): Comparison[] => {
      const node = probe.about?.node ?? '';
      const at = path.indexOf(node);
      if (probe.purpose !== 'isolation' || probe.flow !== hop.flow || at === -1) return [];
      const result = judge(isolatedHop(hop, probe), probe);
      return [{ node, at, probe, result, sound: soundness(result) }];
    })
    .sort((one, other) => one.at - other.at);
}

function soundness({ verdict }: HopResult): boolean | undefined {
  if (verdict === 'broken') return false;
  return verdict === 'inconclusive' || verdict === 'unexercised' ? undefined : true;
}

/** What goes well from a node on clears it and all behind it; what goes wrong from a node on clears all before it. */
function suspectsLeft({ hop }: CrossingView, { suspects }: Draft, comparisons: Comparison[]): string[] {
  const path = pathOf(hop);
  const sound = comparisons.find((each) => each.sound === true)?.at ?? path.length;
  const broken = comparisons.findLast((each) => each.sound === false && each.at < sound)?.at ?? -1;
  return suspects.filter((node) => {
    const at = path.indexOf(node);
    return at < sound && at >= broken;
  });
}

/** What a suspect would be guilty of: what was proved of it alone, else what its place on the path leaves. */
function causeOf(view: CrossingView, draft: Draft, comparisons: Comparison[], suspect: string): Cause {
  const { hop } = view;
  if (!pathOf(hop).includes(suspect)) return draft.cause;
  const shown = brokenAt(view, comparisons, suspect)?.result.drafts[0];
  if (shown?.culprit === suspect) return shown.cause;
  const possible = [shown?.cause ?? draft.cause, draft.cause, ...draft.alternatives];
  const fitting: readonly Cause[] = suspect === hop.to ? BY_RECEIVER : BY_MEDIATOR;
  return possible.find((cause) => fitting.includes(cause)) ?? draft.cause;
}

const BY_RECEIVER: readonly Cause[] = ['not-extracted', 'silent'];
const BY_MEDIATOR: readonly Cause[] = ['stripped', 'restarted', 'ghost-parent', 'unsampled'];

/** The comparison nearest to the hop's end that goes wrong and has a node in it. */
function brokenAt({ hop }: CrossingView, comparisons: Comparison[], node: string): Comparison | undefined {
  const at = pathOf(hop).indexOf(node);
  return comparisons.findLast((each) => each.sound === false && each.at <= at);
}

function isProved(view: CrossingView, draft: Draft, comparisons: Comparison[]): boolean {
  if (restsOnInference(view) || comparisons.some(({ result }) => result.crossings.some(restsOnInference))) return false;
  // One suspect from the start, and still inferred: only what is proved of it alone makes it certain.
  return draft.suspects.length > 1 || comparisons.some(({ result }) => result.drafts[0]?.certainty === 'proved');
}

function messageOf(view: CrossingView, comparisons: Comparison[], suspect: string): string | undefined {
  const { hop } = view;
  const sound = comparisons.filter((each) => each.sound === true).map(({ node }) => node);
  const reaches = `context that is sent straight to ${listed(sound)} reaches ${hop.to}`;
  const shown = brokenAt(view, comparisons, suspect)?.node;
  if (suspect === hop.to)
    return `${suspect} does not go on from the context that it is given, also when it is sent straight to it`;
  if (!pathOf(hop).includes(suspect)) return `${suspect} sent no context on: ${reaches}`;
  if (shown === undefined) return `${suspect} lost the context: ${reaches}`;
  const apart = sound.length === 0 ? '' : `, and ${reaches}`;
  return `${suspect} lost the context: what is sent straight to ${shown} does not reach ${hop.to}${apart}`;
}

function proofOf({ node, probe, result, sound }: Comparison): Proof[] {
  const arrivals = result.crossings.flatMap(({ arrival }) => arrival?.station.span ?? []);
  const came = sound === true ? 'the context arrived' : (result.drafts[0]?.message ?? 'nothing was seen of it');
  return [
    {
      kind: 'isolation',
      node,
      probe: probe.id,
      traceId: probe.traceId,
      target: probe.sent.target,
      ...(probe.status === undefined ? {} : { status: probe.status }),
      message: probe.error?.message ?? came,
    },
    ...arrivals.slice(0, 1).map((span) => spanProof(span, probe.id)),
  ];
}
