/** Which variables may stand where in a topology file. */
import type { Position } from '../model/topology.ts';
import { entryOf, type Located, type Path } from './located.ts';
import { pathKey } from './shape.ts';
import type { Reference } from './template.ts';

type Kind = Reference['kind'];

/** What a variable finds where it stands. */
export interface Place {
  allowed: ReadonlySet<Kind>;
  /** Names that a `save` has given by then. */
  saved: readonly string[];
}

const NAMES: ReadonlySet<Kind> = new Set(['env']);
const CREDENTIALS: ReadonlySet<Kind> = new Set(['env', 'secret', 'file']);
const SENT: ReadonlySet<Kind> = new Set(['env', 'secret', 'file', 'probe', 'saved']);

/** Baggage is context, and the context that was sent is shown and saved. */
const BAGGAGE: ReadonlySet<Kind> = new Set(['env', 'probe']);

/** Keys of what is sent that say where to or how, not what. */
const NOT_SENT = ['to', 'method', 'save', 'file'];

/** Which key of a request, record or message a path leads through; undefined outside of them. */
export function sentKey(path: Path): string | number | undefined {
  const [section, , part] = path;
  if (section === 'nodes' && part === 'isolate') return path[4];
  if (section !== 'flows') return undefined;
  if (part === 'send') return path[4];
  return part === 'before' || part === 'after' ? path[5] : undefined;
}

function savesOf(root: Located, flow: string | number | undefined, part: string): string[] {
  const steps = entryOf(entryOf(entryOf(root, 'flows')?.value, flow ?? '')?.value, part)?.value;
  const transports = steps?.kind === 'list' ? steps.items : steps === undefined ? [] : [steps];
  return transports.flatMap((transport) => {
    const save = entryOf(entryOf(transport, 'http')?.value, 'save')?.value;
    return save?.kind === 'map' ? save.entries.map(({ key }) => key) : [];
  });
}

/** What may stand at a path. */
export function placeOf(root: Located, path: Path): Place {
  const key = sentKey(path);
  if (key !== undefined) {
    const [section, flow, part] = path;
    const parts = section !== 'flows' ? [] : part === 'after' ? ['before', 'send', 'after'] : ['before'];
    const allowed = NOT_SENT.includes(String(key)) ? NAMES : SENT;
    return { allowed, saved: parts.flatMap((each) => savesOf(root, flow, each)) };
  }
  if (path[0] === 'flows' && path[2] === 'baggage') return { allowed: BAGGAGE, saved: [] };
  const credentials = path.some((step) =>
    ['url', 'forward', 'export', 'tls', 'sasl', 'headers'].includes(String(step)),
  );
  return { allowed: credentials ? CREDENTIALS : NAMES, saved: [] };
}

/** A text in which variables may stand. */
export interface PlacedText {
  text: string;
  at: Position;
  path: Path;
}

/** Every text that variables may stand in, with its path. */
export function* textsOf(node: Located, path: Path, skip: ReadonlySet<string>): Generator<PlacedText> {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string') yield { text: node.value, at: node.at, path };
  } else if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* textsOf(item, [...path, index], skip);
  } else {
    for (const { key, keyAt, value } of node.entries) {
      const inside = [...path, key];
      if (skip.has(pathKey(inside))) continue;
      if (sentKey(path) === 'json') yield { text: key, at: keyAt, path };
      yield* textsOf(value, inside, skip);
    }
  }
}
