/** Requests before and after a probe: without its context, with its cookies and what was saved (SURFACE §1). */
import type { Complaint } from '../model/problem.ts';
import type { SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import type { CookieJar, ProbeOutcome } from '../probes/probe.ts';
import { referencesIn, referencesInJson } from '../topology/template.ts';
import type { Instruments } from './instruments.ts';
import { complaintOrThrow } from './open.ts';
import { type Environment, type ProbeIds, planProbe } from './plan.ts';
import { planStep } from './targets.ts';

/** What one probe and the requests around it share. */
export interface Session {
  flow: string;
  ids: ProbeIds;
  jar: CookieJar | undefined;
  /** With what was saved so far. */
  environment: Environment;
  saved: Map<string, string>;
  /** Why a value was not saved, by its name. */
  unsaved: Map<string, string>;
}

/** How long an answer to a step is waited for, ms. */
const STEP_LIMIT_MS = 5000;

const FAILED_FROM = 400;

export async function openSession(
  instruments: Instruments,
  environment: Environment,
  { flow, ids, steps }: { flow: string; ids: ProbeIds; steps: boolean },
): Promise<Session> {
  const saved = new Map<string, string>();
  return {
    flow,
    ids,
    jar: steps ? await instruments.newCookieJar() : undefined,
    environment: (reference) => (reference.kind === 'saved' ? saved.get(reference.name) : environment(reference)),
    saved,
    unsaved: new Map(),
  };
}

/** Keeps what an answer gave. */
export function remember(session: Session, { saved }: ProbeOutcome, answer: string): void {
  for (const [name, value] of Object.entries(saved?.values ?? {})) session.saved.set(name, value);
  for (const { name, why } of saved?.missing ?? []) session.unsaved.set(name, `${answer} ${why}`);
}

/** Names of saved values that something needs and that are not there. */
export function lacking({ saved }: Session, send: SendConfig): string[] {
  const { path = '', headers, form = [], text = '', base64 = '', json } = send;
  const texts = [path, text, base64, ...[...headers, ...form].map(([, value]) => value)];
  const references = [...texts.flatMap(referencesIn), ...(json === undefined ? [] : referencesInJson(json))];
  const names = references.flatMap(({ kind, name }) => (kind === 'saved' && !saved.has(name) ? [name] : []));
  return [...new Set(names)];
}

/** `step 1 of before (POST /login to edge)`; variables as they are written, without the query. */
export function stepName(part: 'before' | 'after', index: number, { method, path = '/', to }: SendConfig): string {
  return `step ${index + 1} of \`${part}\` (${method} ${path.split('?', 1)[0]} to ${to})`;
}

/**
 * Sends the steps before a probe, until one fails.
 * @returns why the probe is not to be sent
 */
export async function runBefore(
  instruments: Instruments,
  topology: Topology,
  session: Session,
  steps: readonly SendConfig[],
  signal: AbortSignal,
): Promise<Complaint | undefined> {
  for (const [index, step] of steps.entries()) {
    const name = stepName('before', index, step);
    const failure = await runStep(instruments, topology, session, { step, name }, signal);
    if (signal.aborted) return undefined;
    if (failure !== undefined) return { ...failure, message: `the probe was not sent: ${failure.message}` };
    const [missing] = session.unsaved;
    if (missing === undefined) continue;
    return {
      message: `the probe was not sent: ${missing[1]}, and \`\${saved.${missing[0]}}\` is to be that`,
      hint: 'Check what the step is answered with, and the header or JSON pointer under `save`.',
    };
  }
  return undefined;
}

/** Sends one step. @returns why it failed */
export async function runStep(
  instruments: Instruments,
  topology: Topology,
  session: Session,
  { step, name }: { step: SendConfig; name: string },
  signal: AbortSignal,
): Promise<Complaint | undefined> {
  const { ids, environment, jar } = session;
  try {
    const sender = await instruments.openProbe(planStep(topology, step, environment, STEP_LIMIT_MS));
    try {
      const { message } = planProbe(step, [], ids, environment, topology);
      const outcome = await sender.send({ ...message, ...(jar === undefined ? {} : { jar }) }, signal);
      remember(session, outcome, `the answer to ${name}, ${outcome.status},`);
      return failureOf(outcome, name);
    } finally {
      await sender.close();
    }
  } catch (error) {
    const { message, hint } = complaintOrThrow(error);
    return { message: `${name}: ${message}`, hint };
  }
}

function failureOf({ status, error }: ProbeOutcome, name: string): Complaint | undefined {
  if (error !== undefined) return { message: `${name} failed: ${error.message}`, hint: error.hint };
  if (Number(status) < FAILED_FROM) return undefined;
  return {
    message: `${name} was answered with ${status}`,
    hint: 'Check what it sends, credentials above all; `tracegap plan` shows it with its variables as placeholders.',
  };
}
