/** Where things are sent to and what is watched, every template expanded. */
import type {
  NodeConnection,
  NodeRecord,
  SendConfig,
  SourceConfig,
  Template,
  TlsConfig,
  Topology,
} from '../model/topology.ts';
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
  { to, transport }: SendConfig,
  environment: Environment,
  responseMs: number,
): ProbeTarget {
  const connection = topology.connections[to] ?? {};
  const node = topology.record.nodes[to];
  switch (transport) {
    case 'http': {
      const { url = '', tls, httpTap } = connection;
      return {
        transport,
        url: expandTemplate(url, environment),
        ...(tls === undefined ? {} : { tls: expandTls(tls, environment) }),
        ...(httpTap === undefined ? {} : { dialTo: httpTap.listen }),
        responseMs,
      };
    }
    case 'kafka':
      return { transport, connection: expandKafka(connection, environment), topic: node?.topic ?? '' };
    case 'rabbitmq':
      return { transport, connection: expandRabbitmq(connection, environment), exchange: node?.exchange ?? '' };
  }
}

/** Every tap of the run, in topology order. */
export function planTaps(topology: Topology, environment: Environment): PlannedTap[] {
  return Object.entries(topology.record.nodes).flatMap(([node, record]) => {
    const connection = topology.connections[node];
    const target =
      record.tapped && connection !== undefined
        ? tapTarget(record, connection, environment, groupsAt(topology, node))
        : undefined;
    return target === undefined ? [] : [{ node, target }];
  });
}

function tapTarget(
  record: NodeRecord,
  connection: NodeConnection,
  environment: Environment,
  groups: string[],
): TapTarget | undefined {
  if (record.kind === 'kafka') {
    return {
      transport: 'kafka',
      connection: expandKafka(connection, environment),
      topic: record.topic ?? '',
      ...(groups.length === 0 ? {} : { groups }),
    };
  }
  if (record.kind === 'rabbitmq') {
    const { exchange = '', binding, queue } = record;
    const places = {
      exchange,
      ...(binding === undefined ? {} : { binding }),
      ...(queue === undefined ? {} : { queue }),
    };
    return { transport: 'rabbitmq', connection: expandRabbitmq(connection, environment), ...places };
  }
  const { httpTap, url } = connection;
  if (httpTap === undefined || url === undefined) return undefined;
  return { transport: 'http', listen: httpTap.listen, to: hostOf(expandTemplate(url, environment)) };
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
  { kafka }: NodeConnection,
  environment: Environment,
): (TapTarget & { transport: 'kafka' })['connection'] {
  if (kafka === undefined) return { brokers: [] };
  const { brokers, tls, sasl } = kafka;
  return {
    brokers,
    ...(tls === undefined ? {} : { tls: expandTls(tls, environment) }),
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
  { rabbitmq }: NodeConnection,
  environment: Environment,
): (TapTarget & { transport: 'rabbitmq' })['connection'] {
  const { url = '', tls } = rabbitmq ?? {};
  return {
    url: expandTemplate(url, environment),
    ...(tls === undefined ? {} : { tls: expandTls(tls, environment) }),
  };
}

/** A source, its templates expanded. */
export function expandSource(config: SourceConfig, environment: Environment): SourceConfig {
  const expand = (template: Template): string => expandTemplate(template, environment);
  if (config.kind === 'otlp-file') return config;
  if (config.kind === 'otlp') {
    const { tls, forward } = config;
    return {
      ...config,
      ...(forward === undefined ? {} : { forward: expand(forward) }),
      ...(tls === undefined
        ? {}
        : {
            tls: {
              certFile: expand(tls.certFile),
              keyFile: expand(tls.keyFile),
              ...(tls.caFile === undefined ? {} : { caFile: expand(tls.caFile) }),
            },
          }),
    };
  }
  const { url, headers, tls, export: canary } = config;
  return {
    ...config,
    url: expand(url),
    headers: headers.map(([name, value]) => [name, expand(value)]),
    ...(tls === undefined ? {} : { tls: expandTls(tls, environment) }),
    ...(canary === undefined ? {} : { export: expand(canary) }),
  };
}

function expandTls(tls: TlsConfig, environment: Environment): TlsConfig {
  return Object.fromEntries(
    Object.entries(tls).map(([key, value]) => [
      key,
      typeof value === 'string' ? expandTemplate(value, environment) : value,
    ]),
  );
}
