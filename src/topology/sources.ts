/** Where spans come from. */
import type { SourceConfig, StoreConfig, Template } from '../model/reach.ts';
import { viewUrl } from './addresses.ts';
import type { ClickhouseFile, OtlpFile, SourceFile } from './file.ts';
import type { Path } from './located.ts';
import { tlsOf } from './nodes.ts';
import type { Reading } from './reading.ts';
import { durationMs } from './terms.ts';

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

/** How long spans take to be found where the file does not say it, ms: what services hold back, and what the store does. */
const DELAYS = { jaeger: 5000, zipkin: 5000, tempo: 15_000, clickhouse: 10_000 };

function declaredDelay({ delay }: { delay?: string }): { delayMs?: number } {
  return delay === undefined ? {} : { delayMs: durationMs(delay) };
}

/** HTTP is what one gets without asking for anything, and not beside a gRPC that was asked for alone. */
function receiverOf(reading: Reading, file: OtlpFile, name: string, path: Path): SourceConfig {
  const { http, grpc, tls, forward } = file;
  const listens = http ?? (grpc === undefined ? RECEIVER : undefined);
  if (forward !== undefined) checkForward(reading, forward, listens, path);
  return {
    kind: 'otlp',
    name,
    ...(listens === undefined ? {} : { http: listens }),
    ...(grpc === undefined ? {} : { grpc }),
    ...(tls === undefined ? {} : { tls }),
    ...(forward === undefined ? {} : { forward }),
    ...declaredDelay(file),
  };
}

function checkForward(reading: Reading, forward: Template, http: string | undefined, path: Path): void {
  const hint = 'OTLP is passed on over HTTP: give the port that speaks it, most often 4318.';
  checkUrl(reading, forward, hint, ...path, 'forward');
  const view = viewUrl(forward, reading.name);
  if (view === 'hidden' || view === 'no url' || http === undefined || view.address !== http) return;
  const at = reading.valueAt(...path, 'forward');
  reading.error(at, '`forward` is where this receiver listens itself', 'Let one of the two have another port.');
}

function configOf(reading: Reading, source: SourceFile, index: number, name: string): SourceConfig | undefined {
  const { otlp, 'otlp-file': file } = source;
  if (otlp !== undefined) return receiverOf(reading, otlp ?? {}, name, ['sources', index, 'otlp']);
  if (file !== undefined) {
    return { kind: 'otlp-file', name, path: reading.name(file.path), ...declaredDelay(file) };
  }
  const kind = kindOf(source);
  return kind === 'otlp' || kind === 'otlp-file' ? undefined : storeOf(reading, source, kind, index, name);
}

function storeOf(
  reading: Reading,
  source: SourceFile,
  kind: StoreConfig['kind'],
  index: number,
  name: string,
): StoreConfig | undefined {
  const store: ClickhouseFile | undefined = source[kind];
  if (store === undefined) return undefined;
  const path = ['sources', index, kind];
  checkUrl(reading, store.url, SUCH_AS, ...path, 'url');
  if (store.export !== undefined) checkUrl(reading, store.export, SUCH_AS, ...path, 'export');
  const { delayMs } = declaredDelay(store);
  return {
    kind,
    name,
    url: store.url,
    headers: Object.keys(store.headers ?? {}).map((header) => [header, reading.text(...path, 'headers', header)]),
    ...tlsOf(store.tls),
    ...(store.export === undefined ? {} : { export: store.export }),
    ...(store.database === undefined ? {} : { database: reading.name(store.database) }),
    ...(store.table === undefined ? {} : { table: reading.name(store.table) }),
    delayMs: delayMs ?? DELAYS[kind],
    askAfterMs: delayMs ?? 0,
  };
}

const SUCH_AS = 'Such as http://127.0.0.1:16686.';

function checkUrl(reading: Reading, url: Template, hint: string, ...path: Path): void {
  const view = viewUrl(url, reading.name);
  if (view === 'hidden' || (view !== 'no url' && ['http', 'https'].includes(view.scheme))) return;
  const written = reading.name(url).replace(/\/\/.*@/, '//…@');
  const message = `\`${path.at(-1)}\` must begin with http:// or https://, and is ${JSON.stringify(written)}`;
  reading.error(reading.valueAt(...path), message, hint);
}

/** Every source, in the order of the file. */
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
    return configOf(reading, source, index, name) ?? [];
  });
}
