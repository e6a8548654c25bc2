/** One sentence for what happens a thousand times. */
import type { Complaint } from '../model/problem.ts';
import type { SourceSink } from './source.ts';

/** Hands a complaint on the first time that its kind comes up. */
export type SayOnce = (kind: string, complaint: Complaint) => void;

export function sayOnce(sink: SourceSink): SayOnce {
  const said = new Set<string>();
  return (kind, complaint) => {
    if (said.has(kind)) return;
    said.add(kind);
    sink.problem(complaint);
  };
}
