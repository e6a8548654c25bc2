/** What the language has and the program has not yet: the file may say it, `audit` and `collect` refuse it. */
import type { FlowFile, NodeFile, TransportFile } from './file.ts';
import type { Path } from './located.ts';
import type { Reading } from './reading.ts';
import { transportOf } from './sends.ts';

const BODIES = ['form', 'text', 'base64', 'file'];

/** Tells of each of some keys that stands in a mapping. */
function tellOf(reading: Reading, mapping: object, keys: readonly string[], ...path: Path): void {
  for (const key of keys.filter((each) => Object.hasOwn(mapping, each))) {
    reading.later(reading.keyAt(...path, key), `\`${key}\``);
  }
}

function inNode(reading: Reading, name: string, node: NodeFile): void {
  const path = ['nodes', name];
  if (node.isolate !== undefined) inTransport(reading, node.isolate, ...path, 'isolate');
  if ('tap' in node && typeof node.tap === 'object') tellOf(reading, node.tap, ['host'], ...path, 'tap');
}

function inTransport(reading: Reading, file: TransportFile, ...path: Path): void {
  const transport = transportOf(file);
  tellOf(reading, file[transport] ?? {}, [...BODIES, 'save'], ...path, transport);
}

function inFlow(reading: Reading, name: string, flow: FlowFile): void {
  const path = ['flows', name];
  if (flow.send !== 'none') inTransport(reading, flow.send, ...path, 'send');
  tellOf(reading, flow, ['before', 'after', 'rate'], ...path);
}

/** Tells of everything in the file that is not supported yet. */
export function tellOfLater(reading: Reading): void {
  const { file } = reading;
  for (const [name, node] of Object.entries(file.nodes)) inNode(reading, name, node ?? {});
  for (const [name, flow] of Object.entries(file.flows)) inFlow(reading, name, flow);
  tellOf(reading, file, ['resolve', 'allowHosts']);
}
