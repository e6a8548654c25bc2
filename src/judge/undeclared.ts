/** Services that were seen in the probes' traces and that no node names. */
import { closest, distance } from 'fastest-levenshtein';
import type { Ties } from '../evidence/tied.ts';
import type { Report } from '../model/report.ts';

/** With the declared name that is nearest, where one is near enough to be a slip. */
export function undeclaredServices(ties: Ties): Report['undeclared'] {
  const spans = new Map<string, number>();
  for (const [id, trace] of ties.index.traces) {
    if (!ties.probesOfTrace.has(id)) continue;
    for (const { record } of trace.byNode.get(undefined) ?? []) {
      spans.set(record.service, (spans.get(record.service) ?? 0) + 1);
    }
  }
  const declared = Object.values(ties.index.topology.nodes).flatMap((node) => node.services);
  return [...spans]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([service, count]) => ({ service, spans: count, ...nearestTo(service, declared) }));
}

function nearestTo(service: string, declared: string[]): { nearest?: string } {
  if (declared.length === 0) return {};
  const contained = declared.find((name) => service.includes(name) || name.includes(service));
  const nearest = contained ?? closest(service, declared);
  const isNear = contained !== undefined || distance(service, nearest) <= Math.ceil(service.length / 3);
  return isNear ? { nearest } : {};
}
