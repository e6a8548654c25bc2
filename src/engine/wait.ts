/** Waits until those answer that a run needs (`--wait`): entries, brokers, sources that are asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Complaint, inTheWay } from '../model/problem.ts';
import type { SendConfig, Topology } from '../model/topology.ts';
import type { ProbeTarget } from '../probes/probe.ts';
import { expandTemplate } from '../topology/template.ts';
import { describeTarget } from './describe-targets.ts';
import type { Instruments } from './instruments.ts';
import type { Environment } from './plan.ts';
import { planBroker, planStep } from './targets.ts';

/** How often somebody who does not answer is asked, ms. */
const POLL_MS = 250;

/** The longest that one try may take, ms. */
const TRY_MS = 3000;

export interface WaitSettings {
  topology: Topology;
  environment: Environment;
  /** Flows that are going to be run. */
  flows: string[];
  waitMs: number;
  signal: AbortSignal;
  /** Called whenever others are waited for than before. */
  onWait(names: string[]): void;
}

/**
 * Resolves once all have answered once, or at the signal.
 * @throws an `in-the-way` error that names who did not within the time
 */
export async function waitForAnswers(instruments: Instruments, settings: WaitSettings): Promise<void> {
  const { waitMs, signal, onWait } = settings;
  const awaited = new Map(awaitedBy(settings));
  const complaints = new Map<string, Complaint>();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  await Promise.all(
    [...awaited].map(async ([name, target]) => {
      while (!limit.aborted) {
        const complaint = await ask(instruments, target, limit);
        if (complaint === undefined) {
          awaited.delete(name);
          if (complaints.size > 0 && awaited.size > 0) onWait([...awaited.keys()]);
          return;
        }
        if (limit.aborted && complaints.has(name)) return;
        if (complaints.size === 0) onWait([...awaited.keys()]);
        complaints.set(name, complaint);
        await sleep(POLL_MS, undefined, { signal: limit }).catch(() => undefined);
      }
    }),
  );
  if (awaited.size > 0 && !signal.aborted) throw unanswered([...awaited.keys()], complaints, waitMs);
}

async function ask(instruments: Instruments, target: ProbeTarget, limit: AbortSignal): Promise<Complaint | undefined> {
  const answer = new AbortController();
  const timer = setTimeout(() => answer.abort(), TRY_MS);
  try {
    return await instruments.answersAt(target, AbortSignal.any([limit, answer.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function unanswered(names: string[], complaints: ReadonlyMap<string, Complaint>, waitMs: number): Error {
  const reasons = names.map((name) => `${name}: ${complaints.get(name)?.message ?? 'it did not answer'}`);
  const hints = new Set(names.flatMap((name) => complaints.get(name)?.hint ?? []));
  return inTheWay(
    `nothing was sent: not all had answered within ${waitMs / 1000} s\n  ${reasons.join('\n  ')}`,
    [...hints].join('\n  ') || 'Check that they run.',
  );
}

/** Whom a run needs, by how they are called; steps before and after a probe count as entries. */
function* awaitedBy({ topology, environment, flows }: WaitSettings): Generator<[string, ProbeTarget]> {
  for (const flow of flows) {
    const config = topology.flows[flow];
    for (const send of config === undefined ? [] : [...config.before, config.send, ...config.after]) {
      if (send.transport === 'http') yield entry(topology, send, environment);
    }
  }
  for (const node of Object.keys(topology.record.nodes)) {
    const target = planBroker(topology, node, environment);
    if (target !== undefined && isUsed(topology, node, flows)) yield [`${node} (${describeTarget(target)})`, target];
  }
  for (const source of topology.sources) {
    if (!('url' in source) || typeof source.url !== 'string') continue;
    const url = expandTemplate(source.url, environment);
    yield [`source ${source.name}`, { transport: 'http', url, responseMs: TRY_MS }];
  }
}

function entry(topology: Topology, send: SendConfig, environment: Environment): [string, ProbeTarget] {
  const target = planStep(topology, send, environment, TRY_MS);
  return [`${send.to} (${describeTarget(target)})`, target];
}

/** Whether a broker is watched or sent to. */
function isUsed({ record }: Topology, node: string, flows: string[]): boolean {
  return record.nodes[node]?.tapped === true || flows.some((flow) => record.flows[flow]?.sendTo === node);
}
