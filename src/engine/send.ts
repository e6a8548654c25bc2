/** Sends probes: those of a flow, as many in flight together as it allows, and the single ones beside them. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Complaint } from '../model/problem.ts';
import type { FlowConfig, SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import type { ProbeSender } from '../probes/probe.ts';
import { written } from '../topology/template.ts';
import type { Leftover } from './clean-up.ts';
import type { Instruments } from './instruments.ts';
import { complaintOrThrow } from './open.ts';
import type { Pace } from './pace.ts';
import { contextOf, type Environment, type Header, type ProbeIds, planProbe } from './plan.ts';
import { openSession, remember, runBefore, type Session } from './steps.ts';
import { planTarget } from './targets.ts';

export interface SendSettings {
  topology: Topology;
  environment: Environment;
  signal: AbortSignal;
  newIds(index: number): ProbeIds;
  pace: Pace;
  /** Called before the first thing is sent of a probe that has steps around it. */
  onBegin(leftover: Leftover): void;
  /** Called before a probe is sent, so that nothing can come before it. */
  onStart(probe: ProbeRecord): void;
  /** Called once it was answered or failed; the record is the one of `onStart`, with what came of it. */
  onEnd(probe: ProbeRecord): void;
}

/** A probe to be sent: what, for which purpose, and with which headers behind the declared ones. */
export interface Outgoing extends Pick<ProbeRecord, 'flow' | 'purpose' | 'about'> {
  send: SendConfig;
  headers(ids: ProbeIds): Header[];
}

/** Resolves once every main probe of the flow was answered or failed. */
export async function sendFlow(instruments: Instruments, settings: SendSettings, flow: string): Promise<void> {
  const { topology, environment, signal } = settings;
  const config = topology.flows[flow];
  if (config === undefined) return;
  const { send, repeat, concurrency, baggage } = config;
  const outgoing: Outgoing = { flow, purpose: 'main', send, headers: (ids) => contextOf(baggage, ids, environment) };
  const sender = await openSender(instruments, settings, outgoing);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < repeat && !signal.aborted) {
      const index = next;
      next += 1;
      await sendOne(instruments, settings, sender, outgoing, index);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, repeat) }, worker));
  } finally {
    await sender.close();
  }
}

/** Sends probes to one place, one after the other, each once. */
export async function sendInTurn(
  instruments: Instruments,
  settings: SendSettings,
  probes: readonly Outgoing[],
): Promise<void> {
  const [first] = probes;
  if (first === undefined) return;
  const sender = await openSender(instruments, settings, first);
  try {
    for (const [index, outgoing] of probes.entries()) {
      if (settings.signal.aborted) return;
      await sendOne(instruments, settings, sender, outgoing, index);
    }
  } finally {
    await sender.close();
  }
}

function openSender(instruments: Instruments, settings: SendSettings, { flow, send }: Outgoing): Promise<ProbeSender> {
  const { topology, environment } = settings;
  const target = planTarget(topology, send, environment, responseLimit(topology, flow));
  return instruments.openProbe(target).catch((error: unknown) => failing(complaintOrThrow(error)));
}

async function sendOne(
  instruments: Instruments,
  settings: SendSettings,
  sender: ProbeSender,
  outgoing: Outgoing,
  index: number,
): Promise<void> {
  const { topology, environment, signal, pace } = settings;
  const { flow } = outgoing;
  const config = topology.flows[flow];
  const { before, after } = stepsOf(config, outgoing.send);
  const ids = settings.newIds(index);
  const session = await openSession(instruments, environment, { flow, ids, steps: before.length + after.length > 0 });
  const leftover: Leftover = { session, sent: false };
  if (before.length > 0) {
    const begun = await pace(`before ${flow}`, config?.paceMs, signal);
    begun();
  }
  if (signal.aborted) return;
  if (session.jar !== undefined) settings.onBegin(leftover);
  const failure = await runBefore(instruments, topology, session, before, signal);
  if (failure !== undefined && !signal.aborted) return notSent(instruments, settings, outgoing, session, failure);
  const sent = await pace(flow, config?.paceMs, signal);
  if (signal.aborted) return sent();
  leftover.sent = true;
  const delivery = deliver(instruments, settings, sender, outgoing, session);
  sent();
  await delivery;
}

async function deliver(
  instruments: Instruments,
  settings: SendSettings,
  sender: ProbeSender,
  outgoing: Outgoing,
  session: Session,
): Promise<void> {
  const { ids, environment, jar } = session;
  const { message, sent } = planProbe(outgoing.send, outgoing.headers(ids), ids, environment, settings.topology);
  const record = { ...newRecord(outgoing, ids, instruments.clock.ns()), sent };
  settings.onStart(record);
  const outcome = await sender.send({ ...message, ...(jar === undefined ? {} : { jar }) }, settings.signal);
  const { status, error, partition, offset } = outcome;
  remember(session, outcome, `the answer to the probe, ${status},`);
  if (settings.signal.aborted) return;
  record.end = instruments.clock.ns();
  if (status !== undefined) record.status = status;
  if (error !== undefined) record.error = error;
  if (partition !== undefined) record.sent.partition = partition;
  if (offset !== undefined) record.sent.offset = offset;
  settings.onEnd(record);
}

/** A probe that a step before it kept from being sent: nothing can be seen of it, and the reason is said. */
function notSent(
  instruments: Instruments,
  settings: SendSettings,
  outgoing: Outgoing,
  { ids, environment }: Session,
  error: Complaint,
): void {
  const known: Environment = (reference) => environment(reference) ?? written(reference);
  const { sent } = planProbe(outgoing.send, outgoing.headers(ids), ids, known, settings.topology);
  const now = instruments.clock.ns();
  const record: ProbeRecord = { ...newRecord(outgoing, ids, now), sent, end: now, error };
  settings.onStart(record);
  settings.onEnd(record);
}

function newRecord({ flow, purpose, about }: Outgoing, ids: ProbeIds, start: string): Omit<ProbeRecord, 'sent'> {
  return { ...ids, flow, purpose, ...(about === undefined ? {} : { about }), start };
}

/** The steps around what a flow sends; there are none around what is sent straight to a node. */
function stepsOf(config: FlowConfig | undefined, send: SendConfig): Pick<FlowConfig, 'before' | 'after'> {
  return config?.send === send ? config : { before: [], after: [] };
}

/** An answer is waited for as long as the flow's slowest hop is. */
function responseLimit({ record }: Topology, flow: string): number {
  return Math.max(...record.hops.filter((hop) => hop.flow === flow).map(({ policy }) => policy.deadlineMs));
}

/** Stands in for a sender that could not be opened: every probe fails for the same reason. */
function failing(error: { message: string; hint: string }): ProbeSender {
  return { send: async () => ({ error }), close: async () => undefined };
}
