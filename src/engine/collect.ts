/** Sends the probes, watches the wire, gathers the spans: the only stage that touches the world. Topology → evidence. */
import { createObservation } from '../evidence/observe.ts';
import type { Ties } from '../evidence/ties.ts';
import {
  EVIDENCE_VERSION,
  type Evidence,
  type EvidenceOptions,
  type ProbeRecord,
  type Problem,
  type Sight,
} from '../model/evidence.ts';
import { isolatedHop } from '../model/isolation.ts';
import { pathOf } from '../model/path.ts';
import type { Verdict } from '../model/report.ts';
import { timeOfMs } from '../model/time.ts';
import type { Hop, Topology } from '../model/topology.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import type { Instruments } from './instruments.ts';
import { createIsolation } from './isolation.ts';
import { type OpenInstruments, openInstruments } from './open.ts';
import type { Environment, ProbeIds } from './plan.ts';
import { type Outgoing, type SendSettings, sendFlow, sendInTurn } from './send.ts';
import { createSettling, type Decision, type Settling } from './settle.ts';
import { createStore, type Store } from './store.ts';

export interface CollectSettings {
  topology: Topology;
  environment: Environment;
  options: EvidenceOptions;
  version: string;
  /** Ends the run at once; what was gathered so far is still returned. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** What a person who waits may want to know. */
export type Progress =
  | { kind: 'open'; sources: string[]; taps: string[] }
  | { kind: 'sent'; probe: ProbeRecord }
  | { kind: 'decided'; hop: string; probe: string; verdict: Verdict; decided: boolean }
  | { kind: 'problem'; problem: Problem };

/** One run while it goes on. */
interface Run extends CollectSettings {
  instruments: Instruments;
  id: string;
  startedAt: number;
  ties: Ties;
  store: Store;
  settling: Settling;
  isolation: (decision: Decision) => Outgoing[];
  arrivals: Arrivals;
  problems: Problem[];
  traceIds: Set<string>;
  probes: number;
  /** What is being sent. */
  sending: Set<Promise<void>>;
  /** Thrown where something arrived, in a turn of the event loop that nobody awaits. */
  bug: unknown;
}

const RUN_ID_DIGITS = 8;

/**
 * Gathers until every hop is decided, its deadline has passed, or the signal fires.
 * @throws an `in-the-way` error, before anything is sent, where a port of this machine is taken
 */
export async function collect(instruments: Instruments, settings: CollectSettings): Promise<Evidence> {
  const run = startRun(instruments, settings);
  const open = await openInstruments(instruments, {
    ...settings,
    runId: run.id,
    traceIds: run.traceIds,
    onSpans: (batch) =>
      take(run, () => {
        for (const record of batch) {
          const span = run.store.addSpan(record);
          if (span !== undefined) run.settling.spanCame(span);
        }
      }),
    onEvent: (record) => take(run, () => run.settling.eventCame(run.store.addEvent(record))),
    onProblem: (problem) => {
      run.problems.push(problem);
      settings.onProgress({ kind: 'problem', problem });
    },
  });
  settings.onProgress({ kind: 'open', sources: open.sources, taps: open.taps });
  try {
    await sendAndSettle(run, open);
  } finally {
    await open.close();
  }
  if (run.bug !== undefined) throw run.bug;
  return toEvidence(run, open.sights());
}

function startRun(instruments: Instruments, settings: CollectSettings): Run {
  const { record } = settings.topology;
  const ties = createObservation(record);
  const world = { evidence: { sight: [], problems: [], topology: record }, undeclared: new Set<string>() };
  return {
    ...settings,
    instruments,
    id: instruments.randomHex(RUN_ID_DIGITS),
    startedAt: instruments.clock.ms(),
    ties,
    store: createStore(ties),
    settling: createSettling(ties, world, instruments.clock.ms),
    isolation: createIsolation(settings.topology, settings.environment, settings.options),
    arrivals: createArrivals(),
    problems: [],
    traceIds: new Set(),
    probes: 0,
    sending: new Set(),
    bug: undefined,
  };
}

/** Takes in what arrived. A bug of ours in it ends the run, and is thrown by {@link collect}. */
function take(run: Run, arrived: () => void): void {
  try {
    arrived();
  } catch (error) {
    run.bug ??= error;
  }
  run.arrivals.came();
}

async function sendAndSettle(run: Run, open: OpenInstruments): Promise<void> {
  const wanted = wantedHops(run);
  const flows = [...new Set(wanted.map(({ flow }) => flow))];
  for (const flow of flows) track(run, sendMain(run, flow, wanted));
  await settle(run, open);
  await Promise.all(run.sending);
}

/** Lets the run go on while something is being sent. A bug in it ends the run. */
function track(run: Run, sending: Promise<void>): void {
  const tracked = sending
    .catch((error: unknown) => {
      run.bug ??= error;
    })
    .finally(() => {
      run.sending.delete(tracked);
      run.arrivals.came();
    });
  run.sending.add(tracked);
}

function wantedHops({ topology, options }: Run): Hop[] {
  return topology.record.hops.filter(
    (hop) => (options.flows?.includes(hop.flow) ?? true) && (options.hops?.includes(hop.id) ?? true),
  );
}

async function sendMain(run: Run, flow: string, wanted: Hop[]): Promise<void> {
  const { instruments, topology } = run;
  const hops = wanted.filter((hop) => hop.flow === flow);
  await sendFlow(
    instruments,
    sendSettings(run, () => hops),
    flow,
  );
  const config = topology.flows[flow];
  const first = hops.find(({ from }) => from === 'probe');
  if (config?.control !== true || first === undefined) return;
  const why = 'to see what is done with a request that carries no context';
  const about = { hop: first.id, node: pathOf(first)[0] ?? first.to, why };
  await sendExtra(run, [{ flow, purpose: 'control', about, send: config.send, headers: () => [] }]);
}

/** Sends probes beside the main ones, and waits for what they show of the hop that each is about. */
function sendExtra(run: Run, probes: Outgoing[]): Promise<void> {
  const settings = sendSettings(run, (probe) => {
    const hop = run.topology.record.hops.find(({ id }) => id === probe.about?.hop);
    return hop === undefined ? [] : [isolatedHop(hop, probe)];
  });
  return sendInTurn(run.instruments, settings, probes);
}

function sendSettings(run: Run, hopsOf: (probe: ProbeRecord) => Hop[]): SendSettings {
  const { topology, environment, signal, settling, arrivals } = run;
  return {
    topology,
    environment,
    signal,
    newIds: (index) => newIds(run, index),
    onStart: (probe) => {
      run.traceIds.add(probe.traceId);
      run.store.addProbe(probe);
      settling.expect(probe, hopsOf(probe));
      run.onProgress({ kind: 'sent', probe });
      arrivals.came();
    },
    onEnd: (probe) => {
      settling.probeChanged(probe);
      arrivals.came();
    },
  };
}

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

function newIds(run: Run, index: number): ProbeIds {
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

/** Waits until nothing is waited for any more, also after the taps have read past what was there then. */
async function settle(run: Run, open: OpenInstruments): Promise<void> {
  const { settling, arrivals, signal, instruments } = run;
  let caughtUp = false;
  while (!signal.aborted && run.bug === undefined) {
    for (const decision of settling.look()) decided(run, decision);
    const next = settling.nextLook();
    if (next !== undefined || run.sending.size > 0) {
      caughtUp = false;
      await arrivals.next(next === undefined ? undefined : next - instruments.clock.ms(), signal);
    } else if (caughtUp) return;
    else {
      await open.caughtUp();
      caughtUp = true;
    }
  }
}

function decided(run: Run, decision: Decision): void {
  const { hop, probe, result } = decision;
  if (probe.purpose === 'main') {
    run.onProgress({
      kind: 'decided',
      hop: hop.id,
      probe: probe.id,
      verdict: result.verdict,
      decided: decision.decided,
    });
  }
  for (const outgoing of run.isolation(decision)) track(run, sendExtra(run, [outgoing]));
}

function toEvidence(run: Run, sights: Sight[]): Evidence {
  const { ties, startedAt, instruments, signal, store } = run;
  const dropped = store.dropped();
  return {
    version: EVIDENCE_VERSION,
    tool: { name: 'tracegap', version: run.version },
    run: {
      id: run.id,
      startedAt: timeOfMs(startedAt),
      durationMs: Math.round(instruments.clock.ms() - startedAt),
      ...(signal.aborted ? { interrupted: true } : {}),
    },
    options: run.options,
    topology: run.topology.record,
    probes: [...ties.index.probes.values()],
    spans: [...ties.index.traces.values()].flatMap((trace) => trace.spans.map(({ record }) => record)),
    wire: [...ties.index.events.values()].map(({ record }) => record),
    sight: sights.map((sight) => ({ ...sight, dropped: sight.dropped + droppedFor(sight, dropped) })),
    waits: run.settling.waits(),
    problems: run.problems,
  };
}

function droppedFor({ part, name }: Sight, { spans, events }: ReturnType<Store['dropped']>): number {
  return part === 'source' ? spans : (events.get(name) ?? 0);
}
