/** `collect` and `audit`: gather evidence, save it, and for an audit judge it. */
import type { Evidence, EvidenceOptions } from '../model/evidence.ts';
import { EXIT } from '../model/exit.ts';
import type { Topology } from '../model/topology.ts';
import { appendJobSummary } from './job-summary.ts';
import { loadBaseline, seenFrom } from './load-report.ts';
import { loadTopology, readEvidence } from './load-topology.ts';
import { checkWritable, type OutputOptions, prepareOutputs, writeOutput } from './outputs.ts';
import { showProgress } from './progress.ts';
import { override, type Selection, selected } from './select.ts';
import { type Terminal, write } from './terminal.ts';
import { tracesOf } from './traces.ts';
import { userError } from './user-error.ts';
import { VERSION } from './version.ts';

export interface RunOptions extends OutputOptions, Selection {
  evidence?: string;
  /** A saved report; what it has does not gate. */
  baseline?: string;
  failOn: EvidenceOptions['failOn'];
  isolate: NonNullable<EvidenceOptions['isolate']>;
  conformance: boolean;
  quiet: boolean;
  trace: string[];
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
  const { isolate, conformance } = options;
  const { topology: declared, warnings } = await loadTopology(file, terminal.env);
  const topology = override(declared, options);
  const resume = options.resume === undefined ? undefined : await readResumed(options.resume, topology, options);
  const wanted = selected(topology, options);
  const traces = resume === undefined ? tracesOf(topology, options.trace, wanted.flows) : {};
  if (options.evidence !== undefined) await checkWritable(options.evidence);
  if (!options.quiet) for (const warning of warnings) await write(terminal.stderr, `${warning}\n`);
  const [{ collect }, { instruments }] = await Promise.all([
    import('../engine/collect.ts'),
    import('./instruments.ts'),
  ]);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  terminal.on('SIGINT', onSignal);
  terminal.on('SIGTERM', onSignal);
  try {
    const evidence = await collect(instruments, {
      topology,
      environment: environmentOf(terminal.env),
      options: { ...(resume?.options ?? { isolate, conformance, ...traces }), failOn: options.failOn, ...wanted },
      ...(resume === undefined ? {} : { resume }),
      version: VERSION,
      signal: interrupt.signal,
      onProgress: showProgress(terminal, options.quiet),
    });
    if (options.evidence !== undefined) await writeOutput(options.evidence, `${JSON.stringify(evidence, null, 1)}\n`);
    if (evidence.run.interrupted === true) {
      const saved = options.evidence === undefined ? '' : `; the evidence so far is in ${options.evidence}`;
      await write(terminal.stderr, `interrupted${saved}\n`);
    }
    return evidence;
  } finally {
    terminal.off('SIGINT', onSignal);
    terminal.off('SIGTERM', onSignal);
  }
}

/** Evidence of an earlier run of the same topology; @throws a user error where it is of another, or more is to be sent */
async function readResumed(file: string, { record }: Topology, { trace, repeat }: RunOptions): Promise<Evidence> {
  const evidence = await readEvidence(file);
  if (evidence.topology.sha256 !== record.sha256) {
    throw userError(
      `${file} was gathered with another ${record.file} (${evidence.topology.file} at ${evidence.run.startedAt}): look again with the file as it was then`,
    );
  }
  if (trace.length > 0 || repeat !== undefined)
    throw userError('--resume sends nothing: leave out --trace and --repeat');
  return evidence;
}

/** Variables and secrets both come from the process's environment. */
function environmentOf(env: NodeJS.ProcessEnv) {
  return ({ kind, name }: { kind: string; name: string }): string | undefined =>
    kind === 'env' || kind === 'secret' ? env[name] : undefined;
}
