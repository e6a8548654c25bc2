/** The contract of a source: it hands over the spans that services emit. */
import type { Sight, SpanRecord } from '../model/evidence.ts';
import type { Complaint } from '../model/problem.ts';

/** What a source looks for, so that other people's spans cost little. May grow while the run goes on. */
export interface Needles {
  /** First 8 hex digits of every probe id of this run; found in attributes, it is the marker. */
  runId: string;
  /** Trace ids of the probes and of adopted traces, hex. */
  traceIds: ReadonlySet<string>;
  /** `service.name`s of declared nodes: their spans are kept even where nothing ties them yet. */
  services: ReadonlySet<string>;
  sent: Sent;
}

/** Grows while the run goes on. */
export interface Sent {
  /** When the first and the last probe was sent, ms since the epoch. */
  first?: number;
  last?: number;
  /** One was taken, or something else began its trace: from then on spans are to be expected. */
  taken?: boolean;
}

export interface SourceSink {
  /** Spans of one batch, in the order in which they came. Called synchronously. */
  spans(batch: SpanRecord[]): void;
  /** @param part `forward`: what was received could not be passed on; seeing is not impaired. `source` unless said. */
  problem(complaint: Complaint, part?: 'source' | 'forward'): void;
}

export interface OpenSource {
  sight(): Sight;
  /** Resolves once everything that was there when it was called has been handed over. */
  caughtUp(): Promise<void>;
  /** Destroys what is open; awaits no poll. */
  close(): Promise<void>;
}
