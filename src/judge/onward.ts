/** What the hop's end wrote onward for the same probe: proof that it was there, whatever its spans say. */
import type { WireFact } from '../evidence/crossing.ts';
import { originOf, type Station, stationsOf } from '../evidence/stations.ts';
import { pathOf } from '../model/path.ts';
import type { CrossingView } from './view.ts';

/** The probe's events at the first node of every hop that begins where this one ends. */
export function onwardWires({ world, hop, probe }: CrossingView): WireFact[] {
  const tied = world.ties.byProbe.get(probe.id)?.events;
  const nodes = new Set(world.ties.index.hops.from(hop.flow, hop.to).map((next) => pathOf(next)[0] ?? next.to));
  return [...nodes].flatMap((node) =>
    (world.ties.index.eventsByNode.get(node) ?? []).flatMap((event) => {
      const tie = tied?.get(event.record.id);
      return tie === undefined ? [] : [{ node, event, reading: event.reading, inferred: tie.inferred, rivals: [] }];
    }),
  );
}

/** Entry spans of whom this hop's end calls, below a span that no source handed over, and that span's id. */
export function onwardParents({ world, hop, probe }: CrossingView): { spanId: string; station: Station }[] {
  const { ties } = world;
  return ties.index.hops.from(hop.flow, hop.to).flatMap((next) =>
    stationsOf(ties, probe, next.to).flatMap((station) => {
      const origin = originOf(ties.index, probe, station);
      return origin.type === 'missing' && !origin.local ? [{ spanId: origin.spanId, station }] : [];
    }),
  );
}
