/** The steps after probes: best effort, within bounded time, and nothing that comes of them changes a verdict. */
import type { Problem } from '../model/evidence.ts';
import type { FlowConfig, SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import type { Instruments } from './instruments.ts';
import type { Pace } from './pace.ts';
import { lacking, runStep, type Session, stepName } from './steps.ts';

/** How long all of it may take once the run was interrupted, ms. */
const INTERRUPTED_LIMIT_MS = 5000;

/** A probe with steps around it. */
export interface Leftover {
  session: Session;
  /** Whether the probe itself was sent. */
  sent: boolean;
}

export interface CleanUp {
  instruments: Instruments;
  topology: Topology;
  pace: Pace;
  /** Fires when the run is interrupted. */
  signal: AbortSignal;
  onProblem(problem: Problem): void;
}

/** Sends the steps after every probe that was begun, those of one flow one after the other. */
export async function cleanUp(context: CleanUp, leftovers: readonly Leftover[]): Promise<void> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onInterrupt = (): void => {
    timer = setTimeout(() => ending.abort(), INTERRUPTED_LIMIT_MS);
  };
  context.signal.addEventListener('abort', onInterrupt, { once: true });
  if (context.signal.aborted) onInterrupt();
  const tell = oncePerMessage(context.onProblem);
  const flows = Object.entries(context.topology.flows).filter(([, { after }]) => after.length > 0);
  try {
    await Promise.all(
      flows.map(([flow, config]) => {
        const mine = leftovers.filter(({ session }) => session.flow === flow);
        return cleanFlow(context, config, mine, ending.signal, (message, hint) =>
          tell({ part: 'probe', name: flow, flows: [], message, hint }),
        );
      }),
    );
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener('abort', onInterrupt);
  }
}

type Tell = (message: string, hint: string) => void;

async function cleanFlow(
  context: CleanUp,
  { after, paceMs }: FlowConfig,
  leftovers: readonly Leftover[],
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  for (const [index, leftover] of leftovers.entries()) {
    const begun = await context.pace(`after ${leftover.session.flow}`, paceMs, signal);
    begun();
    if (!signal.aborted) await cleanOne(context, after, leftover, signal, tell);
    if (!signal.aborted) continue;
    const left = leftovers.length - index;
    const what = left === 1 ? '1 probe was' : `${left} probes were`;
    const hint = 'The run was interrupted, and then the steps of `after` took too long: do them by hand.';
    return tell(`${what} not cleaned up after within ${INTERRUPTED_LIMIT_MS / 1000} s`, hint);
  }
}

async function cleanOne(
  { instruments, topology }: CleanUp,
  after: readonly SendConfig[],
  { session, sent }: Leftover,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  for (const [index, step] of after.entries()) {
    const name = stepName('after', index, step);
    const [missing] = lacking(session, step);
    if (missing !== undefined) {
      const why = session.unsaved.get(missing) ?? 'nothing was saved for it';
      // Where the probe was not sent there is nothing of its to take away.
      if (sent) tell(`${name} was not sent: ${why}, and it needs \`\${saved.${missing}}\``, LEFT_BEHIND);
      continue;
    }
    const failure = await runStep(instruments, topology, session, { step, name }, signal);
    if (signal.aborted) return;
    if (failure !== undefined) tell(failure.message, `${failure.hint} ${LEFT_BEHIND}`);
  }
}

const LEFT_BEHIND = 'What the probe made may still be there.';

/** Many probes fail in the same words. */
function oncePerMessage(say: (problem: Problem) => void): (problem: Problem) => void {
  const said = new Set<string>();
  return (problem) => {
    if (said.has(problem.message)) return;
    said.add(problem.message);
    say(problem);
  };
}
