/** What is known of a hop for one probe. */
import type { Crossing } from '../evidence/crossing.ts';
import type { ProbeRecord } from '../model/evidence.ts';
import type { Severity, Verdict } from '../model/report.ts';
import type { Hop } from '../model/topology.ts';
import type { Draft } from './view.ts';

export type JudgedDraft = Draft & { severity: Severity };

export interface HopResult {
  verdict: Verdict;
  drafts: JudgedDraft[];
  crossings: Crossing[];
  /** Let go by declared sampling, so that it says nothing of the hop; `verdict` is then `unexercised`. */
  sampledOut?: boolean;
  /** Whether later arrivals could not change it; see {@link Draft.final}. */
  final: Draft['final'];
  /** What is waited for, or was last, for a person. */
  awaited: string;
}

/** Judges hops on demand, each once. */
export type HopJudge = (hop: Hop, probe: ProbeRecord) => HopResult;
