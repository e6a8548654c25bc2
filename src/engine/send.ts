/** Sends the probes of one flow, as many in flight together as the flow allows. */
import type { ProbeRecord } from '../model/evidence.ts';
import type { Topology } from '../model/topology.ts';
import type { ProbeSender } from '../probes/probe.ts';
import type { Instruments } from './instruments.ts';
import { complaintOrThrow } from './open.ts';
import { type Environment, type ProbeIds, planProbe, planTarget } from './plan.ts';

export interface SendSettings {
  topology: Topology;
  flow: string;
  environment: Environment;
  signal: AbortSignal;
  newIds(index: number): ProbeIds;
  /** Called before the probe is sent, so that nothing can come before it. */
  onStart(probe: ProbeRecord): void;
  /** Called once it was answered or failed; the record is the one of `onStart`, with what came of it. */
  onEnd(probe: ProbeRecord): void;
}

/** Resolves once every probe of the flow was answered or failed. */
export async function sendFlow(instruments: Instruments, settings: SendSettings): Promise<void> {
  const { topology, flow, environment, signal } = settings;
  const config = topology.flows[flow];
  if (config === undefined) return;
  const target = planTarget(topology, config, environment, responseLimit(topology, flow));
  const sender = await instruments.openProbe(target).catch((error: unknown) => failing(complaintOrThrow(error)));
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < config.repeat && !signal.aborted) {
      const index = next;
      next += 1;
      await sendOne(instruments, settings, sender, index);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(config.concurrency, config.repeat) }, worker));
  } finally {
    await sender.close();
  }
}

async function sendOne(
  instruments: Instruments,
  settings: SendSettings,
  sender: ProbeSender,
  index: number,
): Promise<void> {
  const { topology, flow, environment, signal } = settings;
  const config = topology.flows[flow];
  if (config === undefined) return;
  const ids = settings.newIds(index);
  const { message, sent } = planProbe(config, ids, environment, topology);
  const record: ProbeRecord = { ...ids, flow, purpose: 'main', start: instruments.clock.ns(), sent };
  settings.onStart(record);
  const { status, error, partition, offset } = await sender.send(message, signal);
  if (signal.aborted) return;
  record.end = instruments.clock.ns();
  if (status !== undefined) record.status = status;
  if (error !== undefined) record.error = error;
  if (partition !== undefined) record.sent.partition = partition;
  if (offset !== undefined) record.sent.offset = offset;
  settings.onEnd(record);
}

/** An answer is waited for as long as the flow's slowest hop is. */
function responseLimit({ record }: Topology, flow: string): number {
  return Math.max(...record.hops.filter((hop) => hop.flow === flow).map(({ policy }) => policy.deadlineMs));
}

/** Stands in for a sender that could not be opened: every probe fails for the same reason. */
function failing(error: { message: string; hint: string }): ProbeSender {
  return { send: async () => ({ error }), close: async () => undefined };
}
