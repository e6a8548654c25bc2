/** One hop and one probe: the worst of its crossings, without the attempts that a later one repeats. */
import type { Crossing } from '../evidence/crossing.ts';
import { crossingsOf } from '../evidence/crossings.ts';
import type { ProbeRecord } from '../model/evidence.ts';
import { pathOf } from '../model/path.ts';
import { CAUSES, type Severity, VERDICTS, type Verdict } from '../model/report.ts';
import type { Hop } from '../model/topology.ts';
import { handsOnAtTheEnd } from './causes/bypassed.ts';
import { isMediatorEnd } from './causes/not-seen.ts';
import { narrowed } from './isolation.ts';
import { BESIDE, NOT_CONTINUED } from './order.ts';
import type { HopJudge, HopResult, JudgedDraft } from './result.ts';
import { isSampledOut, passedUnseen, saysSampledOut } from './sampled-out.ts';
import type { CrossingView, Draft, Upstream, World } from './view.ts';
import { viewCrossing } from './view-crossing.ts';

/**
 * @param scope `chained`: with what is known of the hop before, for the report; `alone`: whether the hop is decided,
 * which never hangs on the hop before
 */
export function createHopJudge(world: World, scope: 'chained' | 'alone' = 'chained'): HopJudge {
  const results = new Map<string, HopResult>();
  const under = new Set<string>();
  const judge: HopJudge = (hop, probe) => {
    const key = `${probe.id} ${hop.id}`;
    const known = results.get(key);
    if (known !== undefined) return known;
    under.add(key);
    const before = (scope === 'chained' ? world.ties.index.hops.into(hop.flow, hop.from) : [])
      .filter((each) => each.to === hop.from && !under.has(`${probe.id} ${each.id}`))
      .map((each) => judge(each, probe));
    under.delete(key);
    const result = judgeHop(hop, probe, world, { before, judge });
    results.set(key, result);
    return result;
  };
  return judge;
}

interface Beside {
  /** What is known of the hops before. */
  before: HopResult[];
  judge: HopJudge;
}

function judgeHop(hop: Hop, probe: ProbeRecord, world: World, { before, judge }: Beside): HopResult {
  const crossings = crossingsOf(world.ties, probe, hop);
  const views = crossings.map((crossing) => viewCrossing(crossing, world, upstreamOf(crossing, before)));
  const judged = withoutRepeated(views).map((view) => ({ view, ...judgeCrossing(view, judge) }));
  const verdict = worst(judged.map((each) => each.verdict));
  const drafts = judged.flatMap((each) => each.drafts);
  return {
    verdict,
    drafts: verdict === 'broken' ? drafts.filter(({ severity }) => severity === 'broken') : drafts,
    crossings,
    ...(verdict === 'unexercised' && judged.every((each) => each.sampledOut) ? { sampledOut: true } : {}),
    // Nothing that comes can make a break good that the wire has shown.
    final: judged.some((each) => each.verdict === 'broken' && each.final === 'yes' && !mayBeTriedAgain(each.view))
      ? 'yes'
      : leastFinal(judged.map((each) => each.final)),
    awaited: awaitedOf(judged.find((each) => each.final !== 'yes')?.view ?? views[0]),
  };
}

interface CrossingResult {
  verdict: Verdict;
  drafts: JudgedDraft[];
  sampledOut?: boolean;
  final: Draft['final'];
}

function judgeCrossing(view: CrossingView, judge: HopJudge): CrossingResult {
  if (view.went !== 'none' || isWellAtItsEnd(view)) return judgeContinued(view);
  if (passedUnseen(view)) {
    return { verdict: view.arrival?.link === undefined ? 'intact' : 'linked', drafts: [], final: 'soon' };
  }
  if (isSampledOut(view)) {
    return { verdict: 'unexercised', drafts: [], sampledOut: true, final: saysSampledOut(view) ? 'yes' : 'no' };
  }
  for (const judgeCause of NOT_CONTINUED) {
    const found = judgeCause(view);
    if (found === undefined) continue;
    const draft = CAUSES[found.cause] === 'broken' ? narrowed(view, found, judge) : found;
    if (isAllowedRestart(view, draft))
      return { verdict: goodVerdict(view.arrival?.went), drafts: [], final: draft.final };
    const severity = CAUSES[draft.cause];
    return { verdict: severity, drafts: [withSeverity(draft, severity)], final: draft.final };
  }
  return { verdict: 'intact', drafts: [], final: 'yes' };
}

function judgeContinued(view: CrossingView): CrossingResult {
  const drafts = BESIDE.flatMap((judge) => judge(view) ?? []).flatMap((draft) => {
    const severity = severityBeside(view.hop, draft);
    return severity === undefined ? [] : [withSeverity(draft, severity)];
  });
  const verdict = worst([...drafts.map(({ severity }) => severity), goodVerdict(view.went)]);
  if (view.sender?.weak === true) return { verdict, drafts, final: 'no' };
  return { verdict, drafts, final: view.arrival?.odd === true ? 'soon' : 'yes' };
}

/** What travels beside the context is as bad a loss as the hop's policy says. */
function severityBeside({ policy: { carry } }: Hop, { cause }: Draft): Severity | undefined {
  const carried = cause === 'tracestate-lost' ? carry.tracestate : cause === 'baggage-lost' ? carry.baggage : 'wanted';
  if (carried === 'ignored') return undefined;
  return carried === 'required' ? 'broken' : 'degraded';
}

function goodVerdict(went: string | undefined): Verdict {
  return went === 'link' ? 'linked' : 'intact';
}

/** A chain that ends at a mediator or outside: what went into it is the whole of what can be asked. */
function isWellAtItsEnd(view: CrossingView): boolean {
  return isMediatorEnd(view) && view.broken === undefined && view.states.at(-1) === 'ours' && !handsOnAtTheEnd(view);
}

function withSeverity(draft: Draft, severity: Severity): JudgedDraft {
  return { ...draft, severity };
}

/** At a declared trust boundary the receiver may begin a trace of its own, whoever did it. */
function isAllowedRestart({ hop, arrival }: CrossingView, { cause, alternatives }: Draft): boolean {
  if (hop.policy.restart !== 'allowed' || arrival === undefined) return false;
  return [cause, ...alternatives].some((each) => each === 'not-extracted' || each === 'restarted');
}

function upstreamOf(crossing: Crossing, before: HopResult[]): Upstream {
  const into = before
    .flatMap((result) => result.crossings)
    .find(({ arrival }) => arrival !== undefined && arrival.station.span === crossing.sender?.span);
  return {
    broken: before.some(
      ({ verdict, drafts }) => verdict === 'broken' || drafts.some(({ cause }) => cause === 'trail-lost'),
    ),
    notReached: before.length > 0 && before.every(({ verdict }) => verdict === 'unexercised'),
    sampledOut: before.length > 0 && before.every((result) => result.sampledOut === true),
    senderIs: new Set(
      before.flatMap(({ drafts }) =>
        drafts.flatMap((each) => (each.culprit === crossing.hop.from ? [each.cause] : [])),
      ),
    ),
    // What ends at a link or a new root is not the sender's to carry on.
    inbound: into?.arrival?.went === 'parent' ? into.boundaries.at(-1) : undefined,
  };
}

/** An attempt over HTTP that reached nobody is no loss where a later one of the same sender did. */
function withoutRepeated(views: CrossingView[]): CrossingView[] {
  const complete = views.filter(({ went }) => went !== 'none');
  return views.filter(
    (view) =>
      view.went !== 'none' ||
      (view.arrival === undefined
        ? !complete.some((other) => other.sender?.span === view.sender?.span && isRepeatedBy(view, other))
        : !complete.some((other) => isReceiveOf(view, other))),
  );
}

/** A receive span only links, and must not do otherwise: the span that processes the same message is what counts. */
function isReceiveOf({ arrival, sender, outgoing }: CrossingView, other: CrossingView): boolean {
  return arrival?.went === 'link' && other.went === 'parent' && other.sender === sender && other.outgoing === outgoing;
}

function isRepeatedBy(attempt: CrossingView, other: CrossingView): boolean {
  // A message that shows a loss stays lost, whatever is sent later.
  const shown = attempt.broken?.fact?.event?.record;
  if (shown !== undefined && shown.http === undefined) return false;
  const [earlier, later] = [timeOf(attempt), timeOf(other)];
  const failed = attempt.boundaries.every((fact) => isRepeatable(fact?.event?.record.http?.status));
  return failed && earlier !== undefined && later !== undefined && earlier <= later;
}

/** Whether a request came back as it does before another try, or did not come back yet. */
function mayBeTriedAgain({ boundaries }: CrossingView): boolean {
  return boundaries.some(
    (fact) => fact?.event?.record.http !== undefined && isRepeatable(fact.event.record.http.status),
  );
}

/** A redirect or a failure of the server is answered with another request. */
function isRepeatable(status = SERVER_ERROR): boolean {
  return status >= SERVER_ERROR || (status >= REDIRECT && status < CLIENT_ERROR);
}

const REDIRECT = 300;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

function timeOf({ boundaries, outgoing }: CrossingView): bigint | undefined {
  const at = boundaries.find((fact) => fact?.event !== undefined)?.event?.record.at ?? outgoing?.record.start;
  return at === undefined ? undefined : BigInt(at);
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'intact';
}

function leastFinal(all: readonly Draft['final'][]): Draft['final'] {
  if (all.includes('no')) return 'no';
  return all.includes('soon') ? 'soon' : 'yes';
}

function awaitedOf(view: CrossingView | undefined): string {
  if (view === undefined) return 'nothing';
  const { sender, arrival, hop } = view;
  if (sender === undefined || sender.weak) return `${hop.from}'s entry span`;
  if (arrival?.origin.type === 'missing')
    return `${arrival.origin.local ? hop.to : hop.from}'s span ${arrival.origin.spanId}`;
  if (isMediatorEnd(view)) return `what goes into ${pathOf(hop).at(-1)}`;
  return `${hop.to}'s entry span`;
}
