/** What was found: the one thing that reports render (SURFACE §3). */
import type { ContextField, ProbePurpose, Problem } from './evidence.ts';
import type { NodeKind, Position } from './topology.ts';

export const REPORT_VERSION = 1;

/** Worst first: a hop's verdict is the first of these that holds. */
export const VERDICTS = ['broken', 'inconclusive', 'unexercised', 'degraded', 'linked', 'intact'] as const;
export type Verdict = (typeof VERDICTS)[number];

export type Severity = 'broken' | 'inconclusive' | 'unexercised' | 'degraded';

/** Every cause with its severity (DESIGN §5). `docs/causes/<id>.md` explains each. */
export const CAUSES = {
  malformed: 'broken',
  duplicated: 'broken',
  truncated: 'broken',
  'wrong-format': 'broken',
  'not-injected': 'broken',
  'lost-in-process': 'broken',
  stripped: 'broken',
  restarted: 'broken',
  'not-extracted': 'broken',
  bypassed: 'broken',
  'ghost-parent': 'broken',
  'wrong-parent': 'broken',
  'cross-talk': 'broken',
  unsampled: 'broken',
  silent: 'broken',
  'export-lost': 'degraded',
  'tracestate-lost': 'degraded',
  'baggage-lost': 'degraded',
  'flag-changed': 'degraded',
  nonconforming: 'degraded',
  'undeclared-caller': 'inconclusive',
  'trail-lost': 'inconclusive',
  'nothing-seen': 'inconclusive',
  'source-down': 'inconclusive',
  'tap-down': 'inconclusive',
  'probe-failed': 'inconclusive',
  'not-reached': 'unexercised',
} as const;
export type Cause = keyof typeof CAUSES;

/** A fact that supports a finding. */
export type Proof =
  | {
      kind: 'span';
      node: string;
      probe: string;
      traceId: string;
      spanId: string;
      parentSpanId?: string;
      links?: { traceId: string; spanId: string }[];
      name: string;
      spanKind: string;
      start: string;
      end: string;
    }
  | {
      kind: 'wire';
      node: string;
      probe: string;
      target: string;
      at: string;
      status?: string;
      context?: ContextField[];
    }
  | {
      kind: 'record';
      node: string;
      probe: string;
      topic?: string;
      partition?: number;
      offset?: string;
      exchange?: string;
      routingKey?: string;
      messageId?: string;
      at: string;
      context?: ContextField[];
    }
  /** What came of context that was sent straight to a node; `target` as in the probe's record. */
  | {
      kind: 'isolation';
      node: string;
      probe: string;
      traceId: string;
      target: string;
      status?: string;
      message: string;
    }
  | { kind: 'response'; node: string; probe: string; status?: string; message: string }
  | { kind: 'absence'; node: string; probe: string; message: string; sight: string[] };

export interface Finding {
  cause: Cause;
  /** Other causes that the same evidence would leave possible. */
  alternatives: Cause[];
  severity: Severity;
  /** A node's name, `probe`, or null where it cannot be told. */
  culprit: string | null;
  /** Absent when inconclusive. */
  certainty?: 'proved' | 'inferred';
  /** Everyone whom the evidence leaves possible, in path order. */
  suspects: string[];
  /** Ids of the probes that show it, at most 10. */
  samples: string[];
  count: number;
  /** Stable over runs: flow, hop, cause, culprit. */
  fingerprint: string;
  message: string;
  proof: Proof[];
  /** What all probes that lost it have in common and no other has: `service.instance.id`, `partition` … */
  follows?: { what: string; value: string };
  /** With a baseline: it was there before. */
  known?: true;
  explain: string;
}

/** What the waivers of a broken hop come to on the day of the run. `ends-soon`: within 14 days; `ended`: it gates again. */
export interface HopWaiver {
  state: 'holds' | 'ends-soon' | 'ended';
  reason: string;
  /** Last day that it holds, `YYYY-MM-DD`, UTC, inclusive; absent: no end. */
  until?: string;
}

export interface HopReport {
  id: string;
  flow: string;
  from: string;
  via: string[];
  to: string;
  at: Position;
  verdict: Verdict;
  waived: boolean;
  /** Of a broken hop that is waived, or was until lately. */
  waiver?: HopWaiver;
  /** With a baseline: what its verdict rests on was there before, so that it does not gate. */
  known?: true;
  samples: { seen: number } & Record<Verdict, number>;
  /** Its end need not be reached. */
  optional?: boolean;
  /** With several probes: how many lost context, and the 95 % Wilson interval of the rate, each 0 to 1. */
  loss?: { lost: number; of: number; rate: number; low: number; high: number };
  waited: { ms: number; for: string };
  findings: Finding[];
}

export interface Summary extends Record<Verdict, number> {
  exit: number;
  hops: number;
  waived: number;
  /** Distinct (cause, culprit, place) among broken findings. */
  faults: number;
  baseline?: BaselineSummary;
}

/** How a run compares with the report that it was told to start from. */
export interface BaselineSummary {
  /** As given on the command line. */
  file: string;
  /** Id of the run that made it. */
  run: string;
  /** Hops that it knew to be as bad, for the same reason. */
  known: number;
  /** Hops that are broken, inconclusive, unexercised or degraded, and were not so before. */
  new: number;
  /** Ids of hops that were broken and pass now. */
  mended: string[];
}

/** Something that a person should know of, and that is neither a finding nor a failure to look. */
export interface Note {
  about: 'waiver' | 'baseline';
  /** Id of the hop that it concerns. */
  hop?: string;
  message: string;
  hint: string;
}

/** What a service did with one case of the W3C Trace Context specification. */
export interface ConformanceResult {
  node: string;
  case: string;
  /** Section of the specification. */
  section: string;
  /** What was sent, and what the specification asks for. */
  sent: string;
  asked: string;
  /** What it did; absent where nothing was seen of it. */
  did?: string;
  outcome: 'conforms' | 'differs' | 'unseen';
}

export interface Report {
  version: typeof REPORT_VERSION;
  mode: 'audit';
  tool: { name: 'tracegap'; version: string };
  topology: {
    name: string;
    file: string;
    sha256: string;
    nodes: Record<string, { kind: NodeKind }>;
    flows: Record<string, { chains: string[][] }>;
  };
  run: { id: string; startedAt: string; durationMs: number };
  probes: { id: string; flow: string; traceId: string; sentAt: string; purpose?: ProbePurpose; status?: string }[];
  summary: Summary;
  hops: HopReport[];
  undeclared: { service: string; spans: number; nearest?: string }[];
  /** With `--conformance`: what each service did with each case of the W3C specification. */
  conformance?: ConformanceResult[];
  problems: Problem[];
  /** Waivers that end soon or have ended, a baseline of something else; absent where there is nothing to say. */
  notes?: Note[];
}
