/** One passing of a hop by one probe, as facts. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Hop } from '../model/topology.ts';
import type { ContextReading } from '../trace-context/reading.ts';
import type { Arrival } from './arrival.ts';
import type { IndexedEvent, IndexedSpan } from './span-index.ts';
import type { Station } from './stations.ts';

/** What the wire carried into one node of the path. */
export interface WireFact {
  /** The node that it went into. */
  node: string;
  /** Undefined where it is known from what the probe itself wrote. */
  event: IndexedEvent | undefined;
  reading: ContextReading;
  inferred: boolean;
  /** Others who may have written it, where its writer is not known. */
  rivals: string[];
}

/** One passing of a hop by one probe. */
export interface Crossing {
  hop: Hop;
  probe: ProbeRecord;
  sender: Station | undefined;
  /** The sender's own span of the call or send. */
  outgoing: IndexedSpan | undefined;
  /** `boundaries[i]` is the wire into the i-th node of {@link pathOf}; undefined where nothing was watched or seen. */
  boundaries: (WireFact | undefined)[];
  arrival: Arrival | undefined;
  /** Others who may have called the receiver, where nothing joins it to anybody. */
  rivals: string[];
}
