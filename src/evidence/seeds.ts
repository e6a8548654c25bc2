/** At which places a trace is a probe's, and what is below them. */
import type { ProbeRecord, SpanLink } from '../model/evidence.ts';
import type { IndexedSpan, IndexedTrace } from './span-index.ts';
import type { ProbeTies, Ties, TraceTie } from './tied.ts';

/** The places at which a trace is a probe's: a link from elsewhere counts if it leads to what is the probe's. */
export function seedsOf(
  ties: Ties,
  { traces }: ProbeTies,
  trace: IndexedTrace,
  { seeds, linking }: TraceTie,
): Set<string> {
  const leads = ({ traceId, spanId }: SpanLink): boolean => {
    const [tie, target] = [traces.get(traceId), ties.index.traces.get(traceId)];
    if (tie === undefined || tie.whole || tie.seeds.has(spanId)) return tie !== undefined;
    return target !== undefined && [...descendants(target, tie.seeds)].some(({ record }) => record.spanId === spanId);
  };
  const counts = (seed: string): boolean =>
    !linking.has(seed) || (trace.bySpanId.get(seed) ?? []).some(({ record }) => record.links.some(leads));
  return new Set([...seeds].filter(counts));
}

/** Whether a span is at or below a place where its trace is tied to a probe. */
export function belongsTo(ties: Ties, probe: ProbeRecord, span: IndexedSpan): boolean {
  const trace = ties.index.traces.get(span.record.traceId);
  const tie = ties.byProbe.get(probe.id)?.traces.get(span.record.traceId);
  return trace !== undefined && tie !== undefined && (tie.whole || descendants(trace, tie.seeds).has(span));
}

/** The spans with the given ids and everything below them; an id may be one that was never exported. */
export function descendants(trace: IndexedTrace, seeds: ReadonlySet<string>): Set<IndexedSpan> {
  const found = new Set<IndexedSpan>();
  const queue = [...seeds];
  for (const seed of seeds) for (const span of trace.bySpanId.get(seed) ?? []) found.add(span);
  for (const id of queue) {
    for (const child of trace.children.get(id) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      queue.push(child.record.spanId);
    }
  }
  return found;
}
