/** What is tied to which probe, and how well. */
import type { IndexedEvent, IndexedSpan, SpanIndex } from './span-index.ts';

/** Strongest first. `time` is only ever inferred. */
export type TieKind = 'context' | 'marker' | 'link' | 'wire' | 'coordinates' | 'peer-port' | 'time';

/** Why a trace is a probe's. */
export interface TraceTie {
  by: TieKind;
  inferred: boolean;
  /** The probe's own trace: all of it is the probe's. */
  whole: boolean;
  /** Span ids at which the tie holds; what is not below them may be somebody else's. */
  seeds: Set<string>;
  /** Those of the seeds that only a link leads from: they count if what the link leads to is the probe's. */
  linking: Set<string>;
}

export interface EventTie {
  by: TieKind;
  inferred: boolean;
}

/** What is tied to one probe. */
export interface ProbeTies {
  traces: Map<string, TraceTie>;
  events: Map<string, EventTie>;
}

export interface Ties {
  index: SpanIndex;
  /** Told of each trace that is newly tied to a probe. */
  onTie: ((probe: string, traceId: string) => void)[];
  byProbe: Map<string, ProbeTies>;
  /** Probes that a trace is tied to. */
  probesOfTrace: Map<string, Set<string>>;
  linksInto: Map<string, IndexedSpan[]>;
  eventsByTrace: Map<string, IndexedEvent[]>;
  spansByCoordinate: Map<string, IndexedSpan[]>;
  eventsByCoordinate: Map<string, IndexedEvent[]>;
  /** What a probe itself sent to a broker. */
  probesByCoordinate: Map<string, string>;
  spansByPort: Map<string, IndexedSpan[]>;
  eventsByPort: Map<string, IndexedEvent[]>;
}

export function createTies(index: SpanIndex): Ties {
  return {
    index,
    onTie: [],
    byProbe: new Map(),
    probesOfTrace: new Map(),
    linksInto: new Map(),
    eventsByTrace: new Map(),
    spansByCoordinate: new Map(),
    eventsByCoordinate: new Map(),
    probesByCoordinate: new Map(),
    spansByPort: new Map(),
    eventsByPort: new Map(),
  };
}

/** The probes that a trace is tied to. */
export function probesOf(ties: Ties, traceId: string): Set<string> {
  return ties.probesOfTrace.get(traceId) ?? NONE;
}

const NONE: ReadonlySet<string> & Set<string> = new Set();
