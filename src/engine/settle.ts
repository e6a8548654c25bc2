/** When a run is decided: each hop of each probe is looked at again only when something came that can touch it. */

import { append } from '../evidence/append.ts';
import type { IndexedEvent, IndexedSpan } from '../evidence/span-index.ts';
import { stationsOf } from '../evidence/stations.ts';
import { probesOf, type Ties } from '../evidence/tied.ts';
import { createHopJudge } from '../judge/judge-hop.ts';
import type { HopResult } from '../judge/result.ts';
import type { World } from '../judge/view.ts';
import type { ProbeRecord, WaitRecord } from '../model/evidence.ts';
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';

/** How long a trace must be quiet before a missing link or parent in it counts, ms. */
const QUIET_MS = 1000;

/** How long a hop must look the same where its trace never comes to rest, such as one that leaks into a timer, ms. */
const STEADY_MS = 5000;

/** How long a probe without a readable context is waited for, ms. */
const UNJUDGED_MS = 5000;

/** One hop of one probe that is waited for, or was. */
interface Entry {
  hop: Hop;
  probe: ProbeRecord;
  /** When it was sent, ms since the epoch. */
  since: number;
  deadline: number;
  /** Something came that may decide it. */
  marked: boolean;
  /** When something last came, ms since the epoch. */
  touchedAt: number;
  result: HopResult | undefined;
  /** When it first looked as it does now, ms since the epoch. */
  likeThisSince: number;
  /** Set once it is waited for no longer. */
  ended: WaitRecord | undefined;
  /** How it looked then: what comes later and changes nothing was not waited for. */
  endedAs: string;
}

export interface Settling {
  /** Begins to wait for the hops of a probe. */
  expect(probe: ProbeRecord, hops: Hop[]): void;
  spanCame(span: IndexedSpan): void;
  eventCame(event: IndexedEvent): void;
  /** The probe was answered, or failed. */
  probeChanged(probe: ProbeRecord): void;
  /** Looks at what was marked; those that are decided or past their deadline are waited for no longer. */
  look(): Decision[];
  /** When `look` is worth calling again though nothing came, ms since the epoch; undefined: nothing is waited for. */
  nextLook(): number | undefined;
  /** What is waited for now. */
  waiting(): Waiting[];
  waits(): WaitRecord[];
  /** How many hops were observed in all: grows with what arrives, not with spans × hops. */
  observations(): number;
}

/** One hop of one probe that is waited for. */
export interface Waiting {
  hop: string;
  probe: string;
  /** What is waited for, for a person. */
  for: string;
  /** When the waiting ends at the latest, ms since the epoch. */
  until: number;
}

export interface Decision {
  hop: Hop;
  probe: ProbeRecord;
  result: HopResult;
  /** False where the deadline passed. */
  decided: boolean;
}

export interface SettleSettings {
  /** How long the slowest source takes until spans can be found, ms: everything is waited for so much longer. */
  delayMs: number;
  /** Told of each trace that is newly tied to a probe. */
  onTie(traceId: string): void;
}

export function createSettling(
  ties: Ties,
  world: Omit<World, 'ties'>,
  clock: () => number,
  { delayMs, onTie }: SettleSettings,
): Settling {
  const entries: Entry[] = [];
  const open = new Set<Entry>();
  const byProbeNode = new Map<string, Entry[]>();
  const newlyTied: { probe: string; traceId: string }[] = [];
  let observed = 0;

  ties.onTie.push((probe, traceId) => {
    newlyTied.push({ probe, traceId });
    onTie(traceId);
  });

  const touch = (probe: string, node: string): void => {
    const now = clock();
    for (const entry of byProbeNode.get(`${probe} ${node}`) ?? []) {
      entry.marked = true;
      if (entry.ended !== undefined && entry.deadline <= now) continue;
      entry.touchedAt = now;
      open.add(entry);
    }
  };
  /** A span with links shows that its source keeps them: where one has none, that counts now. */
  const markUnlinked = (): void => {
    for (const entry of open) {
      if (entry.result?.drafts.some(({ cause }) => cause === 'source-down')) entry.marked = true;
    }
  };
  const touchTied = (): void => {
    for (const { probe, traceId } of newlyTied.splice(0)) {
      for (const node of ties.index.traces.get(traceId)?.byNode.keys() ?? []) {
        if (node !== undefined) touch(probe, node);
      }
    }
  };

  return {
    expect(probe, hops) {
      const at = clock();
      for (const hop of hops) {
        const entry = newEntry(hop, probe, at, delayMs);
        entries.push(entry);
        open.add(entry);
        for (const node of nodesOf(ties, hop)) append(byProbeNode, `${probe.id} ${node}`, entry);
      }
    },
    spanCame({ node, record }) {
      if (record.links.length > 0) markUnlinked();
      if (node !== undefined) for (const probe of probesOf(ties, record.traceId)) touch(probe, node);
      touchTied();
    },
    eventCame({ record }) {
      for (const [probe, { events }] of ties.byProbe) if (events.has(record.id)) touch(probe, record.node);
      touchTied();
    },
    probeChanged(probe) {
      for (const entry of open) if (entry.probe === probe) entry.marked = true;
    },
    look() {
      const at = clock();
      const judge = createHopJudge({ ties, ...world }, 'alone');
      const decisions: Decision[] = [];
      for (const entry of open) {
        if (entry.marked) {
          observed += 1;
          renew(entry, isJudged(entry.probe) ? judge(entry.hop, entry.probe) : lookForEntry(ties, entry), at);
        }
        const decision = decide(entry, at, delayMs);
        if (decision === undefined) continue;
        open.delete(entry);
        decisions.push(decision);
      }
      return decisions;
    },
    nextLook() {
      const times = [...open].map((entry) => endOf(entry, delayMs));
      return times.length === 0 ? undefined : Math.min(...times);
    },
    waiting: () =>
      [...open].map((entry) => ({
        hop: entry.hop.id,
        probe: entry.probe.id,
        for: entry.result?.awaited ?? entrySpanOf(entry),
        until: endOf(entry, delayMs),
      })),
    waits: () => entries.flatMap(({ ended }) => ended ?? []),
    observations: () => observed,
  };
}

/** When it is decided as it looks now, or given up, ms since the epoch. */
function endOf({ result, touchedAt, likeThisSince, deadline }: Entry, delayMs: number): number {
  if (result?.final !== 'soon') return deadline;
  return Math.min(touchedAt + QUIET_MS + delayMs, likeThisSince + STEADY_MS + delayMs, deadline);
}

function renew(entry: Entry, result: HopResult, at: number): void {
  entry.marked = false;
  if (describe(result) !== describe(entry.result)) entry.likeThisSince = at;
  entry.result = result;
}

/** What would be news of a hop. */
function describe(result: HopResult | undefined): string {
  return JSON.stringify([
    result?.verdict,
    result?.final,
    result?.drafts.map(({ cause, suspects }) => [cause, suspects]),
  ]);
}

/** Where something may come that says something of a hop: on it, or in what its end sends on. */
function nodesOf({ index }: Ties, hop: Hop): Set<string> {
  const onward = index.hops.from(hop.flow, hop.to).map((next) => pathOf(next)[0] ?? next.to);
  return new Set([hop.from, ...pathOf(hop), ...onward]);
}

function newEntry(hop: Hop, probe: ProbeRecord, at: number, delayMs: number): Entry {
  const patience = isJudged(probe) ? hop.policy.deadlineMs : Math.min(hop.policy.deadlineMs, UNJUDGED_MS);
  const deadline = at + delayMs + patience;
  return {
    hop,
    probe,
    since: at,
    deadline,
    marked: true,
    touchedAt: at,
    likeThisSince: at,
    result: undefined,
    ended: undefined,
    endedAs: '',
  };
}

/** Whether what comes of a probe is a verdict on a hop: it carried context that every receiver reads. */
function isJudged({ purpose }: ProbeRecord): boolean {
  return purpose !== 'control' && purpose !== 'conformance';
}

/** Of other probes only what they became is asked: the entry span of the hop's end. */
function lookForEntry(ties: Ties, entry: Entry): HopResult {
  const seen = stationsOf(ties, entry.probe, entry.hop.to).some(({ weak }) => !weak);
  const awaited = entrySpanOf(entry);
  return { verdict: 'inconclusive', drafts: [], crossings: [], final: seen ? 'yes' : 'no', awaited };
}

function entrySpanOf({ hop }: Entry): string {
  return `${hop.to}'s entry span`;
}

function decide(entry: Entry, now: number, delayMs: number): Decision | undefined {
  const { hop, probe, result, touchedAt, likeThisSince, since, deadline } = entry;
  if (result === undefined) return undefined;
  const quiet = now - touchedAt >= QUIET_MS + delayMs || now - likeThisSince >= STEADY_MS + delayMs;
  const decided = result.final === 'yes' || (result.final === 'soon' && quiet);
  if (!decided && now < deadline) return undefined;
  const ms = Math.round((decided ? touchedAt : now) - since);
  const looks = describe(result);
  if (entry.ended === undefined || entry.endedAs !== looks) {
    entry.ended = { hop: hop.id, probe: probe.id, ms, for: result.awaited };
    entry.endedAs = looks;
  }
  return { hop, probe, result, decided };
}
