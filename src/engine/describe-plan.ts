/** A plan as text: variables and ids as placeholders, every other byte as it will be sent. */
import type { Topology } from '../model/topology.ts';
import type { ProbeTarget } from '../probes/probe.ts';
import type { TapTarget } from '../taps/tap.ts';
import { written } from '../topology/template.ts';
import { type PlannedProbe, planProbe, planTaps, planTarget } from './plan.ts';

/** Stand for what only the run knows; put back as placeholders below. */
const IDS = {
  id: '5eed5eed-0000-4000-a000-5eed5eed5eed',
  traceId: '5eed5eed5eed5eed5eed5eed5eed5eed',
  spanId: '5eed5eed5eed5eed',
  number: 1,
  index: 0,
};

export function describePlan(topology: Topology, flows: string[]): string {
  const sources = topology.sources.map(
    (source) => `source ${source.name}: ${source.kind === 'otlp' ? `OTLP/HTTP on ${source.http}` : source.path}`,
  );
  const taps = planTaps(topology, written).map(({ node, target }) => `tap ${node}: ${describeTap(target)}`);
  const sends = flows.flatMap((name) => {
    const flow = topology.flows[name];
    if (flow === undefined) return [];
    const target = planTarget(topology, flow, written, 0);
    const planned = planProbe(flow, IDS, written, topology);
    const times = flow.repeat === 1 ? 'one probe' : `${flow.repeat} probes, ${flow.concurrency} in flight together`;
    return [`flow ${name}: ${times} to ${describeTarget(target)}`, ...indent(describeProbe(target, planned)), ''];
  });
  return `${[...sources, ...taps, '', ...sends].join('\n').trimEnd()}\n`;
}

function describeTap(target: TapTarget): string {
  switch (target.transport) {
    case 'http':
      return `listens on ${target.listen} and forwards to ${target.to}`;
    case 'kafka':
      return `reads topic ${target.topic} at ${target.connection.brokers.join(', ')}, without a group`;
    case 'rabbitmq':
      return `binds a private queue to exchange ${target.exchange}${target.binding === undefined ? '' : ` with ${target.binding}`}`;
  }
}

function describeTarget(target: ProbeTarget): string {
  switch (target.transport) {
    case 'http':
      return withoutUserinfo(target.url) + (target.dialTo === undefined ? '' : ` through the tap on ${target.dialTo}`);
    case 'kafka':
      return `topic ${target.topic} at ${target.connection.brokers.join(', ')}`;
    case 'rabbitmq':
      return `exchange ${target.exchange}`;
  }
}

function withoutUserinfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

function describeProbe(target: ProbeTarget, { message }: PlannedProbe): string[] {
  const lines = [
    ...(target.transport === 'http' ? [`${message.method} ${message.path}`] : []),
    ...(message.key === undefined ? [] : [`key: ${message.key}`]),
    ...(target.transport === 'rabbitmq' ? [`routing key: ${message.routingKey}`] : []),
    ...Object.entries(message.properties).map(([name, value]) => `property ${name}: ${value}`),
    ...message.headers.map(([name, value]) => `${name}: ${value}`),
    ...(message.body === undefined ? [] : ['', message.body.toString('utf8')]),
  ];
  return lines.map(withPlaceholders);
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
