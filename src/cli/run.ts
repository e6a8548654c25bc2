/** `collect` and `audit`: gather evidence, save it, and for an audit judge it. */

import { describeProblem, loadTopology, readEvidence } from '../library/load-topology.ts';
import { type Choice, prepare } from '../library/prepare.ts';
import { EXIT } from '../model/exit.ts';
import { appendJobSummary } from './job-summary.ts';
import { loadBaseline, seenFrom } from './load-report.ts';
import { checkWritable, type OutputOptions, prepareOutputs, writeOutput } from './outputs.ts';
import { showProgress } from './progress.ts';
import { type Terminal, write } from './terminal.ts';

export interface RunOptions extends OutputOptions, Choice {
  evidence?: string;
  /** A saved report; what it has does not gate. */
  baseline?: string;
  quiet: boolean;
  /** A file of evidence to look at again. */
  resume?: string;
}

/** @returns the exit status */
export async function runAudit(file: string, options: RunOptions, terminal: Terminal): Promise<number> {
  const outputs = await prepareOutputs(options, terminal);
  const baseline = await loadBaseline(options.baseline);
  const evidence = await gather(file, options, terminal);
  if (evidence.run.interrupted === true) return EXIT.interrupted;
  const { evaluate } = await import('../engine/evaluate.ts');
  const report = await seenFrom(baseline, evaluate(evidence), options.failOn, terminal);
  // Where both go to one screen, the report stands apart from the progress.
  if (!options.quiet) await write(terminal.stderr, '\n');
  await outputs.write(report);
  await appendJobSummary(report, terminal);
  return report.summary.exit;
}

/** @returns the exit status */
export async function runCollect(file: string, options: RunOptions, terminal: Terminal): Promise<number> {
  const evidence = await gather(file, options, terminal);
  return evidence.run.interrupted === true ? EXIT.interrupted : EXIT.ok;
}

async function gather(file: string, options: RunOptions, terminal: Terminal) {
  const { topology: declared, warnings } = await loadTopology(file, terminal.env);
  const resumed =
    options.resume === undefined ? undefined : { evidence: await readEvidence(options.resume), name: options.resume };
  const settings = prepare(declared, options, terminal.env, resumed);
  if (options.evidence !== undefined) await checkWritable(options.evidence);
  if (!options.quiet) for (const warning of warnings) await write(terminal.stderr, `${describeProblem(warning)}\n`);
  const [{ collect }, { instruments }] = await Promise.all([
    import('../engine/collect.ts'),
    import('../library/instruments.ts'),
  ]);
  const { onProgress, end } = showProgress(terminal, { quiet: options.quiet, color: options.color !== false });
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  terminal.on('SIGINT', onSignal);
  terminal.on('SIGTERM', onSignal);
  try {
    const evidence = await collect(instruments, {
      ...settings,
      signal: interrupt.signal,
      onProgress,
    });
    end();
    if (options.evidence !== undefined) await writeOutput(options.evidence, `${JSON.stringify(evidence, null, 1)}\n`);
    if (evidence.run.interrupted === true) {
      const saved = options.evidence === undefined ? '' : `; the evidence so far is in ${options.evidence}`;
      await write(terminal.stderr, `interrupted${saved}\n`);
    }
    return evidence;
  } finally {
    end();
    terminal.off('SIGINT', onSignal);
    terminal.off('SIGTERM', onSignal);
  }
}
