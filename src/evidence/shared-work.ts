import type { ProbeRecord } from '../model/evidence.ts';
import { belongsTo } from './seeds.ts';
import type { IndexedSpan } from './span-index.ts';
import { localRootOf, segmentOf } from './stations.ts';
import { probesOf, type Ties } from './tied.ts';

/** Work for several messages at once (a batch): what comes out of it is only this probe's where something says so. */
export function isSharedWork(ties: Ties, probe: ProbeRecord, writer: IndexedSpan): boolean {
  const trace = ties.index.traces.get(writer.record.traceId);
  if (trace === undefined || belongsTo(ties, probe, writer)) return false;
  return segmentOf(trace, localRootOf(trace, writer)).some(({ record }) =>
    record.links.some(({ traceId }) => !probesOf(ties, traceId).has(probe.id)),
  );
}
