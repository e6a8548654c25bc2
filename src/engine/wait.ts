/** Waits until those answer that a run needs (`--wait`): entries, brokers, sources that are asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Complaint, inTheWay } from '../model/problem.ts';
import type { SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
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
  const { waitMs, signal } = settings;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), waitMs);
  const limit = AbortSignal.any([signal, over.signal]);
  const waiting: Waiting = { awaited: new Map(awaitedBy(settings)), complaints: new Map(), limit };
  await Promise.all([...waiting.awaited.keys()].map((name) => askUntil(instruments, settings, waiting, name)));
  clearTimeout(timer);
  if (waiting.awaited.size > 0 && !signal.aborted) throw unanswered(waiting, waitMs);
}

interface Waiting {
  /** Who has not answered yet. */
  awaited: Map<string, ProbeTarget>;
  complaints: Map<string, Complaint>;
  limit: AbortSignal;
}

async function askUntil(
  instruments: Instruments,
  { onWait }: WaitSettings,
  waiting: Waiting,
  name: string,
): Promise<void> {
  const { awaited, complaints, limit } = waiting;
  for (let target = awaited.get(name); target !== undefined && !limit.aborted; target = awaited.get(name)) {
    const complaint = await ask(instruments, target, limit);
    const isFirst = complaints.size === 0;
    note(waiting, name, complaint);
    const isNews = complaint === undefined ? !isFirst : isFirst;
    if (isNews && awaited.size > 0) onWait([...awaited.keys()]);
    if (complaint !== undefined) await sleep(POLL_MS, undefined, { signal: limit }).catch(() => undefined);
  }
}

function note({ awaited, complaints, limit }: Waiting, name: string, complaint: Complaint | undefined): void {
  if (complaint === undefined) awaited.delete(name);
  // A try that the end of the time broke off says less than the one before.
  else if (!limit.aborted || !complaints.has(name)) complaints.set(name, complaint);
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

function unanswered({ awaited, complaints }: Waiting, waitMs: number): Error {
  const names = [...awaited.keys()];
  const reasons = names.map((name) => `${name}: ${complaints.get(name)?.message ?? 'it did not answer'}`);
  const hints = new Set(names.flatMap((name) => complaints.get(name)?.hint ?? []));
  return inTheWay(
    `nothing was sent: not all had answered within ${waitMs / 1000} s\n  ${reasons.join('\n  ')}`,
    [...hints].join('\n  ') || 'Check that they run.',
  );
}

/** Whom a run needs, by how they are called; steps before and after a probe count as entries. */
function awaitedBy(settings: WaitSettings): [string, ProbeTarget][] {
  return [...entries(settings), ...brokers(settings), ...sourcesOf(settings)];
}

function entries({ topology, environment, flows }: WaitSettings): [string, ProbeTarget][] {
  const configs = flows.flatMap((flow) => topology.flows[flow] ?? []);
  const sends = configs.flatMap(({ before, send, after }) => [...before, send, ...after]);
  return sends.flatMap((send) => (send.transport === 'http' ? [entry(topology, send, environment)] : []));
}

function brokers({ topology, environment, flows }: WaitSettings): [string, ProbeTarget][] {
  return Object.keys(topology.record.nodes).flatMap((node): [string, ProbeTarget][] => {
    const target = isUsed(topology, node, flows) ? planBroker(topology, node, environment) : undefined;
    return target === undefined ? [] : [[`${node} (${describeTarget(target)})`, target]];
  });
}

/** Sources that are asked, at a url. */
function sourcesOf({ topology, environment }: WaitSettings): [string, ProbeTarget][] {
  return topology.sources.flatMap((source): [string, ProbeTarget][] => {
    if (!('url' in source) || typeof source.url !== 'string') return [];
    const url = expandTemplate(source.url, environment);
    return [[`source ${source.name}`, { transport: 'http', url, responseMs: TRY_MS }]];
  });
}

function entry(topology: Topology, send: SendConfig, environment: Environment): [string, ProbeTarget] {
  const target = planStep(topology, send, environment, TRY_MS);
  return [`${send.to} (${describeTarget(target)})`, target];
}

/** Whether a broker is watched or sent to. */
function isUsed({ record }: Topology, node: string, flows: string[]): boolean {
  return record.nodes[node]?.tapped === true || flows.some((flow) => record.flows[flow]?.sendTo === node);
}
