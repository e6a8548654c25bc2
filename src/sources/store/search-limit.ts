/** How many traces a store is asked for in one search, and what it means when so many come. */
import type { Complaint } from '../../model/problem.ts';
import type { DecodedBatch } from '../otlp/batch.ts';

export const MOST_TRACES = 200;

/** Passes batches on, and counts the traces that they have spans of. */
export function countingTraces(take: (batch: DecodedBatch) => void): {
  take(batch: DecodedBatch): void;
  count(): number;
} {
  const traces = new Set<string>();
  return {
    take(batch) {
      for (const { traceId } of batch.spans) traces.add(traceId);
      take(batch);
    },
    count: () => traces.size,
  };
}

/** What to say where there may be more traces than came. */
export function cutOff(what: string, traces: number): Complaint | undefined {
  if (traces < MOST_TRACES) return undefined;
  return {
    message: `there are ${MOST_TRACES} traces or more of ${what} in the time of the run; only so many were looked at`,
    hint: 'A trace that was begun anew may be among the others. Audit where less goes on.',
  };
}
