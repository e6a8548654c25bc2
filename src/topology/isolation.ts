/** What may be sent straight to a node, with its consent (`isolate`). */
import type { SendConfig } from '../model/reach.ts';
import type { NodeKind } from '../model/topology.ts';
import type { TransportFile } from './file.ts';
import type { Path } from './located.ts';
import type { Reading } from './reading.ts';
import { checkHeaders, checkMarker, checkTarget, sendConfigOf, transportOf } from './sends.ts';

type Broker = Exclude<SendConfig['transport'], 'http'>;

function kindOf(reading: Reading, name: string): NodeKind {
  return reading.file.nodes[name]?.kind ?? 'service';
}

/** Tells of something that would not go straight to the node. */
function checkStraight(reading: Reading, name: string, file: TransportFile, path: Path): boolean {
  const transport = transportOf(file);
  const to = file[transport]?.to ?? name;
  const kind = kindOf(reading, name);
  const consumes = transport !== 'http' && kind === 'service';
  if (consumes === (to !== name)) return true;
  const at = reading.valueAt(...path, transport, 'to');
  if (consumes) {
    const message = `\`${name}\` takes nothing over ${transport} itself, and no \`to\` says what it consumes from`;
    reading.error(at, message, brokerHint(reading, transport));
  } else {
    const message = `\`isolate\` of \`${name}\` would be sent to \`${to}\`, not straight to \`${name}\``;
    reading.error(
      at,
      message,
      'Leave out `to`; only a service that consumes names one: the broker node that it reads.',
    );
  }
  return false;
}

function brokerHint(reading: Reading, transport: Broker): string {
  const brokers = reading.nodeNames.filter((name) => kindOf(reading, name) === transport);
  if (brokers.length === 0) return `Declare a node of kind ${transport}, and name it with \`to\`.`;
  return `Such as ${brokers.map((name) => `\`to: ${name}\``).join(' or ')}.`;
}

/** Reads the `isolate` of every node that has one. */
export function readIsolation(reading: Reading): Record<string, SendConfig> {
  const sends = Object.entries(reading.file.nodes).flatMap(([name, node]): [string, SendConfig][] => {
    const file = node?.isolate;
    if (file === undefined) return [];
    const path = ['nodes', name, 'isolate'];
    const send = sendConfigOf(reading, file, file[transportOf(file)]?.to ?? name, path);
    if (checkStraight(reading, name, file, path)) checkTarget(reading, file, send.to, path);
    checkHeaders(reading, file, path);
    checkMarker(reading, send, `is sent straight to \`${name}\``, reading.keyAt(...path));
    return [[name, send]];
  });
  return Object.fromEntries(sends);
}
