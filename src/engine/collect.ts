/** Sends the probes, watches the wire, gathers the spans: the only stage that touches the world. Topology → evidence. */

import {
  EVIDENCE_VERSION,
  type Evidence,
  type Problem,
  type Sight,
  type SpanRecord,
  type WireEvent,
} from '../model/evidence.ts';
import { timeOfMs } from '../model/time.ts';
import { cleanUp } from './clean-up.ts';
import type { Instruments } from './instruments.ts';
import { type OpenInstruments, openInstruments } from './open.ts';
import { sendBeside, sendFlows, sendLast } from './probing.ts';
import { mergeSight, mergeWaits, takeUp, withOwnId } from './resume.ts';
import { type CollectSettings, gathered, type Run, startRun, wantedHops } from './run.ts';
import { withoutSaved } from './saved-values.ts';
import type { Decision } from './settle.ts';
import type { Store } from './store.ts';
import { waitForAnswers } from './wait.ts';

/**
 * Gathers until every hop is decided, its deadline has passed, or the signal fires.
 * @throws an `in-the-way` error, before anything is sent, where a port of this machine is taken
 */
export async function collect(instruments: Instruments, settings: CollectSettings): Promise<Evidence> {
  const run = startRun(instruments, settings);
  if (settings.resume !== undefined) takeUp(run, settings.resume);
  const opening = {
    ...settings,
    runId: run.id,
    traceIds: run.traceIds,
    sent: run.sent,
    onSpans: (batch: SpanRecord[]) =>
      take(run, () => {
        for (const record of batch) {
          const span = run.store.addSpan(record);
          if (span !== undefined) run.settling.spanCame(span);
        }
      }),
    onEvent: (record: WireEvent) =>
      take(run, () => run.settling.eventCame(run.store.addEvent(withOwnId(record, settings.resume)))),
    onProblem: (problem: Problem) => tellProblem(run, problem),
  };
  const open = await openInstruments(instruments, opening, () => waitFirst(run));
  settings.onProgress({ kind: 'open', sources: open.sources, taps: open.taps });
  try {
    if (settings.resume === undefined && !settings.signal.aborted) sendFlows(run);
    await settle(run, open);
    await Promise.all(run.sending);
    await cleanUpAfter(run);
  } finally {
    await open.close();
  }
  if (run.bug !== undefined) throw run.bug;
  return toEvidence(run, open.sights());
}

/** Waits for those that the run needs, where that was asked for. */
async function waitFirst(run: Run): Promise<void> {
  const { waitMs, instruments, onProgress } = run;
  if (waitMs === undefined) return;
  const flows = [...new Set(wantedHops(run).map(({ flow }) => flow))];
  const onWait = (names: string[]): void => onProgress({ kind: 'waiting', names });
  await waitForAnswers(instruments, { ...run, flows, waitMs, onWait });
}

function tellProblem(run: Run, problem: Problem): void {
  run.problems.push(problem);
  run.onProgress({ kind: 'problem', problem });
}

/** Sends the steps of `after`. They may name what the probe made, and so its marker: what they set off is not looked at. */
async function cleanUpAfter(run: Run): Promise<void> {
  if (!run.leftovers.some(({ session: { flow } }) => (run.topology.flows[flow]?.after.length ?? 0) > 0)) return;
  run.endedAt = run.instruments.clock.ms();
  await cleanUp({ ...run, onProblem: (problem) => tellProblem(run, problem) }, run.leftovers);
}

/** Takes in what arrived. A bug of ours in it ends the run, and is thrown by {@link collect}. */
function take(run: Run, arrived: () => void): void {
  if (run.endedAt !== undefined) return;
  try {
    arrived();
  } catch (error) {
    run.bug ??= error;
  }
  run.arrivals.came();
}

/** Waits until nothing is waited for any more, also after the taps have read past what was there then. */
async function settle(run: Run, open: OpenInstruments): Promise<void> {
  const { settling, arrivals, signal, instruments } = run;
  let caughtUp = false;
  while (!signal.aborted && run.bug === undefined) {
    const began = instruments.clock.ms();
    for (const decision of settling.look()) decided(run, decision);
    const lookMs = instruments.clock.ms() - began;
    const next = settling.nextLook();
    if (next !== undefined || run.sending.size > 0) {
      caughtUp = false;
      await arrivals.next(next === undefined ? undefined : next - instruments.clock.ms(), lookMs, signal);
    } else if (!caughtUp) {
      await Promise.race([open.caughtUp(), aborted(signal)]);
      caughtUp = true;
    } else if (!sendLast(run)) return;
  }
}

/** Resolves when the signal fires. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
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
  for (const outgoing of run.isolation(decision)) sendBeside(run, outgoing);
}

function toEvidence(run: Run, sights: Sight[]): Evidence {
  const { startedAt, endedAt, instruments, signal, store, resume, topology } = run;
  const dropped = store.dropped();
  return {
    version: EVIDENCE_VERSION,
    tool: { name: 'tracegap', version: run.version },
    run: {
      id: run.id,
      startedAt: resume?.run.startedAt ?? timeOfMs(startedAt),
      durationMs: Math.round((endedAt ?? instruments.clock.ms()) - startedAt) + (resume?.run.durationMs ?? 0),
      ...(signal.aborted ? { interrupted: true } : {}),
      ...(resume === undefined ? {} : { resumedAt: [...(resume.run.resumedAt ?? []), timeOfMs(startedAt)] }),
    },
    options: run.options,
    ...withoutSaved(
      gathered(run),
      run.leftovers.map(({ session }) => session),
      run.id,
    ),
    sight: sights
      .map((sight) => ({ ...untilThen(sight, endedAt), dropped: sight.dropped + droppedFor(sight, dropped) }))
      .map((sight) => mergeSight(topology, resume?.sight ?? [], sight)),
    waits: mergeWaits(resume?.waits ?? [], run.settling.waits()),
    problems: [...(resume?.problems ?? []), ...run.problems],
  };
}

/** What a part could see while what it saw was looked at. */
function untilThen(sight: Sight, endedAt: number | undefined): Sight {
  if (endedAt === undefined || sight.until <= endedAt) return sight;
  const gaps = sight.gaps.filter(({ from }) => from < endedAt);
  return { ...sight, until: endedAt, gaps: gaps.map((gap) => ({ ...gap, until: Math.min(gap.until, endedAt) })) };
}

function droppedFor({ part, name }: Sight, { spans, events }: ReturnType<Store['dropped']>): number {
  return part === 'source' ? spans : (events.get(name) ?? 0);
}
