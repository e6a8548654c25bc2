/** Scenes of messages for the tests of their verdicts: what went well so far, to be gone on from. */
import type { Evidence } from '../../src/model/evidence.ts';
import { extraId, type Scene, scene } from './scene.ts';
import { MESSAGING } from './topologies.ts';

export const ORDERS: Record<string, string> = {
  'messaging.system': 'kafka',
  'messaging.destination.name': 'dev.orders',
};
export const AT7: Record<string, string> = {
  ...ORDERS,
  'messaging.destination.partition.id': '0',
  'messaging.kafka.offset': '7',
};
const INVOICES: Record<string, string> = { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'invoices' };
export const RECEIVE: Record<string, string> = { 'messaging.system': 'kafka', 'messaging.operation.type': 'receive' };
export const SEND: Record<string, string> = { ...INVOICES, 'messaging.operation.type': 'send' };
export const Q: string = extraId('q');

export const unwatched = (t: string): string =>
  t.replace('topic: dev.orders', 'topic: dev.orders, tap: false').replace('queue: mail', 'queue: mail, tap: false');
export const UNTAPPED: string = unwatched(MESSAGING);
export const CHANNEL: string = MESSAGING.replace(/orders: .*/, 'orders: { kind: channel, software: sqs }');
export const withPolicy = (policy: string): string => `${MESSAGING}hops: { ${policy} }\n`;
const through = (t: string, chains: string): string => t.replace(/through: .*/, `through: ${chains}`);
const flow = (nodes: string, chains: string): string => `
version: 1
nodes:
  gate: { url: "http://127.0.0.1:1" }
${nodes}
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: ${chains} } }
`;
const edit = (it: Scene, change: (evidence: Evidence) => void): Scene => {
  change(it.evidence());
  return it;
};
export const checkout = (t: string = MESSAGING, attributes: Record<string, string> = ORDERS): Scene =>
  scene(t)
    .span({ node: 'checkout', id: 'c', parent: 'probe', forMs: 500 })
    .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer', attributes, at: 15 });
export const sent = (t: string = MESSAGING): Scene => checkout(t).wire({ into: 'orders', carries: 'T:send' });
export const billing = (t: string = MESSAGING): Scene =>
  (t === UNTAPPED ? checkout(t) : sent(t)).span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer', at: 30 });
export const published = (t: string = MESSAGING): Scene =>
  billing(t).span({ node: 'billing', id: 'pub', parent: 'b', kind: 'producer', attributes: INVOICES, at: 40 });
/** A second probe, q, that checkout serves at the same time. */
export const beside = (it: Scene): Scene =>
  it
    .extra({ purpose: 'main', id: 'q', node: 'checkout', hop: '', at: 5 })
    .span({ node: 'checkout', id: 'cq', parent: 'q', trace: 'q', forMs: 500 })
    .span({ node: 'checkout', id: 'sendq', parent: 'cq', trace: 'q', kind: 'producer', attributes: ORDERS, at: 16 });
export const mixed = (): Scene =>
  beside(checkout())
    .wire({ into: 'orders', carries: 'q:sendq', of: Q, offset: '6' })
    .wire({ into: 'orders', carries: 'T:send', offset: '7' })
    .span({ node: 'billing', id: 'bq', trace: 'q', parent: 'sendq', kind: 'consumer', at: 30, marked: true, of: Q });
export const blind = (it: Scene): Scene =>
  edit(
    it,
    ({ sight }) =>
      void sight.push({
        part: 'source',
        name: 'tempo',
        from: 1_790_000_000_000,
        until: 1_790_000_001_000,
        gaps: [],
        dropped: 0,
        blind: 'connection refused',
      }),
  );
export const zipkin = (it: Scene, name: string): Scene =>
  edit(it, ({ spans }) => {
    for (const s of spans) if (s.name === name) Object.assign(s, { mayLackLinks: true, sources: ['zipkin'] });
  });
export const BUS: string = flow(
  '  bus: { kind: kafka, brokers: ["k:1"], topic: bus }\n  b: {}\n  d: {}',
  'gate -> bus -> b -> bus -> d',
);
export const ONBUS: Record<string, string> = { 'messaging.system': 'kafka', 'messaging.destination.name': 'bus' };
export const SHOVEL = (two: string = ''): string =>
  flow(
    `  one: { kind: rabbitmq, url: "amqp://a", exchange: one, queue: q1 }\n  two: { kind: rabbitmq, url: "amqp://b", exchange: two, queue: q2${two} }\n  mailer: {}`,
    'gate -> one -> two -> mailer',
  );
export const shovel = (t: string = SHOVEL()): Scene =>
  scene(t)
    .span({ node: 'gate', id: 'g', parent: 'probe' })
    .span({ node: 'gate', id: 'gs', parent: 'g', kind: 'producer' })
    .wire({ into: 'one', carries: 'T:gs' });
export const OR: Record<string, string> = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };
export const gated = (t: string): Scene =>
  scene(t)
    .span({ node: 'gate', id: 'g', parent: 'probe' })
    .span({ node: 'gate', id: 'gs', parent: 'g', kind: 'producer', attributes: OR });
export const MIRROR: string = flow(
  '  east: { kind: kafka, brokers: ["e:1"], topic: orders }\n  mirror: { spans: none }\n  west: { kind: kafka, brokers: ["w:1"], topic: orders }\n  billing: {}',
  'gate -> east -> mirror -> west -> billing',
);
const REST: string = flow(
  '  rest: { kind: proxy, url: "http://127.0.0.1:2", tap: { listen: "127.0.0.1:12" } }\n  orders: { kind: kafka, brokers: ["k:1"], topic: orders }\n  billing: {}',
  'gate -> rest -> orders -> billing',
);
export const rest = (): Scene =>
  scene(REST)
    .span({ node: 'gate', id: 'g', parent: 'probe' })
    .span({ node: 'gate', id: 'call', parent: 'g', kind: 'client', at: 12 })
    .wire({ into: 'rest', carries: 'T:call', at: 20, status: 200 })
    .span({ node: 'rest', id: 'rp', parent: 'call', at: 21 })
    .span({ node: 'rest', id: 'rs', parent: 'rp', kind: 'producer', at: 22, attributes: OR })
    .wire({ into: 'orders', carries: 'T:rs', at: 25 });
export const STREAM: string = through(
  MESSAGING.replace('billing: {}', 'billing: { spans: none }'),
  'checkout -> orders -> billing -> invoices -> mailer',
);
export const streamed = (t: string = STREAM): Scene =>
  checkout(t)
    .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer' })
    .span({ node: 'billing', id: 'p', parent: 'b', kind: 'producer' });
export const RETRY: string = flow(
  '  orders: { kind: kafka, brokers: ["k:1"], topic: orders }\n  retry: { kind: kafka, brokers: ["k:1"], topic: retry }\n  billing: {}',
  'gate -> orders -> billing -> retry -> billing',
);
const FAN: string = flow(
  '  b: {}\n  t: { kind: kafka, brokers: ["k:1"], topic: orders }\n  d: {}',
  '[gate -> t -> d, gate -> b -> t -> d]',
);
export const fan = (): Scene =>
  gated(FAN)
    .wire({ into: 't', carries: 'T:gs', offset: '1' })
    .span({ node: 'gate', id: 'gb', parent: 'g', kind: 'client' })
    .span({ node: 'b', id: 'b', parent: 'gb' })
    .span({ node: 'd', id: 'd1', parent: 'gs', kind: 'consumer', at: 40 })
    .span({ node: 'b', id: 'bs', parent: 'b', kind: 'producer', attributes: OR })
    .wire({ into: 't', carries: 'T:gb', offset: '2' });
export const BOTH: string = through(
  MESSAGING,
  '[checkout -> orders -> billing & stock, billing -> invoices -> stock]',
).replace('  mailer: {}\n', '');
export const END: string = through(MESSAGING, 'checkout -> orders');

/** What is met, between whom, and what is to be said. */
export type Row = [name: string, met: () => Scene, from: string, to: string, says: RegExp];
