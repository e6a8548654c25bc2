/** What probes beside the main ones showed of a place: which headers get through, and what comes of no context. */
import type { IndexedEvent } from '../evidence/span-index.ts';
import { type Station, stationsOf } from '../evidence/stations.ts';
import type { ProbePurpose, ProbeRecord } from '../model/evidence.ts';
import type { CrossingView } from './view.ts';

/**
 * Whether `x-tracegap`, sent straight to a mediator beside the context, came out of it into the next node; undefined
 * where that was not looked at.
 */
export function canaryPasses(view: CrossingView, mediator: string, next: string): boolean | undefined {
  const events = probesWith(view, 'canary', 'isolation')
    .filter(({ about }) => about?.node === mediator)
    .flatMap((probe) => eventsOf(view, probe, next));
  return events.length === 0 ? undefined : events.some(({ record }) => record.canary !== undefined);
}

/** What a request without context became at a node: what was written into it, and the entry that it got there. */
export function withoutContext(
  view: CrossingView,
  node: string,
): { events: IndexedEvent[]; station: Station | undefined; probe: ProbeRecord } | undefined {
  const [probe] = probesWith(view, 'control');
  if (probe === undefined) return undefined;
  const [station] = stationsOf(view.world.ties, probe, node);
  return { events: eventsOf(view, probe, node), station, probe };
}

function probesWith({ hop, world }: CrossingView, ...purposes: ProbePurpose[]): ProbeRecord[] {
  return [...world.ties.index.probes.values()].filter(
    ({ flow, purpose }) => flow === hop.flow && purposes.includes(purpose),
  );
}

function eventsOf({ world }: CrossingView, probe: ProbeRecord, node: string): IndexedEvent[] {
  const tied = world.ties.byProbe.get(probe.id)?.events;
  return (world.ties.index.eventsByNode.get(node) ?? []).filter(({ record }) => tied?.has(record.id) === true);
}
