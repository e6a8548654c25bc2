/** Looks again at what an earlier run waited for: outboxes, delayed queues, tail sampling. Nothing is sent. */
import type { Evidence, Sight, WaitRecord, WireEvent } from '../model/evidence.ts';
import type { Topology } from '../model/topology.ts';
import { type Run, wantedHops } from './run.ts';

const NS_PER_MS = 1_000_000n;

/** Puts all that was gathered before into the run, and begins to wait for its main probes anew. */
export function takeUp(run: Run, before: Evidence): void {
  for (const probe of before.probes) {
    run.traceIds.add(probe.traceId);
    run.store.addProbe(probe);
  }
  for (const event of before.wire) run.store.addEvent(event);
  for (const span of before.spans) run.store.addSpan(span);
  const starts = before.probes.map(({ start }) => Number(BigInt(start) / NS_PER_MS));
  run.sent.first = Math.min(...starts);
  run.sent.last = Math.max(...starts);
  run.sent.taken = before.probes.some(({ error }) => error === undefined);
  const wanted = wantedHops(run);
  for (const probe of before.probes) {
    if (probe.purpose !== 'main') continue;
    run.settling.expect(
      probe,
      wanted.filter(({ flow }) => flow === probe.flow),
    );
  }
  run.arrivals.came();
}

/** The event under an id that none of the runs before gave: most taps count from one. */
export function withOwnId(event: WireEvent, before: Evidence | undefined): WireEvent {
  if (before === undefined || event.transport === 'kafka') return event;
  return { ...event, id: `${event.id}~${(before.run.resumedAt?.length ?? 0) + 1}` };
}

/** What could be seen in all: the time between the runs is a gap, save for what keeps what it has. */
export function mergeSight(topology: Topology, before: readonly Sight[], sight: Sight): Sight {
  const old = before.find(({ part, name }) => part === sight.part && name === sight.name);
  if (old === undefined) return sight;
  const between = {
    from: old.until,
    until: sight.from,
    reason: 'it was not watched between two runs',
    lost: true as const,
  };
  const gaps = [
    ...old.gaps,
    ...blindAsGap(old),
    ...(goesOn(topology, old, sight) ? [] : [between]),
    ...sight.gaps,
    ...(old.blind === undefined ? blindAsGap(sight) : []),
  ];
  const { blind, ...merged } = { ...sight, from: old.from, gaps, dropped: old.dropped + sight.dropped };
  return blind === undefined || old.blind === undefined ? merged : { ...sight, from: old.from };
}

function blindAsGap({ blind, from, until }: Sight): Sight['gaps'] {
  return blind === undefined ? [] : [{ from, until, reason: blind }];
}

/** Stores and files are asked for all that they have, and a topic was read on from where the last run left it. */
function goesOn({ sources }: Topology, old: Sight, { part, name, offsets }: Sight): boolean {
  if (part === 'source') return sources.some((source) => source.name === name && source.kind !== 'otlp');
  return old.offsets !== undefined && offsets !== undefined;
}

/** How long each hop was waited for over both runs. */
export function mergeWaits(before: readonly WaitRecord[], waits: readonly WaitRecord[]): WaitRecord[] {
  const isSame = (one: WaitRecord, other: WaitRecord): boolean => one.hop === other.hop && one.probe === other.probe;
  const longer = waits.map((wait) => ({ ...wait, ms: wait.ms + (before.find((old) => isSame(old, wait))?.ms ?? 0) }));
  return [...before.filter((old) => !waits.some((wait) => isSame(old, wait))), ...longer];
}
