/** What is wrong with a file's shape, in words, and where. */
import { type Fault, find, keyPosition, type Located, type Path, valuePosition } from './located.ts';
import { suggestion } from './nearest.ts';
import { kindsWith } from './schema-nodes.ts';
import type { Issue } from './shape-issues.ts';
import { TAKEN_NAMES } from './terms.ts';

/** A place in the words of the file: `repeat`, `brokers[0]`, `the file`. */
function placeName(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The file';
  if (typeof last === 'string') return `\`${last}\``;
  return `\`${path.at(-2)}[${last}]\``;
}

function found(node: Located): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  if (node.value === null) return 'empty';
  if (typeof node.value === 'string') return JSON.stringify(node.value);
  return typeof node.value === 'number' ? `the number ${node.source}` : node.source;
}

function oneOf(expected: readonly string[]): string {
  const [last, ...others] = expected.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} or ${last}`;
}

/** Texts that would be of a type if they were not quoted. */
const UNQUOTED: Record<string, RegExp> = {
  'a number': /^-?\d+(?:\.\d+)?$/,
  'true or false': /^(?:true|false)$/,
};

function hintFor(node: Located, issue: Issue & { code: 'unfit' }): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (node.comment !== undefined) {
    return `YAML reads \`${node.comment}\` as a comment; if it is the value, quote it: ${JSON.stringify(node.comment)}.`;
  }
  if (typeof node.value === 'string') {
    if (issue.expected.some((type) => UNQUOTED[type]?.test(node.value as string)))
      return `Write it without quotes: ${node.value}.`;
    return issue.words.length > 0 ? suggestion(node.value, issue.words) : undefined;
  }
  return node.value !== null && issue.expected.includes('text')
    ? `Quote it: ${JSON.stringify(node.source)}.`
    : undefined;
}

function unfit(root: Located, issue: Issue & { code: 'unfit' }, expansions: ReadonlyMap<string, string>): Fault {
  const { path } = issue;
  const node = find(root, path);
  if (node === undefined) {
    const holder = path.length > 1 ? ` in ${placeName(path.slice(0, -1))}` : '';
    const hint = path[0] === 'version' ? 'Write `version: 1`.' : undefined;
    const message = `${placeName(path)} is missing${holder}; expected ${oneOf(issue.expected)}`;
    return { at: keyPosition(root, path), message, ...(hint === undefined ? {} : { hint }) };
  }
  const expansion = expansions.get(JSON.stringify(path));
  const stands = expansion === undefined ? found(node) : `${found(node)}, which is ${JSON.stringify(expansion)}`;
  const hint = hintFor(node, issue);
  const message = `${placeName(path)} must be ${oneOf(issue.expected)}, and is ${stands}`;
  return { at: valuePosition(root, path), message, ...(hint === undefined ? {} : { hint }) };
}

function unknownKey(root: Located, { path, known }: Issue & { code: 'unknown-key' }): Fault {
  const key = String(path.at(-1));
  const kinds = path[0] === 'nodes' && path.length === 3 ? kindsWith(key) : [];
  const hint = kinds.length > 0 ? `It belongs to nodes of kind ${oneOf(kinds)}.` : suggestion(key, known);
  const message = `\`${key}\` is not known here`;
  return { at: keyPosition(root, path), message, ...(hint === undefined ? {} : { hint }) };
}

function badName(root: Located, { path, expected }: Issue & { code: 'bad-name' }): Fault {
  const name = String(path.at(-1));
  const at = keyPosition(root, path);
  if (TAKEN_NAMES.includes(name) && path.length === 2 && path[0] !== 'hops') {
    return {
      at,
      message: `\`${name}\` is taken: it means something of its own in chains and policies`,
      hint: 'Choose another name.',
    };
  }
  return { at, message: `\`${name}\` must be ${expected}` };
}

/**
 * The faults of a file's shape.
 * @param expansions what the text at a path was worth where it is not fit either
 */
export function faultsOf(root: Located, issues: readonly Issue[], expansions: ReadonlyMap<string, string>): Fault[] {
  return issues.map((issue) => {
    if (issue.code === 'unknown-key') return unknownKey(root, issue);
    if (issue.code === 'bad-name') return badName(root, issue);
    if (issue.code === 'crowd') return { at: keyPosition(root, issue.path), message: issue.message };
    return unfit(root, issue, expansions);
  });
}
