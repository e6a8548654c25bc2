/** Sends the probes, watches the wire, gathers the spans: the only stage that touches the world. Topology → evidence. */

import { EVIDENCE_VERSION, type Evidence, type Sight } from '../model/evidence.ts';
import { timeOfMs } from '../model/time.ts';
import type { Instruments } from './instruments.ts';
import { type OpenInstruments, openInstruments } from './open.ts';
import { sendBeside, sendFlows, sendLast } from './probing.ts';
import { mergeSight, mergeWaits, takeUp, withOwnId } from './resume.ts';
import { type CollectSettings, gathered, type Run, startRun } from './run.ts';
import type { Decision } from './settle.ts';
import type { Store } from './store.ts';

/**
 * Gathers until every hop is decided, its deadline has passed, or the signal fires.
 * @throws an `in-the-way` error, before anything is sent, where a port of this machine is taken
 */
export async function collect(instruments: Instruments, settings: CollectSettings): Promise<Evidence> {
  const run = startRun(instruments, settings);
  if (settings.resume !== undefined) takeUp(run, settings.resume);
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
    onEvent: (record) =>
      take(run, () => run.settling.eventCame(run.store.addEvent(withOwnId(record, settings.resume)))),
    onProblem: (problem) => {
      run.problems.push(problem);
      settings.onProgress({ kind: 'problem', problem });
    },
  });
  settings.onProgress({ kind: 'open', sources: open.sources, taps: open.taps });
  try {
    if (settings.resume === undefined) sendFlows(run);
    await settle(run, open);
    await Promise.all(run.sending);
  } finally {
    await open.close();
  }
  if (run.bug !== undefined) throw run.bug;
  return toEvidence(run, open.sights());
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

/** Waits until nothing is waited for any more, also after the taps have read past what was there then. */
async function settle(run: Run, open: OpenInstruments): Promise<void> {
  const { settling, arrivals, signal, instruments } = run;
  run.onProgress({ kind: 'waiting', now: () => settling.waiting() });
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
      await open.caughtUp();
      caughtUp = true;
    } else if (!sendLast(run)) return;
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
  for (const outgoing of run.isolation(decision)) sendBeside(run, outgoing);
}

function toEvidence(run: Run, sights: Sight[]): Evidence {
  const { startedAt, instruments, signal, store, resume, topology } = run;
  const dropped = store.dropped();
  return {
    version: EVIDENCE_VERSION,
    tool: { name: 'tracegap', version: run.version },
    run: {
      id: run.id,
      startedAt: resume?.run.startedAt ?? timeOfMs(startedAt),
      durationMs: Math.round(instruments.clock.ms() - startedAt) + (resume?.run.durationMs ?? 0),
      ...(signal.aborted ? { interrupted: true } : {}),
      ...(resume === undefined ? {} : { resumedAt: [...(resume.run.resumedAt ?? []), timeOfMs(startedAt)] }),
    },
    options: run.options,
    ...gathered(run),
    sight: sights
      .map((sight) => ({ ...sight, dropped: sight.dropped + droppedFor(sight, dropped) }))
      .map((sight) => mergeSight(topology, resume?.sight ?? [], sight)),
    waits: mergeWaits(resume?.waits ?? [], run.settling.waits()),
    problems: [...(resume?.problems ?? []), ...run.problems],
  };
}

function droppedFor({ part, name }: Sight, { spans, events }: ReturnType<Store['dropped']>): number {
  return part === 'source' ? spans : (events.get(name) ?? 0);
}
