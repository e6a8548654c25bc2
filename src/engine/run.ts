/** One run while it goes on: what it was asked for, and all that it knows so far. */
import { createObservation, type Gathered } from '../evidence/observe.ts';
import type { Ties } from '../evidence/tied.ts';
import type { Evidence, EvidenceOptions, ProbeRecord, Problem } from '../model/evidence.ts';
import type { Verdict } from '../model/report.ts';
import type { Hop, Topology } from '../model/topology.ts';
import type { Sent } from '../sources/source.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import type { Leftover } from './clean-up.ts';
import type { Instruments } from './instruments.ts';
import { createIsolation } from './isolation.ts';
import { createPace, type Pace } from './pace.ts';
import type { Environment, ProbeIds } from './plan.ts';
import type { Outgoing } from './send.ts';
import { createSettling, type Decision, type Settling, type Waiting } from './settle.ts';
import { createStore, type Store } from './store.ts';

export interface CollectSettings {
  topology: Topology;
  environment: Environment;
  options: EvidenceOptions;
  version: string;
  /** Evidence of an earlier run to look at again: then nothing is sent. */
  resume?: Evidence;
  /** How long entries, brokers and sources may take until they answer; absent: they are not waited for. */
  waitMs?: number;
  /** Ends the run at once; what was gathered so far is still returned. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** What a person who waits may want to know. */
export type Progress =
  | { kind: 'unanswered'; names: string[] }
  | { kind: 'open'; sources: string[]; taps: string[] }
  | { kind: 'sent'; probe: ProbeRecord }
  /** Said once, when the waiting begins; `now` tells at any time what is waited for. */
  | { kind: 'waiting'; now(): Waiting[] }
  | { kind: 'decided'; hop: string; probe: string; verdict: Verdict; decided: boolean }
  | { kind: 'problem'; problem: Problem };

/** One run while it goes on. */
export interface Run extends CollectSettings {
  instruments: Instruments;
  id: string;
  startedAt: number;
  ties: Ties;
  store: Store;
  settling: Settling;
  isolation: (decision: Decision) => Outgoing[];
  arrivals: Arrivals;
  problems: Problem[];
  pace: Pace;
  /** Probes with steps around them. */
  leftovers: Leftover[];
  /** When it began to clean up, ms since the epoch: what comes from then on is no evidence. */
  endedAt: number | undefined;
  /** Of the probes, and of every trace that is tied to one. */
  traceIds: Set<string>;
  sent: Sent;
  probes: number;
  /** What is being sent. */
  sending: Set<Promise<void>>;
  /** Ends when the last probe beside the main ones was answered. */
  beside: Promise<void>;
  /** What is still to be sent once nothing is waited for any more. */
  last: ((run: Run) => boolean)[];
  /** Thrown where something arrived, in a turn of the event loop that nobody awaits. */
  bug: unknown;
}

const RUN_ID_DIGITS = 8;

export function startRun(instruments: Instruments, settings: CollectSettings): Run {
  const { record } = settings.topology;
  const ties = createObservation(record);
  const world = { evidence: { sight: [], problems: [], topology: record }, undeclared: new Set<string>() };
  const traceIds = new Set<string>();
  const settling = createSettling(ties, world, instruments.clock.ms, {
    delayMs: Math.max(0, ...settings.topology.sources.map(({ delayMs = 0 }) => delayMs)),
    onTie: (traceId) => traceIds.add(traceId),
  });
  return {
    ...settings,
    instruments,
    id: settings.resume?.run.id ?? instruments.randomHex(RUN_ID_DIGITS),
    startedAt: instruments.clock.ms(),
    ties,
    store: createStore(ties),
    settling,
    isolation:
      settings.resume === undefined
        ? createIsolation(settings.topology, settings.environment, settings.options)
        : () => [],
    arrivals: createArrivals(),
    problems: [],
    pace: createPace(instruments.clock.ms),
    leftovers: [],
    endedAt: undefined,
    traceIds,
    sent: {},
    probes: 0,
    sending: new Set(),
    beside: Promise.resolve(),
    last: [],
    bug: undefined,
  };
}

/** The hops that were asked for. */
export function wantedHops({ topology, options }: Run): Hop[] {
  return topology.record.hops.filter(
    (hop) => (options.flows?.includes(hop.flow) ?? true) && (options.hops?.includes(hop.id) ?? true),
  );
}

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

/** The identity of a new probe; its id begins with the run's. */
export function newIds(run: Run, index: number): ProbeIds {
  const { randomHex } = run.instruments;
  run.probes += 1;
  // The rest of a version 4 UUID (RFC 9562 §5.4).
  const rest = `${randomHex(4)}-4${randomHex(3)}-a${randomHex(3)}-${randomHex(12)}`;
  return {
    id: `${run.id}-${rest}`,
    traceId: randomHex(TRACE_ID_DIGITS),
    spanId: randomHex(SPAN_ID_DIGITS),
    number: run.probes,
    index,
  };
}

/** A probe that stands for the unknown root of a trace that something else began. */
export function givenProbe(run: Run, flow: string, index: number, traceId: string): ProbeRecord {
  const { sendTo, transport } = run.topology.record.flows[flow] ?? { sendTo: '', transport: 'http' as const };
  return {
    ...newIds(run, index),
    traceId,
    spanId: '0'.repeat(SPAN_ID_DIGITS),
    flow,
    purpose: 'main',
    given: true,
    start: run.instruments.clock.ns(),
    sent: { to: sendTo, transport, target: `trace ${traceId}`, context: [] },
  };
}

/** All that the run knows so far, as the evidence will hold it. */
export function gathered({ ties: { index }, topology, store }: Run): Gathered {
  return {
    topology: topology.record,
    probes: [...index.probes.values()],
    spans: store.spans(),
    wire: [...index.events.values()].map(({ record }) => record),
  };
}
