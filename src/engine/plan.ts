/** What an audit will send and watch, down to the byte, before anything is sent. */
import type { ContextField, ProbeRecord } from '../model/evidence.ts';
import type { FlowConfig, NodeConnection, NodeRecord, SendConfig, TlsConfig, Topology } from '../model/topology.ts';
import type { ProbeMessage, ProbeTarget } from '../probes/probe.ts';
import type { TapTarget } from '../taps/tap.ts';
import { expandJson, expandTemplate, type Lookup, type Reference, written } from '../topology/template.ts';
import { injectContext } from '../trace-context/inject.ts';
import { withoutSecrets } from '../trace-context/marker.ts';

/** The identity of one probe. */
export interface ProbeIds {
  id: string;
  traceId: string;
  spanId: string;
  /** From 1, over the whole run. */
  number: number;
  /** From 0, within its flow. */
  index: number;
}

export interface PlannedProbe {
  message: ProbeMessage;
  sent: ProbeRecord['sent'];
}

export interface PlannedTap {
  node: string;
  target: TapTarget;
}

/** Variables of the environment; everything about a probe comes from its {@link ProbeIds}. */
export type Environment = (reference: Reference) => string | undefined;

const USER_AGENT = 'tracegap (synthetic trace probe)';

/**
 * One probe of a flow, every template expanded.
 * @param runId what `withoutSecrets` keeps of the target
 */
export function planProbe(flow: FlowConfig, ids: ProbeIds, environment: Environment, topology: Topology): PlannedProbe {
  const { send } = flow;
  const lookup = probeLookup(ids, environment);
  const expand = (template: string): string => expandTemplate(template, lookup);
  const context = injectContext({ probe: ids.id, traceId: ids.traceId, spanId: ids.spanId });
  const fields: ContextField[] = context.map(([name, value]) => ({ name, value }));
  const message: ProbeMessage = {
    method: send.method ?? 'GET',
    path: expand(send.path ?? '/'),
    headers: [
      ...defaultHeaders(send),
      ...send.headers.map(([name, value]): [string, string] => [name, expand(value)]),
      ...context,
    ],
    ...(send.json === undefined ? {} : { body: Buffer.from(expandJson(send.json, lookup)) }),
    ...(send.key === undefined ? {} : { key: expand(send.key) }),
    routingKey: expand(send.routingKey ?? ''),
    properties: propertiesOf(send, ids, expand),
  };
  const { messageId } = message.properties;
  const sent: PlannedProbe['sent'] = {
    to: send.to,
    transport: send.transport,
    target: shownTarget(send, ids, environment, topology),
    context: fields,
    ...(send.transport === 'rabbitmq' && messageId !== undefined ? { messageId } : {}),
  };
  return { message, sent };
}

function defaultHeaders({ transport, headers, json }: SendConfig): [string, string][] {
  const declared = new Set(headers.map(([name]) => name.toLowerCase()));
  if (transport !== 'http') return [];
  const defaults: [string, string][] = declared.has('user-agent') ? [] : [['user-agent', USER_AGENT]];
  if (json !== undefined && !declared.has('content-type')) defaults.push(['content-type', 'application/json']);
  return defaults;
}

function propertiesOf(send: SendConfig, ids: ProbeIds, expand: (template: string) => string): Record<string, string> {
  if (send.transport !== 'rabbitmq') return {};
  const declared = send.properties.map(([name, value]): [string, string] => [name, expand(value)]);
  const contentType: [string, string][] = send.json === undefined ? [] : [['contentType', 'application/json']];
  return Object.fromEntries([['messageId', ids.id], ['correlationId', ids.id], ...contentType, ...declared]);
}

/** Secrets stay as the variables that they are; of a query only the marker is left. */
function shownTarget(send: SendConfig, ids: ProbeIds, environment: Environment, topology: Topology): string {
  const shown: Lookup = (reference) =>
    reference.kind === 'secret' || reference.kind === 'file'
      ? written(reference)
      : probeLookup(ids, environment)(reference);
  const node = topology.record.nodes[send.to];
  switch (send.transport) {
    case 'http':
      return `${send.method ?? 'GET'} ${withoutSecrets(expandTemplate(send.path ?? '/', shown), ids.id.slice(0, RUN_ID_DIGITS))}`;
    case 'kafka':
      return node?.topic ?? send.to;
    case 'rabbitmq':
      return `${node?.exchange ?? ''}:${expandTemplate(send.routingKey ?? '', shown)}`;
  }
}

const RUN_ID_DIGITS = 8;

function probeLookup(ids: ProbeIds, environment: Environment): Lookup {
  return (reference) => {
    if (reference.kind !== 'probe') return environment(reference);
    switch (reference.name) {
      case 'id':
        return ids.id;
      case 'traceId':
        return ids.traceId;
      case 'number':
        return String(ids.number);
      case 'index':
        return String(ids.index);
      default:
        return undefined;
    }
  };
}

/** Where the probes of a flow go. A tapped node is reached through its tap. */
export function planTarget(
  topology: Topology,
  flow: FlowConfig,
  environment: Environment,
  responseMs: number,
): ProbeTarget {
  const { to, transport } = flow.send;
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
    const target = record.tapped && connection !== undefined ? tapTarget(record, connection, environment) : undefined;
    return target === undefined ? [] : [{ node, target }];
  });
}

function tapTarget(record: NodeRecord, connection: NodeConnection, environment: Environment): TapTarget | undefined {
  if (record.kind === 'kafka') {
    return { transport: 'kafka', connection: expandKafka(connection, environment), topic: record.topic ?? '' };
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

function expandTls(tls: TlsConfig, environment: Environment): TlsConfig {
  return Object.fromEntries(
    Object.entries(tls).map(([key, value]) => [
      key,
      typeof value === 'string' ? expandTemplate(value, environment) : value,
    ]),
  );
}
