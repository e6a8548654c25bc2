/** Which spans of a store were handed over, so that the same answer does not cost the same work with each poll. */
import type { SpanRecord } from '../../model/evidence.ts';

/** Of so many spans it is remembered; those of the oldest traces are handed over a second time, which does no harm. */
const MOST = 200_000;

export interface HandedOver {
  /** Those that were not handed over yet. */
  fresh(spans: SpanRecord[]): SpanRecord[];
  /** Hands a trace over anew: it belongs to a probe now, and may have been let go. */
  forget(traceId: string): void;
}

export function handedOver(most: number = MOST): HandedOver {
  const traces = new Map<string, Set<string>>();
  let size = 0;
  const forget = (traceId: string): void => {
    size -= traces.get(traceId)?.size ?? 0;
    traces.delete(traceId);
  };
  return {
    forget,
    fresh(spans) {
      const fresh = spans.filter((span) => {
        const known = traces.get(span.traceId) ?? new Set();
        const key = `${span.spanId} ${span.kind} ${span.service}`;
        if (known.has(key)) return false;
        traces.set(span.traceId, known.add(key));
        size += 1;
        return true;
      });
      for (const traceId of traces.keys()) {
        if (size <= most) break;
        forget(traceId);
      }
      return fresh;
    },
  };
}
