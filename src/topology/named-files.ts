/** The files that a topology names: bodies, `${file:…}` and what TLS needs. */
import type { Position } from '../model/topology.ts';
import type { Located } from './located.ts';
import type { Environment } from './reading.ts';
import { expandTemplate, referencesIn } from './template.ts';
import { sentKey, textsOf } from './variable-places.ts';

/** A file, each time that it is named. */
export interface NamedFile {
  /** As written, with the environment put in; a relative one counts from the topology file. */
  path: string;
  at: Position;
}

const TLS_FILES: readonly unknown[] = ['caFile', 'certFile', 'keyFile'];

function isPath(path: readonly (string | number)[]): boolean {
  if (path.at(-2) === 'tls') return TLS_FILES.includes(path.at(-1));
  return sentKey(path) === 'file' && path.at(-1) === 'file';
}

/**
 * Every file that is to be read before anything is sent. A path that hangs on a secret or on what is not set is left out.
 * @param extensions keys that are no part of the topology
 */
export function* namedFiles(
  root: Located,
  extensions: ReadonlySet<string>,
  env: Environment,
): Generator<NamedFile, void, undefined> {
  for (const { text, at, path } of textsOf(root, [], extensions)) {
    const references = referencesIn(text);
    for (const { kind, name } of references) if (kind === 'file') yield { path: name, at };
    const known = references.every(
      ({ kind, name, fallback }) => kind === 'env' && (env[name] !== undefined || fallback !== undefined),
    );
    if (isPath(path) && known) yield { path: expandTemplate(text, ({ name }) => env[name]), at };
  }
}
