/** Nodes as judging knows them, and how they are reached. */
import type { NodeConnection, TlsConfig } from '../model/reach.ts';
import type { NodeRecord } from '../model/topology.ts';
import { viewUrl } from './addresses.ts';
import type { AnyNodeFile, HttpNodeFile, KafkaFile, NodeFile, RabbitmqFile, Scalars, TlsFile } from './file.ts';
import type { Path } from './located.ts';
import type { Reading } from './reading.ts';

/** One node, read. */
export interface ReadNode {
  record: NodeRecord;
  connection: NodeConnection;
}

/** What a kind of node adds to what all of them have. */
interface Reached {
  record: Partial<NodeRecord> & Pick<NodeRecord, 'addresses' | 'tapped'>;
  connection: NodeConnection;
}

/** Whether context passes through a node without a span of it being asked for. */
export function isMediator({ kind, spans }: Pick<NodeRecord, 'kind' | 'spans'>): boolean {
  return kind === 'service' ? spans === 'none' : kind !== 'external';
}

/** TLS as it is written; `true` trusts what the system trusts. */
export function tlsOf(tls: boolean | TlsFile | undefined): { tls?: TlsConfig } {
  if (tls === undefined || tls === false) return {};
  return { tls: tls === true ? {} : tls };
}

/** Attributes with their environment put in. */
export function attributesOf(reading: Reading, scalars: Scalars | undefined, ...path: Path): Record<string, string> {
  const names = Object.keys(scalars ?? {});
  return Object.fromEntries(names.map((name) => [name, reading.name(reading.text(...path, name))]));
}

/** Where a URL leads, where that can be known; tells of one that leads nowhere. */
function addressOf(reading: Reading, node: string, url: string, schemes: readonly string[]): string[] {
  const view = viewUrl(url, reading.name);
  if (view === 'hidden') return [];
  if (view !== 'no url' && schemes.includes(view.scheme)) return [view.address];
  const wanted = schemes.map((scheme) => `${scheme}://`).join(' or ');
  const example = `${schemes[0]}://127.0.0.1:${schemes[0] === 'amqp' ? 5672 : 8080}`;
  const written = reading.name(url).replace(/\/\/.*@/, '//…@');
  reading.error(
    reading.valueAt('nodes', node, 'url'),
    `\`url\` must begin with ${wanted}, and is ${JSON.stringify(written)}`,
    `Such as ${example}.`,
  );
  return [];
}

function readHttp(reading: Reading, name: string, node: HttpNodeFile): Reached {
  const { url, tap } = node;
  const addresses = url === undefined ? [] : addressOf(reading, name, url, ['http', 'https']);
  const httpTap = tap ? { ...tap } : undefined;
  if (httpTap !== undefined && url === undefined) {
    const hint = 'Give it a `url`: the tap passes on to there what it gets.';
    reading.error(reading.keyAt('nodes', name, 'tap'), `\`${name}\` has a \`tap\` and no \`url\``, hint);
  }
  if (httpTap !== undefined && addresses.includes(httpTap.listen)) {
    const hint = 'Let the tap listen on a port of its own, and point the senders there.';
    reading.error(
      reading.valueAt('nodes', name, 'tap', 'listen'),
      `The tap would listen where \`${name}\` itself does`,
      hint,
    );
  }
  return {
    record: {
      addresses: [...new Set(httpTap === undefined ? addresses : [...addresses, httpTap.listen])],
      tapped: httpTap !== undefined,
    },
    connection: {
      ...(url === undefined ? {} : { url }),
      ...tlsOf(node.tls),
      ...(httpTap === undefined ? {} : { httpTap }),
    },
  };
}

function readKafka(reading: Reading, node: KafkaFile): Reached {
  const { brokers, sasl } = node;
  return {
    record: { addresses: [...new Set(brokers)], tapped: node.tap !== false, topic: reading.name(node.topic) },
    connection: { kafka: { brokers, ...tlsOf(node.tls), ...(sasl === undefined ? {} : { sasl }) } },
  };
}

function readRabbitmq(reading: Reading, name: string, node: RabbitmqFile): Reached {
  const { url, exchange, binding, queue, tap } = node;
  if (exchange === undefined && tap !== false) {
    const say = tap === true ? reading.error : reading.warning;
    const hint = 'Name the `exchange` that is published to, or write `tap: false`.';
    say(reading.keyAt('nodes', name), `\`${name}\` has no \`exchange\`: no tap can watch the default exchange`, hint);
  }
  return {
    record: {
      addresses: addressOf(reading, name, url, ['amqp', 'amqps']),
      tapped: exchange !== undefined && tap !== false,
      ...(exchange === undefined ? {} : { exchange: reading.name(exchange) }),
      ...(binding === undefined ? {} : { binding: reading.name(binding) }),
      ...(queue === undefined ? {} : { queue: reading.name(queue) }),
    },
    connection: { rabbitmq: { url, ...tlsOf(node.tls) } },
  };
}

function reach(reading: Reading, name: string, node: NodeFile): Reached {
  switch (node.kind) {
    case 'kafka':
      return readKafka(reading, node);
    case 'rabbitmq':
      return readRabbitmq(reading, name, node);
    case 'channel':
      return { record: { addresses: [], tapped: false }, connection: {} };
    default:
      return readHttp(reading, name, node);
  }
}

/** The share of traces that a node keeps; one that keeps all says nothing. */
function samplingOf({ sampling = 'always' }: AnyNodeFile): { sampling?: number } {
  if (sampling === 'always') return {};
  return { sampling: sampling === 'off' ? 0 : sampling };
}

function servicesOf(reading: Reading, name: string, { service = name }: AnyNodeFile): string[] {
  return [service].flat().map(reading.name);
}

/** Reads one node; an empty body is a service of that name. */
export function readNode(reading: Reading, name: string, body: NodeFile | null): ReadNode {
  const node: NodeFile = body ?? {};
  const { record, connection } = reach(reading, name, node);
  return {
    connection,
    record: {
      kind: node.kind ?? 'service',
      services: servicesOf(reading, name, node),
      resource: attributesOf(reading, node.resource, 'nodes', name, 'resource'),
      span: attributesOf(reading, node.span, 'nodes', name, 'span'),
      spans: (node.kind ?? 'service') === 'service' && 'spans' in node ? (node.spans ?? 'expected') : 'expected',
      ...samplingOf(node),
      ...(node.software === undefined ? {} : { software: reading.name(node.software) }),
      ...record,
      at: reading.keyAt('nodes', name),
    },
  };
}
