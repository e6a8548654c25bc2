/** Where spans come from. */
import type { SourceConfig } from '../model/topology.ts';
import type { SourceFile } from './file.ts';
import type { Reading } from './reading.ts';

/** Where the receiver listens unless the file says otherwise. */
export const RECEIVER = '127.0.0.1:4318';

const KINDS = ['otlp', 'otlp-file', 'jaeger', 'tempo', 'zipkin', 'clickhouse'] as const;

/** The key under which a source stands. */
export function kindOf(source: SourceFile): (typeof KINDS)[number] {
  return KINDS.find((kind) => source[kind] !== undefined) ?? 'otlp';
}

/** A name that no source before has: its kind, numbered from the second on. */
function freeName(kind: string, taken: ReadonlySet<string>): string {
  for (let number = 2, name = kind; ; name = `${kind}-${number++}`) {
    if (!taken.has(name)) return name;
  }
}

function configOf(reading: Reading, source: SourceFile, name: string): SourceConfig[] {
  if (source.otlp !== undefined) return [{ kind: 'otlp', name, http: source.otlp?.http ?? RECEIVER }];
  const file = source['otlp-file'];
  return file === undefined ? [] : [{ kind: 'otlp-file', name, path: reading.name(file.path) }];
}

/** The sources that can be opened; those that are not supported yet are left out. */
export function readSources(reading: Reading): SourceConfig[] {
  const sources = reading.file.sources ?? [{ otlp: {} }];
  const names = new Set<string>();
  return sources.flatMap((source, index) => {
    const kind = kindOf(source);
    const given = source[kind]?.name;
    const name = given === undefined ? freeName(kind, names) : reading.name(given);
    if (names.has(name)) {
      const at = reading.valueAt('sources', index, kind, 'name');
      reading.error(at, `Another source is called \`${name}\``, 'Give each a name of its own.');
    }
    names.add(name);
    return configOf(reading, source, name);
  });
}
