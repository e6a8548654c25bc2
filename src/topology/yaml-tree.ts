/** A parsed YAML document → located tree: aliases and merges applied, keys that stand twice and traps told of. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Position } from '../model/topology.ts';
import type { Fault, Located, LocatedEntry, LocatedMap, LocatedScalar } from './located.ts';
import { trapIn, unmask } from './yaml-traps.ts';

/** A file that is larger than this once its aliases are written out was made to be. */
const MOST_VALUES = 100_000;

/** A document that was parsed. */
export interface Parsed {
  document: Document;
  /** What was parsed, with traps masked; offsets are the file's. */
  text: string;
  positionAt: (offset: number) => Position;
}

interface Walk extends Parsed {
  faults: Fault[];
  /** What each alias stands for. */
  targets: Map<Alias, Node>;
  /** Collections that are being walked just now. */
  open: Set<Node>;
  values: number;
}

/** What each alias stands for: the last anchor of its name before it. */
function targetsOf(document: Document): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    },
  });
  return targets;
}

function nothing(at: Position): LocatedScalar {
  return { kind: 'scalar', value: null, source: '', at };
}

function locateScalar(walk: Walk, node: Scalar, at: Position): LocatedScalar {
  const source = node.source ?? '';
  const trap = node.type === 'PLAIN' ? trapIn(source) : undefined;
  if (trap !== undefined) walk.faults.push({ at, ...trap });
  const rest = source === '' && node.range ? walk.text.slice(node.range[0]) : '';
  const comment = /^[ \t]*(#[^\r\n]*)/.exec(rest)?.[1];
  return {
    kind: 'scalar',
    value: typeof node.value === 'string' ? unmask(node.value) : (node.value as LocatedScalar['value']),
    source: unmask(source),
    ...(comment === undefined ? {} : { comment }),
    at,
  };
}

function locateAlias(walk: Walk, node: Alias, at: Position): Located {
  const target = walk.targets.get(node);
  if (target !== undefined && !walk.open.has(target)) return { ...locate(walk, target), at };
  const written = `*${node.source}`;
  walk.faults.push(
    target === undefined
      ? {
          at,
          message: `YAML reads \`${written}\` as an alias, and no anchor \`&${node.source}\` stands before it`,
          hint: `If it is text, quote it: ${JSON.stringify(written)}.`,
        }
      : { at, message: `The alias \`${written}\` stands inside what it stands for`, hint: 'Write it out instead.' },
  );
  return { kind: 'scalar', value: written, source: written, at };
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && typeof pair.key.value === 'symbol';
}

/** The mappings that a `<<` merges, the strongest first. */
function merged(walk: Walk, pair: Pair): LocatedMap[] {
  const value = locate(walk, pair.value as Node);
  const parts = value.kind === 'list' ? value.items : [value];
  const maps = parts.filter((part) => part.kind === 'map');
  if (maps.length < parts.length && !walk.faults.some(({ at }) => at === value.at)) {
    const hint = 'Write `<<: *anchor`, and `&anchor` before the mapping that is meant.';
    walk.faults.push({ at: value.at, message: '`<<` merges mappings, and this is none', hint });
  }
  return maps;
}

function locateEntry(walk: Walk, pair: Pair): LocatedEntry {
  const keyNode = pair.key as Node;
  const keyAt = walk.positionAt(keyNode.range?.[0] ?? 0);
  const key = isScalar(keyNode) ? locateScalar(walk, keyNode, keyAt) : nothing(keyAt);
  if (!isScalar(keyNode)) {
    walk.faults.push({ at: keyAt, message: 'A key must be text, and this is none', hint: 'Quote it if it is text.' });
  }
  const value = pair.value === null ? nothing(keyAt) : locate(walk, pair.value as Node);
  const empty = value.kind === 'scalar' && value.value === null && value.source === '';
  return {
    key: typeof key.value === 'string' ? key.value : key.source,
    keyAt,
    value: empty ? { ...value, at: keyAt } : value,
  };
}

function locateMap(walk: Walk, node: YAMLMap, at: Position): LocatedMap {
  const entries = new Map<string, LocatedEntry>();
  for (const entry of node.items.filter((pair) => !isMerge(pair)).map((pair) => locateEntry(walk, pair))) {
    const twice = entries.get(entry.key);
    if (twice !== undefined) {
      const hint = `The first is in line ${twice.keyAt.line}; keep one.`;
      walk.faults.push({ at: entry.keyAt, message: `\`${entry.key}\` stands here twice`, hint });
    }
    entries.set(entry.key, entry);
  }
  for (const map of node.items.filter(isMerge).flatMap((pair) => merged(walk, pair))) {
    for (const entry of map.entries) {
      if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
  }
  return { kind: 'map', entries: [...entries.values()], at };
}

function locate(walk: Walk, node: Node): Located {
  const at = walk.positionAt(node.range?.[0] ?? 0);
  walk.values += 1;
  if (walk.values > MOST_VALUES) return nothing(at);
  if (isAlias(node)) return locateAlias(walk, node, at);
  if (!isMap(node) && !isSeq(node)) return locateScalar(walk, node as Scalar, at);
  walk.open.add(node);
  const located: Located = isMap(node)
    ? locateMap(walk, node, at)
    : { kind: 'list', items: node.items.map((item) => locate(walk, item as Node)), at };
  walk.open.delete(node);
  return located;
}

/** The tree of a document; `root` is absent where it holds nothing. */
export function locatedTree(parsed: Parsed): { root?: Located; faults: Fault[] } {
  const walk: Walk = { ...parsed, faults: [], targets: targetsOf(parsed.document), open: new Set(), values: 0 };
  const root =
    parsed.document.contents === null ? nothing({ line: 1, column: 1 }) : locate(walk, parsed.document.contents);
  if (walk.values > MOST_VALUES) {
    const message = `The file holds more than ${MOST_VALUES} values once its aliases are written out`;
    return { faults: [{ at: { line: 1, column: 1 }, message, hint: 'Use fewer aliases inside aliases.' }] };
  }
  return root.kind === 'scalar' && root.value === null ? { faults: walk.faults } : { root, faults: walk.faults };
}
