/** Flows as they are run and judged. */
import type { FlowConfig, SendConfig } from '../model/reach.ts';
import type { FlowRecord, NodeRecord } from '../model/topology.ts';
import type { FlowFile, TransportFile } from './file.ts';
import { type BareHop, hopsOf, routesOf } from './hops.ts';
import type { Path } from './located.ts';
import { isMediator } from './nodes.ts';
import type { Reading } from './reading.ts';
import {
  carriesMarker,
  checkHeaders,
  checkMarker,
  checkTarget,
  pairsOf,
  sendConfigOf,
  transportInto,
  transportOf,
} from './sends.ts';

/** The baggage entry that every probe has. */
const PROBE_ENTRY = 'tracegap.probe';

/** One flow, read. */
export interface ReadFlow {
  hops: BareHop[];
  /** Whether all of its hops are known. */
  whole: boolean;
  record: FlowRecord;
  /** Absent where the flow sends nothing. */
  config?: FlowConfig;
}

/** The node that something is sent to; the first one of the flow's first chain unless said. */
function targetOf(reading: Reading, flow: string, file: TransportFile): string {
  return file[transportOf(file)]?.to ?? routesOf(reading, flow)[0]?.names[0] ?? '';
}

/** Reads the requests before or after a probe. */
function readSteps(reading: Reading, flow: string, steps: readonly TransportFile[] = [], path: Path): SendConfig[] {
  return steps.map((step, index) => {
    const to = targetOf(reading, flow, step);
    checkTarget(reading, step, to, [...path, index]);
    checkHeaders(reading, step, [...path, index]);
    return sendConfigOf(reading, step, to, [...path, index]);
  });
}

/** Warns of a request before the probe that what it sets off would be taken for the probe's. */
function warnOfMarker(reading: Reading, steps: readonly SendConfig[], path: Path): void {
  for (const [index, step] of steps.entries()) {
    if (!carriesMarker(step)) continue;
    const message = `\`\${probe.id}\` in a request before the probe ties what that sets off to the probe`;
    reading.warning(reading.keyAt(...path, index), message, `Use \${probe.number} or \${probe.traceId} there.`);
  }
}

const MS_PER: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** The shortest time between two probes; the rate has the form of one. */
function paceOf({ rate }: FlowFile): Pick<FlowConfig, 'paceMs'> {
  const [count = '', unit = ''] = rate?.split('/') ?? [];
  const paceMs = (MS_PER[unit] ?? Number.NaN) / Number(count);
  return Number.isFinite(paceMs) ? { paceMs } : {};
}

/** Warns of a hop that ends where nothing looks. */
function warnOfBlindEnd(reading: Reading, hop: BareHop, nodes: ReadonlyMap<string, NodeRecord>): void {
  const end = nodes.get(hop.to);
  if (end === undefined || end.tapped || (!isMediator(end) && end.kind !== 'external')) return;
  const broker = end.kind === 'kafka' || end.kind === 'rabbitmq' || end.kind === 'channel';
  const hint = broker
    ? 'Let the chain go on to the service that consumes from it.'
    : `Give \`${hop.to}\` a \`tap: { listen: … }\`.`;
  reading.warning(hop.at, `\`${hop.id}\` can never be judged: it ends at \`${hop.to}\`, and no tap watches that`, hint);
}

/** The entries that go beside the probe's own. */
function baggageOf(reading: Reading, { baggage }: FlowFile, path: Path): FlowConfig['baggage'] {
  if (baggage !== undefined && Object.hasOwn(baggage, PROBE_ENTRY)) {
    reading.error(reading.keyAt(...path, PROBE_ENTRY), `\`${PROBE_ENTRY}\` is the probe's own entry`, 'Take it out.');
  }
  return pairsOf(reading, baggage, path);
}

/** Reads one flow: what it sends, where to, and its hops. */
export function readFlow(
  reading: Reading,
  name: string,
  flow: FlowFile,
  nodes: ReadonlyMap<string, NodeRecord>,
): ReadFlow {
  const path = ['flows', name];
  const before = readSteps(reading, name, flow.before, [...path, 'before']);
  warnOfMarker(reading, before, [...path, 'before']);
  const after = readSteps(reading, name, flow.after, [...path, 'after']);
  const routes = routesOf(reading, name);
  const at = reading.keyAt(...path);
  const chains = routes.map(({ names }) => names);
  if (flow.send === 'none') {
    const first = chains[0]?.[0] ?? '';
    const transport = transportInto(nodes.get(first)?.kind);
    const record: FlowRecord = { sendTo: first, transport, send: 'none', chains, at };
    return { ...hopsOf(reading, name, { nodes, sendTo: first }), record };
  }

  const send = sendConfigOf(reading, flow.send, targetOf(reading, name, flow.send), [...path, 'send']);
  checkHeaders(reading, flow.send, [...path, 'send']);
  checkMarker(reading, send, `\`${name}\` sends`, reading.keyAt(...path, 'send'));
  const known = checkTarget(reading, flow.send, send.to, [...path, 'send']);
  const { hops, whole } = hopsOf(reading, name, { nodes, sendTo: known ? send.to : undefined });
  for (const hop of hops) warnOfBlindEnd(reading, hop, nodes);
  const record: FlowRecord = {
    sendTo: send.to,
    transport: send.transport,
    chains,
    at,
  };
  const config: FlowConfig = {
    before,
    send,
    after,
    ...paceOf(flow),
    repeat: flow.repeat ?? 1,
    concurrency: flow.concurrency ?? 1,
    baggage: baggageOf(reading, flow, [...path, 'baggage']),
    control: flow.control ?? false,
  };
  return { hops, whole, record, config };
}
