/** What every part of the reader works with: the file, where things stand in it, and the list of its problems. */
import type { InputProblem } from '../model/problem.ts';
import type { Template } from '../model/reach.ts';
import type { Position } from '../model/topology.ts';
import type { TopologyFile } from './file.ts';
import { type Fault, find, keyPosition, type Located, type Path, valuePosition } from './located.ts';
import type { Expansion } from './shape.ts';
import { expandTemplate, type Reference, referencesIn, written } from './template.ts';

export type Environment = Record<string, string | undefined>;

/** Where problems are put down as they are found. */
export interface Problems {
  add(severity: InputProblem['severity'], fault: Fault): void;
  /** All of them, each once, in the order of the file. */
  sorted(): InputProblem[];
}

export interface Reading {
  /** The parts whose shape is right. */
  file: TopologyFile;
  /** Whether nothing had to be left out of `file`. */
  whole: boolean;
  /** Whether the file has a node of a name, be its shape right or not. */
  declares(node: string): boolean;
  /** All names that the file has for nodes. */
  nodeNames: string[];
  keyAt(...path: Path): Position;
  valueAt(...path: Path): Position;
  find(...path: Path): Located | undefined;
  /** The text of a scalar as it is written; a number with all its digits. */
  text(...path: Path): string;
  /** A text with the environment put in, for what judging matches on. */
  name(template: Template): string;
  error(at: Position, message: string, hint?: string): void;
  warning(at: Position, message: string, hint?: string): void;
  /** Something that the language has and the program has not yet. */
  later(at: Position, what: string, hint?: string): void;
  /** Something that `validate` takes, and no run begins with. */
  refuse(at: Position, message: string, hint: string): void;
}

/** An empty list of a file's problems. */
export function problemsOf(file: string): Problems {
  const found = new Map<string, InputProblem>();
  return {
    add: (severity, { at, message, hint }) => {
      const problem = {
        file,
        line: at.line,
        column: at.column,
        message,
        ...(hint === undefined ? {} : { hint }),
        severity,
      };
      found.set(JSON.stringify([at.line, at.column, message]), problem);
    },
    sorted: () => [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** What a text is worth where a number or the like is wanted. */
export function expansionOf(template: Template, env: Environment): Expansion {
  const references = referencesIn(template);
  if (references.some(({ kind }) => kind !== 'env')) return 'not the environment alone';
  const unset = references.some(({ name, fallback }) => env[name] === undefined && fallback === undefined);
  return unset ? 'unset' : { value: expandTemplate(template, ({ name }) => env[name]) };
}

function valueIn(env: Environment, { kind, name }: Reference): string | undefined {
  return kind === 'env' ? env[name] : undefined;
}

/** Keeps what has no value as it is written; what has a default takes that. */
function asWritten(reference: Reference): string | undefined {
  return reference.fallback === undefined ? written(reference) : undefined;
}

function scalarText(node: Located | undefined): string {
  if (node?.kind !== 'scalar') return '';
  return typeof node.value === 'string' ? node.value : node.source;
}

/** Something that the language has and the program has not yet. */
function laterFault(at: Position, what: string, hint?: string): Fault {
  return {
    at,
    message: `${what} is not supported yet`,
    hint: hint ?? '`validate` takes it; `audit` and `collect` refuse it.',
  };
}

/** The reading of a file whose shape was checked. */
export function readingOf(
  root: Located,
  { file, whole }: { file: TopologyFile; whole: boolean },
  problems: Problems,
  env: Environment,
): Reading {
  const nodes = find(root, ['nodes']);
  const nodeNames = nodes?.kind === 'map' ? nodes.entries.map(({ key }) => key) : [];
  const add = (severity: InputProblem['severity']) => (at: Position, message: string, hint?: string) =>
    problems.add(severity, { at, message, ...(hint === undefined ? {} : { hint }) });
  return {
    file,
    whole,
    declares: (node) => nodeNames.includes(node),
    nodeNames,
    keyAt: (...path) => keyPosition(root, path),
    valueAt: (...path) => valuePosition(root, path),
    find: (...path) => find(root, path),
    text: (...path) => scalarText(find(root, path)),
    name: (template) => expandTemplate(template, (reference) => valueIn(env, reference) ?? asWritten(reference)),
    error: add('error'),
    warning: add('warning'),
    later: (at, what, hint) => problems.add('later', laterFault(at, what, hint)),
    refuse: (at, message, hint) => problems.add('later', { at, message, hint }),
  };
}
