/** An audit for programs: the same engine as the command line's, nothing printed. */
import type { Progress } from '../engine/run.ts';
import { withBaseline } from '../judge/baseline.ts';
import { judgeEvidence } from '../judge/judge-evidence.ts';
import type { Evidence, EvidenceOptions } from '../model/evidence.ts';
import { complaintOf, type InputProblem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import { loadTopology, readTopologyFile, type TopologyInput } from './load-topology.ts';
import { type Choice, prepare } from './prepare.ts';
import { userError } from './user-error.ts';

export interface JudgeOptions {
  /** What makes `summary.exit` non-zero; default: what the evidence was gathered with, `inconclusive` for an audit. */
  failOn?: EvidenceOptions['failOn'];
  /** An earlier report: what it has does not make `summary.exit` non-zero. */
  baseline?: Report;
}

/** As the options of `tracegap audit`, which have the same names. */
export interface AuditOptions extends JudgeOptions {
  /** Names of the flows that are judged; default all. */
  flows?: readonly string[];
  /** Selectors of the hops that are judged, as `checkout -> billing`; default all. */
  hops?: readonly string[];
  /** Probes a flow, and how many of them are in flight together. */
  repeat?: number;
  concurrency?: number;
  /** The longest that absence is waited for, ms. */
  deadlineMs?: number;
  /** The longest that entries, brokers and sources are waited for until they answer, ms; default: not at all. */
  waitMs?: number;
  /** When context is sent straight to nodes with `isolate`; default `needed`. */
  isolate?: 'needed' | 'all' | 'none';
  /** Also send the cases of the W3C specification. */
  conformance?: boolean;
  /** Ids of traces that something else began, by the flow with `send: none`. */
  traces?: Readonly<Record<string, readonly string[]>>;
  /** Evidence of an earlier run to look at again: then nothing is sent. */
  resume?: Evidence;
  /** What `${NAME}` and `${secret:NAME}` in the topology are; default the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Ends the run: all that is open is closed, then the audit rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Told what is open, what was sent, and verdicts as they fall. */
  onProgress?(progress: Progress): void;
}

export interface AuditResult {
  report: Report;
  /** What the report was judged from; `judge` gives the same report of it. */
  evidence: Evidence;
  /** What `tracegap validate` would warn of. */
  warnings: InputProblem[];
}

/**
 * Sends the declared requests, gathers what the services emit, and judges every hop.
 * A lost context does not throw: it stands in the report, and in `report.summary.exit`.
 * @throws a {@link TracegapError}, before anything is sent, for a bad topology and for what is in the way
 */
export async function audit(topology: TopologyInput, options: AuditOptions = {}): Promise<AuditResult> {
  const { env = process.env, signal = new AbortController().signal, onProgress = () => undefined } = options;
  signal.throwIfAborted();
  const { topology: declared, warnings } = await loadTopology(topology, { ...env });
  const resumed = options.resume === undefined ? undefined : { evidence: options.resume, name: 'the evidence' };
  const settings = prepare(declared, choiceOf(options), { ...env }, resumed);
  const [{ collect }, { instruments }] = await Promise.all([
    import('../engine/collect.ts'),
    import('./instruments.ts'),
  ]);
  signal.throwIfAborted();
  const evidence = await collect(instruments, { ...settings, signal, onProgress }).catch(inOneKind);
  if (evidence.run.interrupted === true) throw signal.reason;
  return { report: judge(evidence, options), evidence, warnings };
}

function choiceOf(options: AuditOptions): Choice {
  const { flows = [], hops = [], repeat, concurrency, deadlineMs, waitMs, traces = {} } = options;
  const { failOn = 'inconclusive', isolate = 'needed', conformance = false } = options;
  return {
    flow: [...flows],
    hop: [...hops],
    failOn,
    isolate,
    conformance,
    trace: Object.entries(traces).flatMap(([flow, ids]) => ids.map((id) => `${flow}=${id}`)),
    ...(repeat === undefined ? {} : { repeat }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

function inOneKind(error: unknown): never {
  const complaint = complaintOf(error);
  if (complaint === undefined) throw error;
  throw userError(`${complaint.message}\n  ${complaint.hint}`, { code: 'in-the-way', cause: error });
}

/** The report of evidence that an audit gathered: the same evidence gives the same report, whenever and wherever. */
export function judge(evidence: Evidence, { failOn = evidence.options.failOn, baseline }: JudgeOptions = {}): Report {
  // As it is read back from a file, so that fresh evidence and saved evidence can never differ.
  const saved: Evidence = JSON.parse(JSON.stringify({ ...evidence, options: { ...evidence.options, failOn } }));
  const report = judgeEvidence(saved);
  return baseline === undefined ? report : withBaseline(report, { file: 'baseline', report: baseline }, failOn);
}

export interface TopologyReading {
  /** Ids of the hops that it declares; empty where a problem keeps them from being known. */
  hops: string[];
  /** Errors, warnings, and parts that a later version carries out, in the order of the file. */
  problems: InputProblem[];
  /** Names of the environment that must be set. */
  variables: string[];
}

/** What `tracegap validate` says; a variable that is not set is a warning. @throws where a file cannot be read */
export async function readTopology(
  topology: TopologyInput,
  { env = process.env }: Pick<AuditOptions, 'env'> = {},
): Promise<TopologyReading> {
  const { topology: read, problems, variables } = await readTopologyFile(topology, { ...env }, 'warning');
  return { hops: read?.record.hops.map(({ id }) => id) ?? [], problems, variables };
}
