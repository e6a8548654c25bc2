/** Nodes and sources that are in each other's way. */
import type { NodeRecord, Position } from '../model/topology.ts';
import type { ReadNode } from './nodes.ts';
import type { Reading } from './reading.ts';
import { RECEIVER } from './sources.ts';

/** The attributes that tell the spans of one node from those of others with the same service.name. */
function identity({ resource, span }: NodeRecord): string {
  const sorted = (attributes: Record<string, string>): [string, string][] =>
    Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(resource), sorted(span)]);
}

/**
 * Sees to it that a span can be of one node only. A mediator that says nothing of its `service` gives way: a topic
 * and a service may well bear one name.
 */
export function settleServices(reading: Reading, nodes: ReadonlyMap<string, ReadNode>): void {
  const owners = new Map<string, string>();
  const silent = (name: string, { kind }: NodeRecord): boolean =>
    kind !== 'service' && reading.file.nodes[name]?.service === undefined;
  const inOrder = [...nodes].sort(([a, x], [b, y]) => Number(silent(a, x.record)) - Number(silent(b, y.record)));
  for (const [name, { record }] of inOrder) {
    const claim = (service: string): string => `${service} ${identity(record)}`;
    const taken = record.services.find((service) => owners.has(claim(service)));
    if (taken !== undefined && silent(name, record)) {
      record.services = [];
      continue;
    }
    for (const service of record.services) {
      const owner = owners.get(claim(service));
      if (owner !== undefined && owner !== name) tellOfService(reading, name, owner, service);
      owners.set(claim(service), owner ?? name);
    }
  }
}

function tellOfService(reading: Reading, name: string, owner: string, service: string): void {
  const at =
    reading.file.nodes[name]?.service === undefined
      ? reading.keyAt('nodes', name)
      : reading.valueAt('nodes', name, 'service');
  const hint =
    'Give each a `resource` (or `span`) that only its spans carry, such as `resource: { k8s.namespace.name: … }`.';
  reading.error(at, `\`${name}\` and \`${owner}\` both claim the spans of service.name \`${service}\``, hint);
}

/** A place that something here would listen on. */
interface Listener {
  listen: string;
  /** `the tap of \`billing\`` */
  what: string;
  at: Position;
  isTap: boolean;
  /** Of a tap that shares its place with others. */
  host?: string;
}

function tapsOf(reading: Reading): Listener[] {
  return Object.entries(reading.file.nodes).flatMap(([name, node]) => {
    if (node === null || !('tap' in node) || typeof node.tap !== 'object') return [];
    const { listen, host } = node.tap;
    const at = reading.valueAt('nodes', name, 'tap', 'listen');
    return [{ listen, what: `the tap of \`${name}\``, at, isTap: true, ...(host === undefined ? {} : { host }) }];
  });
}

function receiversOf(reading: Reading): Listener[] {
  const { sources } = reading.file;
  if (sources === undefined) {
    return [{ listen: RECEIVER, what: 'the OTLP receiver', at: { line: 1, column: 1 }, isTap: false }];
  }
  return sources.flatMap(({ otlp }, index) => {
    if (otlp === undefined) return [];
    const listen = otlp?.http ?? RECEIVER;
    return [{ listen, what: 'an OTLP receiver', at: reading.valueAt('sources', index, 'otlp', 'http'), isTap: false }];
  });
}

/** Tells of two things that would listen in one place; port 0 is a free one each time. */
export function checkListeners(reading: Reading): void {
  const all = new Map<string, Listener[]>();
  for (const listener of [...receiversOf(reading), ...tapsOf(reading)]) {
    const others = all.get(listener.listen) ?? [];
    all.set(listener.listen, [...others, listener]);
    const [first] = others;
    if (first !== undefined) checkShared(reading, listener, first, others);
  }
}

function checkShared(reading: Reading, listener: Listener, first: Listener, others: readonly Listener[]): void {
  const { listen, what, at, host } = listener;
  if (host !== undefined && others.every((other) => other.host !== undefined)) {
    const same = others.find((other) => other.host?.toLowerCase() === host.toLowerCase());
    if (same === undefined) return;
    const hint = 'Give each the `host` by which its senders name it.';
    reading.error(at, `${capital(what)} and ${same.what} listen on ${listen} for the same host \`${host}\``, hint);
  } else if (!listen.endsWith(':0')) {
    const taps = [listener, ...others].every((each) => each.isTap);
    const hint = taps ? 'Give each a port of its own, or each a `host`.' : 'Give each a port of its own.';
    reading.error(at, `${capital(what)} would listen on ${listen}, where ${first.what} does`, hint);
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
