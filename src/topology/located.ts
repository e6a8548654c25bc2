/** A topology file as a tree in which everything knows where it stands. */
import type { Position } from '../model/topology.ts';

/** Keys and list indexes from the top of the file. */
export type Path = readonly (string | number)[];

export interface LocatedScalar {
  kind: 'scalar';
  value: string | number | boolean | null;
  /** As it stands in the file, without quotes: a number keeps its zeros and all its digits. */
  source: string;
  /** The comment that stands where the value should be (`binding: #.x`). */
  comment?: string;
  at: Position;
}

export interface LocatedList {
  kind: 'list';
  items: Located[];
  at: Position;
}

export interface LocatedEntry {
  key: string;
  keyAt: Position;
  value: Located;
}

export interface LocatedMap {
  kind: 'map';
  /** Merges are applied; what came by a merge stands where it was written. */
  entries: LocatedEntry[];
  at: Position;
}

export type Located = LocatedScalar | LocatedList | LocatedMap;

/** A problem before anyone has said how bad it is. */
export interface Fault {
  at: Position;
  message: string;
  hint?: string;
}

/** The entry of a mapping under a key. */
export function entryOf(node: Located | undefined, key: string | number): LocatedEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** What stands at a path, or undefined where nothing does. */
export function find(root: Located, path: Path): Located | undefined {
  let node: Located | undefined = root;
  for (const step of path) {
    node = node?.kind === 'list' ? node.items[Number(step)] : entryOf(node, step)?.value;
  }
  return node;
}

/** Where the key at the end of a path stands; of a list item, the item; of what is missing, whatever should hold it. */
export function keyPosition(root: Located, path: Path): Position {
  for (let length = path.length; length > 0; length--) {
    const parent = find(root, path.slice(0, length - 1));
    const step = path[length - 1] ?? '';
    const at = entryOf(parent, step)?.keyAt ?? (parent?.kind === 'list' ? parent.items[Number(step)]?.at : undefined);
    if (at !== undefined) return at;
  }
  return root.at;
}

/** Where the value at a path stands; of what is missing, the key of whatever should hold it. */
export function valuePosition(root: Located, path: Path): Position {
  return find(root, path)?.at ?? keyPosition(root, path);
}

/** The bare values, as JSON would have them. */
export function plainOf(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainOf(value)]));
}
