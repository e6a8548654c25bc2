/** Reads what the user named: a topology file, saved evidence, JSON. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Evidence } from '../model/evidence.ts';
import type { InputProblem } from '../model/problem.ts';
import type { Topology } from '../model/topology.ts';
import type { ReadResult } from '../topology/read.ts';
import { userError } from './user-error.ts';

/** What a topology file is called that nobody named. */
export const DEFAULT_TOPOLOGY = 'tracegap.yaml';

/** A topology: the path of its file, or its text. */
export type TopologyInput =
  | string
  | {
      /** YAML or JSON. */
      text: string;
      /** What the file is called in problems and reports, and the folder that relative paths count from; default `tracegap.yaml`. */
      file?: string;
    };

/** The topology with its warnings; @throws a user error with every problem that keeps it from being used */
export async function loadTopology(
  input: TopologyInput,
  env: NodeJS.ProcessEnv,
): Promise<{ topology: Topology; warnings: InputProblem[] }> {
  const { topology, problems } = await readTopologyFile(input, env, 'error');
  const stopping = problems.filter(({ severity }) => severity !== 'warning');
  if (stopping.length > 0 || topology === undefined) {
    throw userError(stopping.map(describeProblem).join('\n'), { code: 'bad-topology', problems: stopping });
  }
  return { topology, warnings: problems };
}

/** The file as read, whatever its problems. */
export async function readTopologyFile(
  input: TopologyInput,
  env: NodeJS.ProcessEnv,
  unset: 'error' | 'warning',
): Promise<ReadResult> {
  const { text, file = DEFAULT_TOPOLOGY } = typeof input === 'string' ? { text: undefined, file: input } : input;
  const bytes = text === undefined ? await readInput(file, 'topology file') : Buffer.from(text);
  const { readTopology } = await import('../topology/read.ts');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const read = readTopology(bytes.toString('utf8'), { file, env, sha256, unset });
  return withFiles(read, file, unset);
}

/** Reads the files that the topology names; one that cannot be read is as bad as a variable that is not set. */
async function withFiles(read: ReadResult, file: string, severity: 'error' | 'warning'): Promise<ReadResult> {
  const { besideTopology } = await import('../engine/targets.ts');
  const files: Topology['files'] = {};
  const problems: InputProblem[] = [];
  for (const { path, at } of read.files) {
    try {
      files[path] = await readFile(besideTopology(file, path));
    } catch (error) {
      const message = `cannot read \`${path}\`: ${reasonOf(error)}`;
      const hint = 'A relative path counts from the folder of the topology file.';
      problems.push({ file, ...at, message, hint, severity });
    }
  }
  if (problems.length === 0)
    return read.topology === undefined ? read : { ...read, topology: { ...read.topology, files } };
  const all = [...read.problems, ...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const { topology, ...rest } = read;
  const isSound = topology !== undefined && severity === 'warning';
  return { ...rest, problems: all, ...(isSound ? { topology: { ...topology, files } } : {}) };
}

/** `tracegap.yaml:12:5: message` and the hint below it. */
export function describeProblem({ file, line, column, message, hint, severity }: InputProblem): string {
  const label = severity === 'warning' ? 'warning: ' : '';
  return `${file}:${line}:${column}: ${label}${message}${hint === undefined ? '' : `\n  ${hint}`}`;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read by this user',
};

/** A file that the user named; @throws a user error that says why it cannot be read */
async function readInput(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw userError(`cannot read the ${what} ${file}: ${reasonOf(error)}`);
  }
}

/** Saved evidence that the user named; @throws a user error where it is none */
export async function readEvidence(file: string): Promise<Evidence> {
  const value = await readJson(file, 'evidence file');
  const { parseEvidence } = await import('../evidence/parse-evidence.ts');
  const { evidence, problems } = parseEvidence(value);
  if (evidence !== undefined) return evidence;
  throw userError(`${file} is not evidence of tracegap:\n${problems.map((each) => `  ${each}`).join('\n')}`);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? code;
}

/** JSON that the user named; @throws a user error where it cannot be read or does not parse */
export async function readJson(file: string, what: string): Promise<unknown> {
  const text = (await readInput(file, what)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw userError(`the ${what} ${file} is not JSON: ${reason}`);
  }
}
