/** What the language has and the program has not yet: the file may say it, `audit` and `collect` refuse it. */
import type { FlowFile, SourceFile } from './file.ts';
import type { Path } from './located.ts';
import type { Reading } from './reading.ts';
import { kindOf } from './sources.ts';

const STORES = ['jaeger', 'tempo', 'zipkin', 'clickhouse'];

/** Tells of each of some keys that stands in a mapping. */
function tellOf(reading: Reading, mapping: object, keys: readonly string[], ...path: Path): void {
  for (const key of keys.filter((each) => Object.hasOwn(mapping, each))) {
    reading.later(reading.keyAt(...path, key), `\`${key}\``);
  }
}

function inSource(reading: Reading, source: SourceFile, index: number): void {
  const kind = kindOf(source);
  if (STORES.includes(kind)) {
    reading.later(reading.keyAt('sources', index, kind), `\`${kind}\` as a source`);
  } else {
    tellOf(reading, source[kind] ?? {}, ['grpc', 'forward', 'delay', 'tls'], 'sources', index, kind);
  }
}

function inFlow(reading: Reading, name: string, flow: FlowFile): void {
  if (flow.send === 'none') reading.later(reading.valueAt('flows', name, 'send'), '`send: none`');
}

/** Tells of everything in the file that is not supported yet. */
export function tellOfLater(reading: Reading): void {
  const { file } = reading;
  for (const [index, source] of (file.sources ?? []).entries()) inSource(reading, source, index);
  for (const [name, flow] of Object.entries(file.flows)) inFlow(reading, name, flow);
}
