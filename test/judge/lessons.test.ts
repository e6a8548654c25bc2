/** What systems of the matrix showed that a naive judge gets wrong; each with the case beside it that it must still find. */
import { describe, expect, test } from 'vitest';
import { extraId, PROBE, type Scene, scene, traceId } from './scene.ts';
import { MESSAGING } from './topologies.ts';

const CHAIN = `
version: 1
nodes:
  gate: { url: "http://127.0.0.1:1", tap: { listen: "127.0.0.1:11" } }
  relay: { url: "http://127.0.0.1:2", tap: { listen: "127.0.0.1:12" } }
  shelf: { url: "http://127.0.0.1:3", tap: { listen: "127.0.0.1:13" } }
flows:
  f: { send: { http: { path: "/\${probe.id}" } }, through: gate -> relay -> shelf }
`;

function gate(topology = CHAIN): Scene {
  return scene(topology)
    .wire({ into: 'gate', carries: 'T:probe' })
    .span({ node: 'gate', id: 'gate', parent: 'probe' })
    .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', at: 15 })
    .wire({ into: 'relay', carries: 'T:call', status: 200 });
}

describe('a cleared flag', () => {
  const cleared = [{ name: 'traceparent', value: `00-${traceId('T')}-72656c61792e2e2e-00` }];

  test('is the fault of who cleared it, and of nobody behind', () => {
    const it = gate().wire({ into: 'shelf', carries: cleared, status: 200 });
    expect(it.verdict('gate', 'relay')).toBe('broken unsampled relay proved');
    expect(it.verdict('relay', 'shelf')).toBe('inconclusive trail-lost -');
  });

  test('excuses a receiver behind a sender that keeps its spans to itself', () => {
    const it = gate()
      .wire({ into: 'shelf', carries: cleared, status: 200 })
      .span({ node: 'shelf', id: 'shelf', parent: 'relay...', at: 40, flags: 0x300 });
    expect(it.verdict('relay', 'shelf')).toBe('intact');
  });
});

describe('a silent service', () => {
  test('that hands on what it was given has lost nothing behind it', () => {
    const it = gate()
      .wire({ into: 'shelf', carries: 'T:call', status: 200 })
      .span({ node: 'shelf', id: 'shelf', parent: 'call', at: 40 });
    expect(it.verdict('gate', 'relay')).toBe('broken silent relay proved');
    expect(it.verdict('relay', 'shelf')).toBe('intact');
  });

  test('that hands nothing on leaves no trail', () => {
    const it = gate()
      .wire({ into: 'shelf', carries: 'none', status: 200 })
      .span({ node: 'shelf', id: 'shelf', trace: 'S', marked: true, at: 40 });
    expect(it.verdict('gate', 'relay')).toBe('broken silent relay proved');
    expect(it.verdict('relay', 'shelf')).toBe('inconclusive trail-lost -');
  });
});

describe('a receiver that hangs elsewhere than where the wire into it says', () => {
  const taken = (kind: 'server' | 'internal'): Scene =>
    gate().span({ node: 'relay', id: 'relay', parent: 'made', at: 30, kind });

  test('has made that parent up, where its span is that of the request', () => {
    expect(taken('server').verdict('gate', 'relay')).toBe('broken not-extracted relay proved');
  });

  test('may have lost a span of its own on export, where it is inner work', () => {
    expect(taken('internal').verdict('gate', 'relay')).toBe('degraded export-lost - inferred');
  });
});

describe('a parent that nobody has, in a trace that is nobody’s', () => {
  const untapped = CHAIN.replaceAll(/, tap: \{[^}]*\}/g, '');

  test('leaves everyone possible', () => {
    const it = scene(untapped)
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'relay', id: 'relay', parent: 'strange', trace: 'X', marked: true, flags: 0x300 });
    expect(it.verdict('gate', 'relay')).toBe('broken lost-in-process - inferred [gate relay] or not-extracted');
  });
});

describe('one context that all requests share', () => {
  const proxied = `
version: 1
nodes:
  edge: { kind: proxy, url: "http://127.0.0.1:1" }
  inner: { kind: proxy, url: "http://127.0.0.1:2", tap: { listen: "127.0.0.1:12" } }
  gate: { url: "http://127.0.0.1:3", tap: { listen: "127.0.0.1:13" } }
flows:
  f: { send: { http: { path: "/\${probe.id}" } }, through: edge -> inner -> gate }
`;

  test('blames who writes it, whatever others do in its trace', () => {
    const it = scene(proxied)
      .wire({ into: 'inner', carries: 'T:probe', at: 10 })
      .wire({ into: 'gate', carries: 'C:c', at: 20 })
      .wire({ into: 'inner', carries: 'F:f', marked: false, at: 30, port: 40_001 })
      .wire({ into: 'gate', carries: 'C:c', marked: false, at: 40, port: 40_001 })
      .span({ node: 'gate', id: 'ours', parent: 'c', trace: 'C', marked: true, at: 25, flags: 0x300 })
      .span({ node: 'gate', id: 'theirs', parent: 'c', trace: 'C', at: 45, flags: 0x300 });
    expect(it.verdict('probe', 'gate')).toBe('broken restarted inner proved');
    expect(it.hop('probe', 'gate').findings).toHaveLength(1);
  });
});

describe('a link that leads into another trace of the sender’s', () => {
  const untapped = MESSAGING.replace('topic: dev.orders', 'topic: dev.orders, tap: false');
  const sent = (): Scene =>
    scene(untapped)
      .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', trace: 'L', kind: 'producer', at: 15 });

  test('shows that the sender lost the context inside itself', () => {
    const it = sent().span({
      node: 'billing',
      id: 'billing',
      trace: 'B',
      kind: 'consumer',
      links: ['L:send'],
      marked: true,
      at: 30,
    });
    expect(it.verdict('checkout', 'billing')).toBe('broken lost-in-process checkout proved');
  });

  test('is no such proof where it is one of several: a batch', () => {
    const it = sent().span({
      node: 'billing',
      id: 'billing',
      trace: 'B',
      kind: 'consumer',
      links: ['L:send', 'Z:other'],
      marked: true,
      at: 30,
    });
    expect(it.hop('checkout', 'billing').findings[0]?.certainty).toBe('inferred');
  });
});

describe('work for several messages at once', () => {
  const second = extraId('q');

  test('what is written for another message is no call that nothing answers', () => {
    const it = scene(MESSAGING)
      .extra({ purpose: 'main', id: 'q', node: 'checkout', hop: '' })
      .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'checkout', kind: 'producer' })
      .span({ node: 'checkout', id: 'checkq', parent: 'q', trace: 'q' })
      .span({ node: 'checkout', id: 'sendq', parent: 'checkq', trace: 'q', kind: 'producer' })
      .span({ node: 'billing', id: 'poll', trace: 'B', kind: 'client' })
      .span({
        node: 'billing',
        id: 'one',
        parent: 'poll',
        trace: 'B',
        kind: 'consumer',
        links: ['T:send'],
        marked: true,
      })
      .span({
        node: 'billing',
        id: 'two',
        parent: 'poll',
        trace: 'B',
        kind: 'consumer',
        links: ['q:sendq'],
        marked: true,
        of: second,
      });
    for (const [id, of] of [
      ['pub1', PROBE],
      ['pub2', second],
    ] as const) {
      const attributes = { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'invoices' };
      it.span({ node: 'billing', id, parent: 'poll', trace: 'B', kind: 'producer', marked: true, of, attributes });
      it.span({ node: 'mailer', id: `mail${id}`, parent: id, trace: 'B', kind: 'consumer', marked: true, of });
    }
    expect(it.verdict('billing', 'mailer')).toBe('intact');
  });

  test('the context of another message of the batch is cross-talk', () => {
    const it = scene(MESSAGING)
      .extra({ purpose: 'main', id: 'q', node: 'checkout', hop: '' })
      .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'checkout', kind: 'producer' })
      .span({ node: 'billing', id: 'bill', parent: 'send', kind: 'consumer' })
      .span({ node: 'checkout', id: 'checkq', parent: 'q', trace: 'q' })
      .span({ node: 'checkout', id: 'sendq', parent: 'checkq', trace: 'q', kind: 'producer' })
      .span({ node: 'billing', id: 'billq', parent: 'sendq', trace: 'q', kind: 'consumer' })
      .span({ node: 'billing', id: 'pub', parent: 'billq', trace: 'q', kind: 'producer', marked: true })
      .wire({ into: 'invoices', carries: 'q:pub' })
      .span({ node: 'mailer', id: 'mail', parent: 'pub', trace: 'q', kind: 'consumer', marked: true });
    expect(it.verdict('billing', 'mailer')).toBe('broken cross-talk billing proved');
  });
});

describe('a marker in baggage', () => {
  test('goes with the context, and gives way to what names the message itself', () => {
    const stale = [
      { name: 'traceparent', value: `00-${traceId('T')}-73656e642e2e2e2e-01` },
      { name: 'baggage', value: `tracegap.probe=${PROBE}` },
    ];
    const it = scene(MESSAGING)
      .extra({ purpose: 'main', id: 'q', node: 'checkout', hop: '' })
      .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'checkout', kind: 'producer' })
      .wire({ into: 'orders', carries: 'T:send', offset: '1' })
      .wire({ into: 'orders', carries: stale, of: extraId('q'), offset: '2', baggageOf: PROBE })
      .span({ node: 'billing', id: 'billing', parent: 'send', kind: 'consumer', at: 40 })
      .span({ node: 'stock', id: 'stock', parent: 'send', kind: 'consumer', at: 40 });
    expect(it.report().hops.find(({ to }) => to === 'billing')?.samples).toMatchObject({ intact: 1 });
  });
});

test('a record that the probe itself wrote ties who names its place', () => {
  const it = scene(`
version: 1
nodes:
  orders: { kind: kafka, brokers: ["127.0.0.1:9092"], topic: t, tap: false }
  billing: {}
flows:
  f: { send: { kafka: { to: orders, key: "\${probe.id}" } }, through: orders -> billing }
`)
    .sent({ partition: 2, offset: '41', target: 't' })
    .span({
      node: 'billing',
      id: 'billing',
      trace: 'B',
      kind: 'consumer',
      attributes: {
        'messaging.destination.name': 't',
        'messaging.destination.partition.id': '2',
        'messaging.kafka.offset': '41',
      },
    });
  expect(it.verdict('probe', 'billing')).toBe('broken not-extracted billing proved');
});

describe('a message of the probe’s that was written in another request’s trace', () => {
  const it = scene(MESSAGING)
    .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
    .span({ node: 'checkout', id: 'send', parent: 'checkout', kind: 'producer' })
    .wire({ into: 'orders', carries: 'T:send', offset: '1' })
    .span({ node: 'billing', id: 'bill', parent: 'send', kind: 'consumer' })
    .span({ node: 'stock', id: 'stock', parent: 'send', kind: 'consumer' })
    .span({ node: 'checkout', id: 'checkz', trace: 'Z' })
    .span({ node: 'checkout', id: 'sendz', parent: 'checkz', trace: 'Z', kind: 'producer' })
    .wire({ into: 'orders', carries: 'Z:sendz', marked: false, offset: '2' })
    .span({ node: 'stock', id: 'stockz', trace: 'K', kind: 'consumer', links: ['Z:sendz'] })
    .span({ node: 'billing', id: 'billz', parent: 'sendz', trace: 'Z', kind: 'consumer' })
    .span({ node: 'billing', id: 'pub', parent: 'billz', trace: 'Z', kind: 'producer', marked: true })
    .wire({ into: 'invoices', carries: 'Z:pub' })
    .span({ node: 'mailer', id: 'mail', parent: 'pub', trace: 'Z', kind: 'consumer', marked: true });

  test('is the fault of who wrote it', () => {
    expect(it.verdict('billing', 'mailer')).toBe('broken cross-talk billing proved');
  });

  test('makes nothing else in that trace the probe’s: neither its records nor what links to them', () => {
    expect(it.verdict('checkout', 'billing')).toBe('intact');
    expect(it.verdict('checkout', 'stock')).toBe('intact');
  });
});

describe('a message id that all messages share', () => {
  const invoices = (): Scene =>
    scene(MESSAGING)
      .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'checkout', kind: 'producer' })
      .span({ node: 'billing', id: 'bill', parent: 'send', kind: 'consumer' })
      .span({ node: 'billing', id: 'pub', parent: 'bill', kind: 'producer' })
      .wire({ into: 'invoices', carries: 'T:pub' })
      .span({ node: 'mailer', id: 'mail', parent: 'pub', kind: 'consumer', at: 40 });
  const attributes = { 'messaging.system': 'rabbitmq', 'messaging.message.id': PROBE };
  const theirs = (it: Scene): Scene =>
    it.span({ node: 'mailer', id: 'theirs', trace: 'F', kind: 'consumer', attributes, at: 50 });

  test('ties a receiver to nobody, where others came with it too', () => {
    const it = theirs(invoices().wire({ into: 'invoices', carries: 'none', marked: false, at: 45 }));
    expect(it.verdict('billing', 'mailer')).toBe('intact');
  });

  test('ties the receiver of the only one that has it', () => {
    const it = theirs(
      scene(MESSAGING)
        .span({ node: 'checkout', id: 'checkout', parent: 'probe' })
        .span({ node: 'checkout', id: 'send', parent: 'checkout', kind: 'producer' })
        .span({ node: 'billing', id: 'bill', parent: 'send', kind: 'consumer' })
        .span({ node: 'billing', id: 'pub', parent: 'bill', kind: 'producer' })
        .wire({ into: 'invoices', carries: 'T:pub' }),
    );
    expect(it.verdict('billing', 'mailer')).toBe('broken not-extracted mailer proved');
  });
});

describe('a call through a gateway that the path does not name', () => {
  const attributes = { 'server.address': 'gateway', 'server.port': 80 };
  const topology = `
version: 1
nodes: { edge: { kind: proxy, url: "http://gateway:80" }, gate: { url: "http://gate:1" }, shelf: { url: "http://shelf:2" } }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: edge -> gate -> shelf } }
`;
  const called = (): Scene =>
    scene(topology)
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', attributes })
      .span({ node: 'shelf', id: 'shelf', parent: 'call' });

  test('is no wrong parent', () => {
    expect(called().verdict('gate', 'shelf')).toBe('intact');
  });

  test('is one where the sender made another call, which did go there', () => {
    const it = called().span({
      node: 'gate',
      id: 'other',
      parent: 'gate',
      kind: 'client',
      attributes: { 'server.address': 'shelf', 'server.port': 2 },
    });
    expect(it.verdict('gate', 'shelf')).toBe('broken wrong-parent gate proved');
  });

  test('may be one where a service that it went to hangs below it as well', () => {
    const service = topology.replace('{ kind: proxy, url: "http://gateway:80" }', '{ url: "http://gateway:80" }');
    const it = scene(service.replace('edge -> gate -> shelf', 'gate -> shelf'))
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'gate', id: 'call', parent: 'gate', kind: 'client', attributes })
      .span({ node: 'edge', id: 'edge', parent: 'call' })
      .span({ node: 'shelf', id: 'shelf', parent: 'call' });
    expect(it.verdict('gate', 'shelf')).toBe('broken wrong-parent - inferred [gate edge] or bypassed');
  });
});

describe('receivers whose spans name no probe', () => {
  const untapped = CHAIN.replaceAll(/, tap: \{[^}]*\}/g, '');
  const two = (): Scene =>
    scene(untapped)
      .extra({ purpose: 'main', id: 'q', node: 'gate', hop: '' })
      .span({ node: 'gate', id: 'gate', parent: 'probe' })
      .span({ node: 'relay', id: 'relay', trace: 'R', at: 30 })
      .span({ node: 'gate', id: 'gateq', parent: 'q', trace: 'q', at: 1010, forMs: 80 })
      .span({ node: 'relay', id: 'relay', trace: 'S', at: 1030 });

  test('are told apart by time, one probe after the other', () => {
    const hop = two().hop('gate', 'relay');
    expect(hop.samples).toMatchObject({ broken: 2 });
    expect(hop.findings[0]?.certainty).toBe('inferred');
  });

  test('are nobody’s where the like goes on outside of all probes too', () => {
    const it = two().span({ node: 'relay', id: 'relay', trace: 'H', at: 5000 });
    expect(it.hop('gate', 'relay').samples).toMatchObject({ broken: 0, inconclusive: 2 });
  });
});
