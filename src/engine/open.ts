/** Opens every source and tap of a run before anything is sent, and closes them whatever happens. */

import type { Evidence, Problem, Sight, SpanRecord, WireEvent } from '../model/evidence.ts';
import type { Complaint } from '../model/problem.ts';
import { complaintOf } from '../model/problem.ts';
import type { Topology } from '../model/topology.ts';
import type { Needles, OpenSource, SourceSink } from '../sources/source.ts';
import type { OpenTap } from '../taps/tap.ts';
import type { Instruments } from './instruments.ts';
import type { Environment } from './plan.ts';
import { expandSource, type PlannedTap, planTaps } from './targets.ts';

export interface OpenSettings {
  topology: Topology;
  environment: Environment;
  runId: string;
  /** Evidence of an earlier run that is looked at again. */
  resume?: Evidence;
  /** Grows with every probe that is sent, and with every trace that is tied to one. */
  traceIds: ReadonlySet<string>;
  sent: Needles['sent'];
  /** The run was given up. */
  signal: AbortSignal;
  onSpans(batch: SpanRecord[]): void;
  onEvent(event: WireEvent): void;
  onProblem(problem: Problem): void;
}

export interface OpenInstruments {
  sources: string[];
  taps: string[];
  /** Resolves once all that was there when it was called has been handed over. */
  caughtUp(): Promise<void>;
  /** What each could see, to be asked after closing. */
  sights(): Sight[];
  close(): Promise<void>;
}

type Closable = OpenSource | OpenTap;

/**
 * Opens what listens here first; then, once `before` has resolved, the taps on brokers, which see from then on.
 * @throws an `in-the-way` error where a port of this machine is taken, and what `before` throws; what was open already
 * is closed again
 */
export async function openInstruments(
  instruments: Instruments,
  settings: OpenSettings,
  before: () => Promise<void>,
): Promise<OpenInstruments> {
  const { topology, runId, environment, resume } = settings;
  const taps = planTaps(topology, environment);
  const openTap = ({ node, target }: PlannedTap): Promise<Closable> => {
    const problem = (complaint: Complaint): void => settings.onProblem(toProblem(settings, 'tap', node, complaint));
    const seen = resume?.sight.find(({ part, name }) => part === 'tap' && name === node);
    const sink = { event: settings.onEvent, problem };
    return instruments.openTap(target, { node, runId, sink, ...(seen === undefined ? {} : { before: seen }) });
  };
  const open: Closable[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((each) => each.close()));
  };
  const inline = taps.filter(({ target }) => target.transport === 'http');
  const onBrokers = taps.filter(({ target }) => target.transport !== 'http');
  try {
    const sources = topology.sources.map((config) => openSource(instruments, settings, config));
    await openAll(open, [...sources, ...inline.map(openTap)]);
    await before();
    await openAll(open, onBrokers.map(openTap));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    sources: topology.sources.map(({ name }) => name),
    taps: taps.map(({ node }) => node),
    caughtUp: async () => {
      await Promise.all(open.map((each) => each.caughtUp()));
    },
    sights: () => open.map((each) => each.sight()),
    close,
  };
}

/** Adds what could be opened. @throws why the first one could not, when all have ended */
async function openAll(open: Closable[], opening: Promise<Closable>[]): Promise<void> {
  const settled = await Promise.allSettled(opening);
  open.push(...settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function openSource(
  instruments: Instruments,
  settings: OpenSettings,
  config: Topology['sources'][number],
): Promise<OpenSource> {
  const { record } = settings.topology;
  const nodes = Object.values(record.nodes);
  const needles = {
    runId: settings.runId,
    traceIds: settings.traceIds,
    services: new Set(nodes.flatMap(({ services }) => services)),
    sent: settings.sent,
  };
  const declared = new Set([
    ...Object.keys(record.resource),
    ...nodes.flatMap(({ resource, span }) => [...Object.keys(resource), ...Object.keys(span)]),
  ]);
  const sink: SourceSink = {
    spans: settings.onSpans,
    problem: (complaint, part = 'source') => settings.onProblem(toProblem(settings, part, config.name, complaint)),
  };
  return instruments.openSource(
    expandSource(settings.topology, config, settings.environment),
    needles,
    declared,
    sink,
    settings.signal,
  );
}

/** Flows whose sight a part impairs: all of them for a source, those that pass the node for a tap, else none. */
function toProblem({ topology }: OpenSettings, part: Problem['part'], name: string, complaint: Complaint): Problem {
  const flows = Object.entries(topology.record.flows)
    .filter(([, { chains }]) => part === 'source' || (part === 'tap' && chains.some((chain) => chain.includes(name))))
    .map(([flow]) => flow);
  return { part, name, flows, message: complaint.message, hint: complaint.hint };
}

/** What to tell of an error that came where a complaint was expected; anything else is a bug of ours. */
export function complaintOrThrow(error: unknown): Complaint {
  const complaint = complaintOf(error);
  if (complaint === undefined) throw error;
  return complaint;
}
