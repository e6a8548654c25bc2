/** Where things are sent to and what is watched, every template expanded. */
import { dirname, isAbsolute, join } from 'node:path';
import type { NodeConnection, SendConfig, SourceConfig, Template, TlsConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import type { ProbeTarget } from '../probes/probe.ts';
import type { TapTarget } from '../taps/tap.ts';
import { expandTemplate } from '../topology/template.ts';
import type { Environment } from './plan.ts';

export interface PlannedTap {
  node: string;
  target: TapTarget;
}

/** Where something is sent to. A tapped node is reached through its tap. */
export function planTarget(
  topology: Topology,
  { to, transport }: Pick<SendConfig, 'to' | 'transport'>,
  environment: Environment,
  responseMs: number,
): ProbeTarget {
  const connection = topology.connections[to] ?? {};
  const node = topology.record.nodes[to];
  switch (transport) {
    case 'http': {
      const straight = httpTarget(topology, to, environment, responseMs);
      const { httpTap } = connection;
      if (httpTap === undefined) return straight;
      return { ...straight, dialTo: httpTap.listen, plainToTap: straight.url.startsWith('https:') };
    }
    case 'kafka':
      return { transport, connection: expandKafka(topology, connection, environment), topic: node?.topic ?? '' };
    case 'rabbitmq':
      return {
        transport,
        connection: expandRabbitmq(topology, connection, environment),
        exchange: node?.exchange ?? '',
      };
  }
}

/** Where a step before or after a probe goes: straight to the node, since no tap is to take it for traffic of the system. */
export function planStep(
  topology: Topology,
  { to }: SendConfig,
  environment: Environment,
  responseMs: number,
): ProbeTarget {
  return httpTarget(topology, to, environment, responseMs);
}

/** How a broker node is reached; nothing for other kinds. */
export function planBroker(topology: Topology, node: string, environment: Environment): ProbeTarget | undefined {
  const kind = topology.record.nodes[node]?.kind;
  if (kind !== 'kafka' && kind !== 'rabbitmq') return undefined;
  return planTarget(topology, { to: node, transport: kind }, environment, 0);
}

function httpTarget(
  { connections, reach, record }: Topology,
  to: string,
  environment: Environment,
  responseMs: number,
): ProbeTarget & { transport: 'http' } {
  const { url: template = '', tls } = connections[to] ?? {};
  const url = expandTemplate(template, environment);
  const resolved = URL.canParse(url) ? reach.resolve[hostOf(url)] : undefined;
  return {
    transport: 'http',
    url,
    ...(tls === undefined ? {} : { tls: expandTls(record.file, tls, environment) }),
    ...(resolved === undefined ? {} : { resolved }),
    responseMs,
  };
}

/** Every tap of the run, in topology order. */
export function planTaps(topology: Topology, environment: Environment): PlannedTap[] {
  return Object.entries(topology.record.nodes).flatMap(([node, record]) => {
    const connection = topology.connections[node];
    const target =
      record.tapped && connection !== undefined ? tapTarget(topology, node, connection, environment) : undefined;
    return target === undefined ? [] : [{ node, target }];
  });
}

function tapTarget(
  topology: Topology,
  node: string,
  connection: NodeConnection,
  environment: Environment,
): TapTarget | undefined {
  const record = topology.record.nodes[node];
  if (record?.kind === 'kafka') {
    const groups = groupsAt(topology, node);
    return {
      transport: 'kafka',
      connection: expandKafka(topology, connection, environment),
      topic: record.topic ?? '',
      ...(groups.length === 0 ? {} : { groups }),
    };
  }
  if (record?.kind === 'rabbitmq') {
    const { exchange = '', binding, queue } = record;
    const places = {
      exchange,
      ...(binding === undefined ? {} : { binding }),
      ...(queue === undefined ? {} : { queue }),
    };
    return { transport: 'rabbitmq', connection: expandRabbitmq(topology, connection, environment), ...places };
  }
  const { httpTap, url } = connection;
  if (httpTap === undefined || url === undefined) return undefined;
  const { url: expanded, tls, resolved } = httpTarget(topology, node, environment, 0);
  const own = hostOf(expanded);
  return {
    transport: 'http',
    ...httpTap,
    to: resolved ?? own,
    ...(expanded.startsWith('https:') ? { tls: { settings: tls ?? true, name: own } } : {}),
  };
}

/** The consumer groups whose offsets at a node are looked at. */
function groupsAt({ record }: Topology, node: string): string[] {
  const groups = record.hops.flatMap(({ via, policy }) =>
    via.includes(node) && policy.group !== undefined ? [policy.group] : [],
  );
  return [...new Set(groups)];
}

const DEFAULT_PORTS: Record<string, string> = { 'http:': '80', 'https:': '443' };

function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (DEFAULT_PORTS[protocol] ?? '80') : port}`;
}

function expandKafka(
  { record, reach }: Topology,
  { kafka }: NodeConnection,
  environment: Environment,
): (TapTarget & { transport: 'kafka' })['connection'] {
  if (kafka === undefined) return { brokers: [] };
  const { brokers, tls, sasl } = kafka;
  return {
    brokers,
    reach,
    ...(tls === undefined ? {} : { tls: expandTls(record.file, tls, environment) }),
    ...(sasl === undefined
      ? {}
      : {
          sasl: {
            mechanism: sasl.mechanism,
            username: expandTemplate(sasl.username, environment),
            password: expandTemplate(sasl.password, environment),
          },
        }),
  };
}

function expandRabbitmq(
  { record, reach }: Topology,
  { rabbitmq }: NodeConnection,
  environment: Environment,
): (TapTarget & { transport: 'rabbitmq' })['connection'] {
  const { url = '', tls } = rabbitmq ?? {};
  return {
    url: expandTemplate(url, environment),
    reach,
    ...(tls === undefined ? {} : { tls: expandTls(record.file, tls, environment) }),
  };
}

/** A source, its templates expanded; files count from the topology file. */
export function expandSource(
  { record, reach }: Topology,
  config: SourceConfig,
  environment: Environment,
): SourceConfig {
  const expand = (template: Template): string => expandTemplate(template, environment);
  if (config.kind === 'otlp-file') return config;
  if (config.kind === 'otlp') {
    const { tls, forward } = config;
    const path = (template: Template): string => besideTopology(record.file, expand(template));
    return {
      ...config,
      ...(forward === undefined ? {} : { forward: expand(forward) }),
      ...(tls === undefined
        ? {}
        : {
            tls: {
              certFile: path(tls.certFile),
              keyFile: path(tls.keyFile),
              ...(tls.caFile === undefined ? {} : { caFile: path(tls.caFile) }),
            },
          }),
    };
  }
  const { url, headers, tls, export: canary } = config;
  return {
    ...config,
    url: expand(url),
    resolve: reach.resolve,
    headers: headers.map(([name, value]) => [name, expand(value)]),
    ...(tls === undefined ? {} : { tls: expandTls(record.file, tls, environment) }),
    ...(canary === undefined ? {} : { export: expand(canary) }),
  };
}

/** Puts the variables in; files count from the topology file. */
function expandTls(topologyFile: string, tls: TlsConfig, environment: Environment): TlsConfig {
  const text = (template: string): string => expandTemplate(template, environment);
  const path = (template: string): string => besideTopology(topologyFile, text(template));
  const { caFile, certFile, keyFile, serverName, insecureSkipVerify } = tls;
  return {
    ...(caFile === undefined ? {} : { caFile: path(caFile) }),
    ...(certFile === undefined ? {} : { certFile: path(certFile) }),
    ...(keyFile === undefined ? {} : { keyFile: path(keyFile) }),
    ...(serverName === undefined ? {} : { serverName: text(serverName) }),
    ...(insecureSkipVerify === undefined ? {} : { insecureSkipVerify }),
  };
}

/** The path of a file that a topology names, as this process finds it. */
export function besideTopology(topologyFile: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(topologyFile), path);
}
