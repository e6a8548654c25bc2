import { describe, expect, test } from 'vitest';
import { PROBE, type Scene, scene, traceId } from './scene.ts';
import { MESSAGING } from './topologies.ts';

/** checkout entered by the probe, and its record for orders. */
function checkout(at: Scene): Scene {
  return at
    .span({ node: 'checkout', id: 'c', parent: 'probe', at: 10, forMs: 500 })
    .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer', attributes: ORDERS });
}

const ORDERS = { 'messaging.system': 'kafka', 'messaging.destination.name': 'dev.orders' };
const COORDINATES = { ...ORDERS, 'messaging.destination.partition.id': '0', 'messaging.kafka.offset': '7' };

/** billing went on from checkout's record and wrote an invoice. */
function billing(at: Scene): Scene {
  return checkout(at)
    .wire({ into: 'orders', carries: 'T:send' })
    .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer' })
    .span({ node: 'billing', id: 'pub', parent: 'b', kind: 'producer' });
}

interface Case {
  name: string;
  hop: [from: string, to: string];
  met(at: Scene): Scene;
  says: string;
}

const CASES: Case[] = [
  {
    name: 'the consumer is a child',
    hop: ['checkout', 'billing'],
    met: billing,
    says: 'intact',
  },
  {
    name: 'the consumer links',
    hop: ['checkout', 'stock'],
    met: (at) => billing(at).span({ node: 'stock', id: 's', trace: 'S', kind: 'consumer', links: ['T:send'] }),
    says: 'linked',
  },
  {
    name: 'a receive span is the root and its child carries the link (confluent-kafka)',
    hop: ['checkout', 'stock'],
    met: (at) =>
      billing(at)
        .span({ node: 'stock', id: 'recv', trace: 'S', kind: 'consumer' })
        .span({ node: 'stock', id: 'process', trace: 'S', parent: 'recv', kind: 'consumer', links: ['T:send'] }),
    says: 'linked',
  },
  {
    name: 'the link leads to the receive span of another trace, which links to the producer (kotel)',
    hop: ['checkout', 'stock'],
    met: (at) =>
      billing(at)
        .span({
          node: 'stock',
          id: 'receive',
          trace: 'S',
          kind: 'client',
          links: ['T:send'],
          attributes: { 'messaging.operation.type': 'receive' },
        })
        .span({ node: 'stock', id: 'process', trace: 'S2', kind: 'consumer', links: ['S:receive'] }),
    says: 'linked',
  },
  {
    name: 'a batch: the poll is a root, the link hangs on a child beside the work (kafkajs)',
    hop: ['checkout', 'billing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'orders', carries: 'T:send' })
        .span({
          node: 'billing',
          id: 'poll',
          trace: 'B',
          kind: 'client',
          attributes: { 'messaging.operation.type': 'receive' },
        })
        .span({ node: 'billing', id: 'b', trace: 'B', parent: 'poll', kind: 'consumer', links: ['T:send'] }),
    says: 'linked',
  },
  {
    name: 'redelivery: two consumer spans of one record',
    hop: ['checkout', 'billing'],
    met: (at) => billing(at).span({ node: 'billing', id: 'b2', parent: 'send', kind: 'consumer', at: 200 }),
    says: 'intact',
  },
  {
    name: 'the producer writes no headers',
    hop: ['checkout', 'stock'],
    met: (at) => at.span({ node: 'checkout', id: 'c', parent: 'probe' }).wire({ into: 'orders', carries: 'none' }),
    says: 'broken not-injected checkout proved',
  },
  {
    name: 'the consumer does not extract; its root keeps partition and offset',
    hop: ['checkout', 'billing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'orders', carries: 'T:send', marked: false })
        .span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', attributes: COORDINATES }),
    says: 'broken not-extracted billing proved',
  },
  {
    name: 'the record carries a root that a work queue began',
    hop: ['checkout', 'billing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'checkout', id: 'send', trace: 'Q', kind: 'producer', attributes: ORDERS })
        .wire({ into: 'orders', carries: 'Q:send' })
        .span({ node: 'billing', id: 'b', trace: 'Q', parent: 'send', kind: 'consumer' }),
    says: 'broken lost-in-process checkout proved',
  },
  {
    name: 'the consumer publishes in the context of an earlier record, which it kept',
    hop: ['billing', 'mailer'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'orders', carries: 'T:send' })
        .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer', flags: 0x301 })
        .span({ node: 'billing', id: 'publish', trace: 'L', parent: 'earlier', kind: 'producer', marked: true, at: 40 })
        .wire({ into: 'invoices', carries: 'L:publish', at: 45 })
        .span({ node: 'mailer', id: 'm', trace: 'L', parent: 'publish', kind: 'consumer', at: 50 }),
    says: 'broken lost-in-process billing proved',
  },
  {
    name: 'the consumer died before it consumed',
    hop: ['checkout', 'billing'],
    met: (at) => checkout(at).wire({ into: 'orders', carries: 'T:send' }),
    says: 'inconclusive nothing-seen -',
  },
  {
    name: 'the consumer died after it published',
    hop: ['checkout', 'billing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'orders', carries: 'T:send' })
        .wire({ into: 'invoices', carries: 'T:dead', at: 50 })
        .span({ node: 'mailer', id: 'm', parent: 'dead', kind: 'consumer', flags: 0x301 }),
    says: 'degraded export-lost - inferred',
  },
  {
    name: 'the consumer died after it published: the hop behind',
    hop: ['billing', 'mailer'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'orders', carries: 'T:send' })
        .wire({ into: 'invoices', carries: 'T:dead', at: 50 })
        .span({ node: 'mailer', id: 'm', parent: 'dead', kind: 'consumer', flags: 0x301 }),
    says: 'degraded export-lost - inferred',
  },
  {
    name: 'the message is published without headers',
    hop: ['billing', 'mailer'],
    met: (at) =>
      billing(at)
        .wire({ into: 'invoices', carries: 'none', at: 50 })
        .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', marked: true }),
    says: 'broken not-injected billing proved',
  },
  {
    name: 'the receiver pulls and works under a span that names the order',
    hop: ['billing', 'mailer'],
    met: (at) =>
      billing(at)
        .wire({ into: 'invoices', carries: 'T:pub', at: 50 })
        .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'internal', marked: true }),
    says: 'broken not-extracted mailer proved',
  },
  {
    name: 'the receiver pulls and its span names nothing',
    hop: ['billing', 'mailer'],
    met: (at) =>
      billing(at)
        .wire({ into: 'invoices', carries: 'T:pub', at: 50 })
        .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'internal' })
        .sight({ part: 'tap', name: 'invoices', queue: { name: 'mail', messages: 0, consumers: 0 } }),
    says: 'inconclusive nothing-seen -',
  },
  {
    name: 'the receiver emits nothing, its queue is drained by a consumer',
    hop: ['billing', 'mailer'],
    met: (at) =>
      billing(at)
        .wire({ into: 'invoices', carries: 'T:pub', at: 50 })
        .sight({ part: 'tap', name: 'invoices', queue: { name: 'mail', messages: 0, consumers: 1 } }),
    says: 'broken silent mailer inferred',
  },
  {
    name: 'the broker is down and nothing came of it',
    hop: ['checkout', 'billing'],
    met: (at) => checkout(at).sight({ part: 'tap', name: 'orders', blind: '127.0.0.1:9092 refuses connections' }),
    says: 'inconclusive tap-down -',
  },
  {
    name: 'the tap is blind, the spans decide it',
    hop: ['checkout', 'billing'],
    met: (at) =>
      checkout(at)
        .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer' })
        .sight({ part: 'tap', name: 'orders', blind: 'wrong password' }),
    says: 'intact',
  },
  {
    name: 'the order was refused before it was sent on',
    hop: ['billing', 'mailer'],
    met: (at) => at.probe({ status: '500' }).span({ node: 'checkout', id: 'c', parent: 'probe' }),
    says: 'unexercised not-reached -',
  },
  {
    name: 'the consumer links to a producer of a service that is not declared',
    hop: ['checkout', 'stock'],
    met: (at) =>
      at
        .span({ node: 'checkout-svc', id: 'send', parent: 'probe', kind: 'producer' })
        .wire({ into: 'orders', carries: 'T:send' })
        .span({ node: 'stock', id: 's', trace: 'S', kind: 'consumer', links: ['T:send'] }),
    says: 'inconclusive undeclared-caller -',
  },
  {
    name: "the consumer links to a span of the sender's that was lost on export, as was all of the sender",
    hop: ['checkout', 'stock'],
    met: (at) =>
      at
        .wire({ into: 'orders', carries: 'T:send' })
        .span({ node: 'stock', id: 's', trace: 'S', kind: 'consumer', links: ['T:send'] }),
    says: 'degraded export-lost - inferred',
  },
  {
    name: 'what ends at a link is not lost behind it',
    hop: ['billing', 'mailer'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'orders', carries: 'T:send' })
        .span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', links: ['T:send'] })
        .span({ node: 'billing', id: 'pub', trace: 'B', parent: 'b', kind: 'producer' })
        .wire({
          into: 'invoices',
          at: 50,
          carries: [{ name: 'traceparent', value: `00-${traceId('B')}-7075622e2e2e2e2e-01` }],
        })
        .span({ node: 'mailer', id: 'm', trace: 'B', parent: 'pub', kind: 'consumer' }),
    says: 'intact',
  },
  {
    name: 'a byte array where AMQP receivers want text',
    hop: ['billing', 'mailer'],
    met: (at) =>
      billing(at)
        .wire({
          into: 'invoices',
          at: 50,
          carries: [{ name: 'traceparent', value: `00-${traceId('T')}-7075622e2e2e2e2e-01`, type: 'bytes' }],
        })
        .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', marked: true }),
    says: 'broken malformed billing proved',
  },
];

describe('one hop over a broker', () => {
  test.each(CASES)('$name: $says', ({ hop: [from, to], met, says }) => {
    expect(met(scene(MESSAGING)).verdict(from, to)).toBe(says);
  });
});

describe('a probe that is a record or a message itself', () => {
  const RECORD = MESSAGING.replace(/http: .*/, `kafka: { to: orders, key: "\${probe.id}" } }`).replace(
    'checkout -> orders',
    'orders',
  );
  test.each<[string, (at: Scene) => Scene, string]>([
    [
      'the consumer is a child',
      (at) => at.span({ node: 'billing', id: 'b', parent: 'probe', kind: 'consumer' }),
      'intact',
    ],
    [
      'the consumer links',
      (at) => at.span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', links: ['T:probe'] }),
      'linked',
    ],
    [
      'the consumer does not extract',
      (at) => at.span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', marked: true }),
      'broken not-extracted billing proved',
    ],
    ['nobody consumes', (at) => at, 'inconclusive nothing-seen -'],
  ])('%s', (_, met, says) => {
    expect(met(scene(RECORD).wire({ into: 'orders', carries: 'T:probe' })).verdict('probe', 'billing')).toBe(says);
  });
});

test('two consumers of one bare record are two broken hops and one fault', () => {
  const { summary, hops } = scene(MESSAGING)
    .span({ node: 'checkout', id: 'c', parent: 'probe' })
    .wire({ into: 'orders', carries: 'none' })
    .span({ node: 'billing', id: 'b', trace: 'B', kind: 'consumer', marked: true })
    .span({ node: 'stock', id: 's', trace: 'S', kind: 'consumer', attributes: COORDINATES })
    .report();
  expect(hops.map(({ verdict }) => verdict)).toEqual(['intact', 'broken', 'broken', 'unexercised']);
  expect(summary.faults).toBe(1);
});

test('only what names the probe is its own where two probes share a trace', () => {
  const other = PROBE.replace('1111', '2222');
  const met = billing(scene(MESSAGING));
  const evidence = met.evidence();
  const theirs = evidence.spans.find(({ name }) => name === 'b');
  if (theirs !== undefined) theirs.tie = [{ probe: other, where: 'messaging.kafka.message.key' }];
  expect(met.verdict('checkout', 'billing')).toBe('inconclusive nothing-seen -');
});
