/** Where spans come from. */
import type { SourceConfig, Template } from '../model/topology.ts';
import { viewUrl } from './addresses.ts';
import type { OtlpFile, SourceFile } from './file.ts';
import type { Path } from './located.ts';
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

/** HTTP is what one gets without asking for anything, and not beside a gRPC that was asked for alone. */
function receiverOf(reading: Reading, { http, grpc, tls, forward }: OtlpFile, name: string, path: Path): SourceConfig {
  const listens = http ?? (grpc === undefined ? RECEIVER : undefined);
  if (forward !== undefined) checkForward(reading, forward, listens, path);
  return {
    kind: 'otlp',
    name,
    ...(listens === undefined ? {} : { http: listens }),
    ...(grpc === undefined ? {} : { grpc }),
    ...(tls === undefined ? {} : { tls }),
    ...(forward === undefined ? {} : { forward }),
  };
}

function checkForward(reading: Reading, forward: Template, http: string | undefined, path: Path): void {
  const view = viewUrl(forward, reading.name);
  const at = reading.valueAt(...path, 'forward');
  if (view === 'hidden') return;
  if (view === 'no url' || !['http', 'https'].includes(view.scheme)) {
    const written = JSON.stringify(reading.name(forward).replace(/\/\/.*@/, '//…@'));
    const hint = 'OTLP is passed on over HTTP: give the port that speaks it, most often 4318.';
    reading.error(at, `\`forward\` must begin with http:// or https://, and is ${written}`, hint);
  } else if (http !== undefined && view.address === http) {
    reading.error(at, '`forward` is where this receiver listens itself', 'Let one of the two have another port.');
  }
}

function configOf(reading: Reading, source: SourceFile, name: string, index: number): SourceConfig[] {
  if (source.otlp !== undefined) return [receiverOf(reading, source.otlp ?? {}, name, ['sources', index, 'otlp'])];
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
    return configOf(reading, source, name, index);
  });
}
