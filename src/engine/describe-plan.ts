/** A plan as text: variables and ids as placeholders, every other byte as it will be sent. */
import type { EvidenceOptions } from '../model/evidence.ts';
import { pathOf } from '../model/path.ts';
import type { SaveFrom, SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import type { ProbeTarget } from '../probes/probe.ts';
import { written } from '../topology/template.ts';
import { describeBody } from './body.ts';
import { conformanceProbes } from './conformance.ts';
import { describeSource } from './describe-sources.ts';
import { describeTap, describeTarget } from './describe-targets.ts';
import { contextOf, type Header, planProbe, probeLookup } from './plan.ts';
import { planStep, planTaps, planTarget } from './targets.ts';

/** Stand for what only the run knows; put back as placeholders below. */
const IDS = {
  id: '5eed5eed-0000-4000-a000-5eed5eed5eed',
  traceId: '5eed5eed5eed5eed5eed5eed5eed5eed',
  spanId: '5eed5eed5eed5eed',
  number: 1,
  index: 0,
};

/** What else than main probes may be sent. */
export type Beside = Pick<EvidenceOptions, 'isolate' | 'conformance'>;

export function describePlan(topology: Topology, flows: string[], { isolate, conformance }: Beside = {}): string {
  const sources = topology.sources.flatMap((source) => describeSource(source, servicesOf(topology)));
  const taps = planTaps(topology, written).map(({ node, target }) => `tap ${node}: ${describeTap(target)}`);
  const sends = flows.flatMap((flow) => describeFlow(topology, flow));
  const nodes = isolate === 'none' ? [] : nodesOf(topology, flows);
  const isolation = nodes.flatMap((node) => describeIsolation(topology, node, isolate === 'all'));
  const canaries =
    isolate === undefined || isolate === 'needed' ? canariesOf(topology, flows).flatMap(describeCanary) : [];
  const asked = new Set<string>();
  const cases = conformance === true ? flows.flatMap((flow) => describeCases(topology, flow, asked)) : [];
  return `${[...sources, ...taps, '', ...sends, ...isolation, ...canaries, ...cases].join('\n').trimEnd()}\n`;
}

function servicesOf({ record }: Topology): string[] {
  return [...new Set(Object.values(record.nodes).flatMap(({ services }) => services))];
}

function describeFlow(topology: Topology, name: string): string[] {
  const flow = topology.flows[name];
  if (flow === undefined) return [`flow ${name}: sends nothing; --trace ${name}=<trace id> names a trace to judge`, ''];
  const { before, send, after, baggage, repeat, concurrency, control, paceMs } = flow;
  const pace = paceMs === undefined ? '' : `, one each ${Math.round(paceMs)} ms at most`;
  const times = `${repeat === 1 ? 'one probe' : `${repeat} probes, ${concurrency} in flight together`}${pace}`;
  return [
    ...describeSteps(topology, `before each probe of ${name}`, before),
    ...describeSend(topology, `flow ${name}: ${times}`, send, contextOf(baggage, IDS, written)),
    ...(control ? describeSend(topology, `control ${name}: one request without context`, send, []) : []),
    ...describeSteps(topology, `after each probe of ${name}`, after),
  ];
}

/** Steps carry no context; their cookies are known only in a run. */
function describeSteps(topology: Topology, what: string, steps: readonly SendConfig[]): string[] {
  return steps.flatMap((step) => {
    const target = planStep(topology, step, written, 0);
    return [`${what}: to ${describeTarget(target)}`, ...indent(describeProbe(topology, target, step, [])), ''];
  });
}

function describeSend(topology: Topology, what: string, send: SendConfig, added: Header[], when = ''): string[] {
  const target = planTarget(topology, send, written, 0);
  return [`${what} to ${describeTarget(target)}${when}`, ...indent(describeProbe(topology, target, send, added)), ''];
}

/** Every node that the flows pass. */
function nodesOf({ record }: Topology, flows: string[]): string[] {
  const hops = record.hops.filter(({ flow }) => flows.includes(flow));
  return [...new Set(hops.flatMap((hop) => [hop.from, ...pathOf(hop)]))];
}

function describeIsolation(topology: Topology, node: string, always: boolean): string[] {
  const send = topology.isolation[node];
  if (send === undefined) return [];
  const added: Header[] = [...contextOf([], IDS, written), ['x-tracegap', 'isolation']];
  const when = always ? '' : ', sent only if a hop is broken and not proved';
  return describeSend(topology, `isolation ${node}:`, send, added, when);
}

/** The same request once for every case of the specification, with the headers of the case. */
function describeCases(topology: Topology, flow: string, asked: Set<string>): string[] {
  return conformanceProbes(topology, flow, asked).flatMap((probes) => {
    const [first] = probes;
    if (first === undefined) return [];
    const added: Header[] = [
      ['<the headers of the case>', ''],
      ['x-tracegap', 'conformance'],
    ];
    const what = `conformance ${first.about?.node}: ${probes.length} requests`;
    const cases = probes.map(({ about, headers }) => {
      const lines = headers(IDS).filter(([name]) => name !== 'x-tracegap');
      return `${about?.case}: ${lines.map(([name, value]) => `${name}: ${value}`).join(' | ')}`;
    });
    return [...describeSend(topology, what, first.send, added), ...indent(cases.map(withPlaceholders)), ''];
  });
}

/** Mediators with `isolate` whose next node has a tap: what they drop can be seen there. */
function canariesOf({ record, isolation }: Topology, flows: string[]): string[] {
  const mediators = record.hops.flatMap((hop) => {
    const path = pathOf(hop);
    return flows.includes(hop.flow) ? hop.via.filter((_, index) => record.nodes[path[index + 1] ?? '']?.tapped) : [];
  });
  return [...new Set(mediators)].filter((node) => isolation[node] !== undefined);
}

function describeCanary(node: string): string[] {
  return [
    `canary ${node}: as isolation ${node}, sent only if ${node} is proved to strip context`,
    ...indent(['x-tracegap: canary']),
    '',
  ];
}

function describeProbe(topology: Topology, target: ProbeTarget, send: SendConfig, added: Header[]): string[] {
  const { message } = planProbe(send, added, IDS, written, topology);
  const body = describeBody(send, probeLookup(IDS, written), topology.files);
  const lines = [
    ...(target.transport === 'http' ? [`${message.method} ${message.path}`] : []),
    ...(message.key === undefined ? [] : [`key: ${message.key}`]),
    ...(target.transport === 'rabbitmq' ? [`routing key: ${message.routingKey}`] : []),
    ...Object.entries(message.properties).map(([name, value]) => `property ${name}: ${value}`),
    ...message.headers.map(([name, value]) => `${name}: ${name === 'baggage' ? withVariables(value) : value}`),
    ...(body === undefined ? [] : ['', body]),
    ...(send.save ?? []).map(([name, from]) => `saved as \${saved.${name}}: ${describeSave(from)}`),
  ];
  return lines.map(withPlaceholders);
}

function describeSave(from: SaveFrom): string {
  return 'header' in from ? `header ${from.header} of the answer` : `${from.json} of the answer`;
}

/** Baggage escapes what it holds, the variables that stand for the environment too. */
function withVariables(baggage: string): string {
  return baggage.replace(/%24%7B.*?%7D/g, decodeURIComponent);
}

function withPlaceholders(line: string): string {
  return line
    .replaceAll(IDS.id, '<probe id>')
    .replaceAll(IDS.traceId, '<trace id>')
    .replaceAll(IDS.spanId, '<span id>');
}

function indent(lines: string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
