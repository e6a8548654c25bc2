/** What a probe will be, down to the byte, before anything is sent. */
import type { ContextField, ProbeRecord } from '../model/evidence.ts';
import type { FlowConfig, SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import type { ProbeMessage } from '../probes/probe.ts';
import { expandTemplate, type Lookup, type Reference, written } from '../topology/template.ts';
import { isContextName } from '../trace-context/carrier.ts';
import { injectContext } from '../trace-context/inject.ts';
import { withoutSecrets } from '../trace-context/marker.ts';
import { bodyOf, contentTypeOf } from './body.ts';

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

interface PlannedProbe {
  message: ProbeMessage;
  sent: ProbeRecord['sent'];
}

export type Header = [name: string, value: string];

/** Variables of the environment; everything about a probe comes from its {@link ProbeIds}. */
export type Environment = (reference: Reference) => string | undefined;

const USER_AGENT = 'tracegap (synthetic trace probe)';

/** The headers that a probe of a flow carries as its context. */
export function contextOf(baggage: FlowConfig['baggage'], ids: ProbeIds, environment: Environment): Header[] {
  const lookup = probeLookup(ids, environment);
  const entries = baggage.map(([key, value]): Header => [key, expandTemplate(value, lookup)]);
  return injectContext({ probe: ids.id, traceId: ids.traceId, spanId: ids.spanId, baggage: entries });
}

/**
 * One probe, every template expanded.
 * @param added the headers that stand behind the declared ones: context, and what tells an extra probe from others
 */
export function planProbe(
  send: SendConfig,
  added: Header[],
  ids: ProbeIds,
  environment: Environment,
  topology: Topology,
): PlannedProbe {
  const lookup = probeLookup(ids, environment);
  const expand = (template: string): string => expandTemplate(template, lookup);
  const body = bodyOf(send, lookup, topology.files);
  const context: ContextField[] = added.flatMap(([name, value]) => (isContextName(name) ? [{ name, value }] : []));
  const message: ProbeMessage = {
    method: send.method ?? 'GET',
    path: expand(send.path ?? '/'),
    headers: [
      ...hostOf(send, topology),
      ...defaultHeaders(send),
      ...send.headers.map(([name, value]): [string, string] => [name, expand(value)]),
      ...added,
    ],
    ...(body === undefined ? {} : { body }),
    ...(send.save === undefined ? {} : { save: send.save }),
    ...(send.key === undefined ? {} : { key: expand(send.key) }),
    routingKey: expand(send.routingKey ?? ''),
    properties: propertiesOf(send, ids, expand),
  };
  const { messageId } = message.properties;
  const sent: PlannedProbe['sent'] = {
    to: send.to,
    transport: send.transport,
    target: shownTarget(send, ids, environment, topology),
    context,
    ...(send.transport === 'rabbitmq' && messageId !== undefined ? { messageId } : {}),
  };
  return { message, sent };
}

/** Taps that share a place tell a probe as its other senders' requests: by its host. */
function hostOf({ transport, to, headers }: SendConfig, { connections }: Topology): [string, string][] {
  const host = transport === 'http' ? connections[to]?.httpTap?.host : undefined;
  return host === undefined || headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['host', host]];
}

function defaultHeaders(send: SendConfig): [string, string][] {
  const { transport, headers } = send;
  const declared = new Set(headers.map(([name]) => name.toLowerCase()));
  if (transport !== 'http') return [];
  const defaults: [string, string][] = declared.has('user-agent') ? [] : [['user-agent', USER_AGENT]];
  const contentType = contentTypeOf(send);
  if (contentType !== undefined && !declared.has('content-type')) defaults.push(['content-type', contentType]);
  return defaults;
}

function propertiesOf(send: SendConfig, ids: ProbeIds, expand: (template: string) => string): Record<string, string> {
  if (send.transport !== 'rabbitmq') return {};
  const declared = send.properties.map(([name, value]): [string, string] => [name, expand(value)]);
  const known = contentTypeOf(send);
  const contentType: [string, string][] = known === undefined ? [] : [['contentType', known]];
  return Object.fromEntries([['messageId', ids.id], ['correlationId', ids.id], ...contentType, ...declared]);
}

/** Secrets stay as the variables that they are; of a query only the marker is left. */
function shownTarget(send: SendConfig, ids: ProbeIds, environment: Environment, topology: Topology): string {
  const shown: Lookup = (reference) =>
    reference.kind === 'secret' || reference.kind === 'file' || reference.kind === 'saved'
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

/** What variables are worth in what a probe sends. */
export function probeLookup(ids: ProbeIds, environment: Environment): Lookup {
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
