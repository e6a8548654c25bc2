/** Runs the built binary as a user does. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HopReport, Report } from '../../src/model/report.ts';

export const BINARY: string = new URL('../../bin/tracegap.js', import.meta.url).pathname;

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
  ms: number;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Called with everything that stderr has said so far. */
  onStderr?(text: string, kill: (signal: NodeJS.Signals) => void): void;
}

export function tracegap(args: string[], { env, cwd, onStderr }: RunOptions = {}): Promise<Outcome> {
  const start = performance.now();
  const child = spawn(process.execPath, [BINARY, ...args], { env: { ...process.env, ...env }, cwd });
  let stdout = '';
  let stderr = '';
  let signalled = false;
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    onStderr?.(stderr, (signal) => {
      // Once, as a person does: a second Ctrl-C means "at once".
      if (!signalled) child.kill(signal);
      signalled = true;
    });
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr, ms: performance.now() - start }));
  });
}

export interface Audit extends Outcome {
  report: Report;
  /** As written to the file. */
  reportText: string;
  /** The same evidence, judged offline. */
  judged: Outcome;
}

/** Audits, then judges the saved evidence again. */
export async function audit(topology: string, args: string[] = []): Promise<Audit> {
  const folder = await mkdtemp(join(tmpdir(), 'tracegap-audit-'));
  const evidenceFile = join(folder, 'evidence.json');
  const reportFile = join(folder, 'report.json');
  const outcome = await tracegap(['audit', topology, '-e', evidenceFile, '-o', `json=${reportFile}`, ...args]);
  const reportText = await readFile(reportFile, 'utf8').catch(() => 'null');
  const report = JSON.parse(reportText) as Report | null;
  if (report === null) throw new Error(`no report; exit ${outcome.status}\n${outcome.stderr}`);
  const judged = await tracegap(['judge', evidenceFile, '--format', 'json']);
  await rm(folder, { recursive: true });
  return { ...outcome, report, reportText, judged };
}

/** `verdict · cause · culprit · certainty`, with suspects and alternatives where there are several. */
function summaryOf({ verdict, findings: [finding] }: HopReport): string {
  if (finding === undefined) return verdict;
  const { cause, alternatives, culprit, suspects, certainty } = finding;
  const who = culprit ?? (suspects.length > 0 ? `suspects ${suspects.join(', ')}` : undefined);
  const which = alternatives.length === 0 ? cause : `${cause} or ${alternatives.join(' or ')}`;
  return [verdict, which, who, certainty].filter((part) => part !== undefined).join(' · ');
}

/** The verdicts of a report by `from -> to`. */
export function verdictsOf({ hops }: Report): Record<string, string> {
  return Object.fromEntries(hops.map((hop) => [`${hop.from} -> ${hop.to}`, summaryOf(hop)]));
}
