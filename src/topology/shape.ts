/** Located tree → typed topology file, or what is wrong with its shape. */
import type { z } from 'zod';
import type { TopologyFile } from './file.ts';
import { type Fault, find, type Located, type Path, plainOf } from './located.ts';
import { topologyFile } from './schema-file.ts';
import { faultsOf } from './shape-faults.ts';
import { flatIssues, type Issue } from './shape-issues.ts';

/** What a scalar of the environment alone is worth: `unset` where one of its variables has no value. */
export type Expansion = { value: string } | 'unset' | 'not the environment alone';

export interface Shape {
  /** The parts of the file whose shape is right; absent where too little is left to say more. */
  file?: TopologyFile;
  /** Whether parts had to be left out. */
  whole: boolean;
  faults: Fault[];
  /** Paths of the `x-*` and `$schema` keys that are no part of the topology, each joined by {@link pathKey}. */
  extensions: ReadonlySet<string>;
}

const EXTENSION = /^x-|^\$schema$/;

/** A path as one string. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function holderOf(root: unknown, path: Path): Record<string | number, unknown> | undefined {
  let value = root;
  for (const step of path.slice(0, -1)) value = isHolder(value) ? value[step] : undefined;
  return isHolder(value) ? value : undefined;
}

function put(root: unknown, path: Path, value: unknown): void {
  const holder = holderOf(root, path);
  const last = path.at(-1);
  if (holder !== undefined && last !== undefined) holder[last] = value;
}

function remove(root: unknown, path: Path): boolean {
  const holder = holderOf(root, path);
  const last = path.at(-1);
  return holder !== undefined && last !== undefined && Object.hasOwn(holder, last) && delete holder[last];
}

/** A scalar that is only a variable takes the type that is wanted there. */
function typed(value: string): string | number | boolean {
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  return value === 'true' || value === 'false' ? value === 'true' : value;
}

function check(value: unknown): { data?: TopologyFile; issues: Issue[] } {
  const result = topologyFile.safeParse(value, { error: () => '' } satisfies z.core.ParseContext<z.core.$ZodIssue>);
  return result.success ? { data: result.data, issues: [] } : { issues: flatIssues(result.error.issues) };
}

/**
 * How much of the file an issue leaves unusable: a node, a flow, a policy, a key of the file. A part that is wrong in
 * one place is left out whole, so that what is said of the rest is true.
 */
function partOf(path: Path): Path {
  const [section, , third] = path;
  if (section === 'nodes' || (section === 'hops' && path.length > 1)) return path.slice(0, 2);
  if (section !== 'flows') return path.slice(0, 1);
  if (third === undefined || third === 'send' || third === 'through') return path.slice(0, 2);
  return path.slice(0, third === 'hops' && path.length > 3 ? 4 : 3);
}

/** What is left once every part with an issue is gone. */
function salvage(value: unknown, issues: readonly Issue[]): TopologyFile | undefined {
  for (const issue of issues) {
    if (issue.path[0] === 'version') put(value, ['version'], 1);
    else remove(value, issue.code === 'unknown-key' ? issue.path : partOf(issue.path));
  }
  return check(value).data;
}

/**
 * Checks a file's shape against the one schema of it.
 * @param expand what the text at a place is worth, for places where something else than free text is wanted
 */
export function shapeOf(root: Located, expand: (text: string) => Expansion): Shape {
  const value = plainOf(root);
  const extensions = new Set<string>();
  const tried = new Map<string, string>();
  const skipped = new Set<string>();

  /** Takes out of the way what is no fault: extension keys, and variables where a number or the like is wanted. */
  function settled(issue: Issue): boolean {
    const key = pathKey(issue.path);
    if (issue.code === 'unknown-key' && EXTENSION.test(String(issue.path.at(-1)))) {
      extensions.add(key);
      return remove(value, issue.path);
    }
    const node = find(root, issue.path);
    if (node?.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.includes('${') || tried.has(key)) {
      return false;
    }
    const expansion = expand(node.value);
    if (expansion === 'not the environment alone') return false;
    if (expansion === 'unset') {
      skipped.add(key);
      return false;
    }
    tried.set(key, expansion.value);
    put(value, issue.path, typed(expansion.value));
    return true;
  }

  let { data, issues } = check(value);
  while (issues.filter(settled).length > 0) ({ data, issues } = check(value));
  const faults = faultsOf(
    root,
    issues.filter((issue) => !skipped.has(pathKey(issue.path))),
    tried,
  );
  const file = data ?? salvage(value, issues);
  return { ...(file === undefined ? {} : { file }), whole: data !== undefined, faults, extensions };
}
