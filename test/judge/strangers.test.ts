/** Systems that the fixtures do not have: fan-in, loops, shared batches, tracing proxies, odd instrumentations. */
import { describe, expect, test } from 'vitest';
import { type Scene, scene } from './scene.ts';
import { HTTP_TAPPED, HTTP_UNTAPPED, MESSAGING } from './topologies.ts';

const FAN_IN = `
version: 1
nodes:
  checkout: { url: "http://127.0.0.1:3001" }
  cart: {}
  pricing: { url: "http://127.0.0.1:3002", tap: { listen: "127.0.0.1:9002" } }
flows:
  order:
    send: { http: { path: "/\${probe.id}" } }
    through: [checkout -> pricing, checkout -> cart -> pricing]
`;

const LOOP = `
version: 1
nodes: { checkout: { url: "http://127.0.0.1:3001" }, pricing: {}, audit: {} }
flows:
  order:
    send: { http: { path: "/\${probe.id}" } }
    through: checkout -> pricing -> checkout -> audit
`;

const ONE_GATEWAY = `
version: 1
nodes: { gateway: { kind: proxy, url: "http://127.0.0.1:3000" }, checkout: {}, pricing: {} }
flows:
  order:
    send: { http: { path: "/\${probe.id}" } }
    through: gateway -> checkout -> gateway -> pricing
`;

const TWO_TOPICS = `
version: 1
nodes:
  checkout: { url: "http://127.0.0.1:3001" }
  orders: { kind: kafka, brokers: ["127.0.0.1:9092"], topic: dev.orders }
  shipments: { kind: kafka, brokers: ["127.0.0.1:9092"], topic: dev.shipments }
  billing: {}
  courier: {}
flows:
  order:
    send: { http: { path: "/\${probe.id}" } }
    through: [checkout -> orders -> billing, checkout -> shipments -> courier]
`;

/** checkout calls pricing itself and cart, which calls pricing as well. */
function fanIn(at: Scene): Scene {
  return at
    .span({ node: 'checkout', id: 'c', parent: 'probe', forMs: 800 })
    .span({ node: 'checkout', id: 'c-p', parent: 'c', kind: 'client', at: 20 })
    .span({ node: 'checkout', id: 'c-k', parent: 'c', kind: 'client', at: 200 })
    .span({ node: 'cart', id: 'k', parent: 'c-k', at: 210 });
}

describe('two services call the same one', () => {
  test('both go on', () => {
    const met = fanIn(scene(FAN_IN))
      .span({ node: 'cart', id: 'k-p', parent: 'k', kind: 'client', at: 220 })
      .wire({ into: 'pricing', carries: 'T:c-p', at: 25 })
      .wire({ into: 'pricing', carries: 'T:k-p', at: 225 })
      .span({ node: 'pricing', id: 'p1', parent: 'c-p', at: 30 })
      .span({ node: 'pricing', id: 'p2', parent: 'k-p', at: 230 });
    expect([met.verdict('checkout', 'pricing'), met.verdict('cart', 'pricing')]).toEqual(['intact', 'intact']);
  });

  test('one writes no header: the other is not blamed', () => {
    const met = fanIn(scene(FAN_IN))
      .wire({ into: 'pricing', carries: 'T:c-p', at: 25 })
      .wire({ into: 'pricing', carries: 'none', at: 225, port: 41_000 })
      .span({ node: 'pricing', id: 'p1', parent: 'c-p', at: 30 })
      .span({ node: 'pricing', id: 'p2', trace: 'X', marked: true, at: 230 });
    expect([met.verdict('checkout', 'pricing'), met.verdict('cart', 'pricing')]).toEqual([
      'intact',
      // checkout went on once, and may have called twice: likely is not proved.
      'broken not-injected - inferred [checkout cart]',
    ]);
  });

  test('both went on and one more request is bare: nobody is blamed for sure', () => {
    const met = fanIn(scene(FAN_IN))
      .span({ node: 'cart', id: 'k-p', parent: 'k', kind: 'client', at: 220 })
      .wire({ into: 'pricing', carries: 'T:c-p', at: 25 })
      .wire({ into: 'pricing', carries: 'T:k-p', at: 225 })
      .wire({ into: 'pricing', carries: 'none', at: 240, port: 41_000 })
      .span({ node: 'pricing', id: 'p1', parent: 'c-p', at: 30 })
      .span({ node: 'pricing', id: 'p2', parent: 'k-p', at: 230 });
    const says = 'broken not-injected - inferred [checkout cart]';
    expect([met.verdict('checkout', 'pricing'), met.verdict('cart', 'pricing')]).toEqual([says, says]);
    expect(met.report().summary.faults).toBe(1);
  });
});

test('one bare request of two possible callers, and nobody watches: both are named', () => {
  const untapped = FAN_IN.replace(', tap: { listen: "127.0.0.1:9002" }', '');
  const met = fanIn(scene(untapped)).span({ node: 'pricing', id: 'p', trace: 'X', marked: true });
  const says = 'broken not-injected - inferred [checkout cart pricing] or not-extracted';
  expect([met.verdict('checkout', 'pricing'), met.verdict('cart', 'pricing')]).toEqual([says, says]);
  expect(met.report().summary.faults).toBe(1);
});

describe('nothing but time ties the receiver to its caller', () => {
  const called = (at: Scene): Scene =>
    at
      .span({ node: 'checkout', id: 'c', parent: 'probe', at: 10, forMs: 500 })
      .span({ node: 'pricing', id: 'GET /price', trace: 'X', at: 100 });
  test('the only root in the caller’s time is taken for its call, and labelled', () => {
    expect(called(scene(HTTP_UNTAPPED)).verdict('checkout', 'pricing')).toBe(
      'broken not-injected - inferred [checkout pricing] or not-extracted',
    );
  });

  test('several tie nothing', () => {
    const met = called(scene(HTTP_UNTAPPED)).span({ node: 'pricing', id: 'GET /other', trace: 'Y', at: 150 });
    expect(met.verdict('checkout', 'pricing')).toBe('inconclusive nothing-seen -');
  });

  test('a health check, which goes on at other times too, is nobody’s call', () => {
    const met = scene(HTTP_UNTAPPED)
      .span({ node: 'checkout', id: 'c', parent: 'probe', at: 10, forMs: 500 })
      .span({ node: 'pricing', id: 'GET /health', trace: 'H', at: 100 });
    met
      .evidence()
      .spans.push(
        ...scene(HTTP_UNTAPPED).span({ node: 'pricing', id: 'GET /health', trace: 'H2', at: 5100 }).evidence().spans,
      );
    expect(met.verdict('checkout', 'pricing')).toBe('inconclusive nothing-seen -');
  });
});

test('a gateway that both come by is no bus: what is handed on as it came is found', () => {
  const met = scene(ONE_GATEWAY)
    .span({ node: 'checkout', id: 'c', parent: 'probe' })
    .span({ node: 'pricing', id: 'p', parent: 'probe' });
  expect(met.verdict('checkout', 'pricing')).toBe('broken bypassed checkout proved');
});

test('a loop whose way back is bare', () => {
  const met = scene(LOOP)
    .span({ node: 'checkout', id: 'c1', parent: 'probe' })
    .span({ node: 'checkout', id: 'c1-p', parent: 'c1', kind: 'client' })
    .span({ node: 'pricing', id: 'p', parent: 'c1-p' })
    .span({ node: 'checkout', id: 'c2', trace: 'X', marked: true })
    .span({ node: 'checkout', id: 'c2-a', trace: 'X', parent: 'c2', kind: 'client' })
    .span({ node: 'audit', id: 'a', trace: 'X', parent: 'c2-a' });
  expect(met.report().hops.map((hop) => `${hop.from} -> ${hop.to} ${hop.verdict}`)).toEqual([
    'probe -> checkout intact',
    'checkout -> pricing intact',
    'pricing -> checkout broken',
    'checkout -> audit intact',
  ]);
  expect(met.verdict('pricing', 'checkout')).toContain('[pricing checkout]');
});

test('the same service twice on a path', () => {
  const met = scene(LOOP)
    .span({ node: 'checkout', id: 'c1', parent: 'probe' })
    .span({ node: 'checkout', id: 'c1-p', parent: 'c1', kind: 'client' })
    .span({ node: 'pricing', id: 'p', parent: 'c1-p' })
    .span({ node: 'pricing', id: 'p-c', parent: 'p', kind: 'client' })
    .span({ node: 'checkout', id: 'c2', parent: 'p-c' })
    .span({ node: 'checkout', id: 'c2-a', parent: 'c2', kind: 'client' })
    .span({ node: 'audit', id: 'a', parent: 'c2-a' });
  expect(met.report().hops.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
    'order: probe -> checkout intact',
    'order: checkout -> pricing intact',
    'order: pricing -> checkout intact',
    'order: checkout -> audit intact',
  ]);
});

test('several calls to one service, one of them bare', () => {
  const calls = scene(HTTP_TAPPED)
    .span({ node: 'checkout', id: 'c', parent: 'probe', forMs: 800 })
    .span({ node: 'checkout', id: 'one', parent: 'c', kind: 'client', at: 20 })
    .wire({ into: 'pricing', carries: 'T:one', at: 25 })
    .span({ node: 'pricing', id: 'p1', parent: 'one', at: 30 });
  expect(calls.verdict('checkout', 'pricing')).toBe('intact');
  calls
    .wire({ into: 'pricing', carries: 'none', at: 300 })
    .span({ node: 'pricing', id: 'p2', trace: 'X', marked: true, at: 305 });
  expect(calls.verdict('checkout', 'pricing')).toBe('broken not-injected checkout proved');
});

test('a consumer that writes to the topic it reads from does not make a second crossing', () => {
  const met = scene(MESSAGING)
    .span({ node: 'checkout', id: 'c', parent: 'probe' })
    .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer' })
    .wire({ into: 'orders', carries: 'T:send' })
    .span({ node: 'billing', id: 'b', parent: 'send', kind: 'consumer' })
    .span({ node: 'billing', id: 'status', parent: 'b', kind: 'producer' })
    .wire({ into: 'orders', carries: 'T:status', at: 60, offset: '8' });
  expect(met.verdict('checkout', 'billing')).toBe('intact');
});

test('a batch with other people’s messages: only the probe’s own is judged behind it', () => {
  const attributes = { 'messaging.operation.type': 'receive' };
  const met = scene(MESSAGING)
    .span({ node: 'checkout', id: 'c', parent: 'probe' })
    .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer' })
    .wire({ into: 'orders', carries: 'T:send' })
    .span({ node: 'billing', id: 'poll', trace: 'B', kind: 'client', attributes })
    .span({ node: 'billing', id: 'mine', trace: 'B', parent: 'poll', kind: 'consumer', links: ['T:send'] })
    .span({ node: 'billing', id: 'theirs', trace: 'B', parent: 'poll', kind: 'consumer', links: ['F:send'] })
    .span({ node: 'billing', id: 'pub1', trace: 'B', parent: 'poll', kind: 'producer' })
    .span({ node: 'billing', id: 'pub2', trace: 'B', parent: 'poll', kind: 'producer' })
    .wire({ into: 'invoices', carries: 'B:pub1', at: 50 })
    .wire({ into: 'invoices', carries: 'B:pub2', at: 51, marked: false })
    .span({ node: 'mailer', id: 'm1', trace: 'B', parent: 'pub1', kind: 'consumer', marked: true });
  expect(met.verdict('checkout', 'billing')).toBe('linked');
  expect(met.verdict('billing', 'mailer')).toBe('intact');
});

describe('a proxy with a tracer of its own', () => {
  test('it ignores the context, makes spans elsewhere and hands the header on: nothing is lost', () => {
    const met = scene(HTTP_UNTAPPED)
      .span({ node: 'edge', id: 'e', trace: 'E', marked: true })
      .span({ node: 'checkout', id: 'c', parent: 'probe' });
    expect(met.verdict('probe', 'checkout')).toBe('intact');
  });

  test('it begins a trace and hands that on: its own span proves it', () => {
    const met = scene(HTTP_UNTAPPED)
      .span({ node: 'edge', id: 'e', trace: 'E', marked: true })
      .span({ node: 'checkout', id: 'c', trace: 'E', parent: 'e', marked: true });
    expect(met.verdict('probe', 'checkout')).toBe('broken restarted edge proved');
  });

  test('it hands the context on below a span that it exports elsewhere: without a tap that is inferred', () => {
    const met = scene(HTTP_UNTAPPED).span({ node: 'checkout', id: 'c', parent: 'ghost', flags: 0x301 });
    expect(met.verdict('probe', 'checkout')).toBe('broken ghost-parent edge inferred');
  });
});

describe('odd instrumentations', () => {
  test('no server span, but the call has the remote parent: the context is intact', () => {
    const met = scene(HTTP_UNTAPPED)
      .span({ node: 'checkout', id: 'call', parent: 'probe', kind: 'client', flags: 0x301 })
      .span({ node: 'pricing', id: 'p', parent: 'call' });
    expect([met.verdict('probe', 'checkout'), met.verdict('checkout', 'pricing')]).toEqual(['intact', 'intact']);
  });

  test('the trace id is taken and the parent is not: it reached the receiver, nobody before it is a suspect', () => {
    const met = scene(HTTP_UNTAPPED)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client' })
      .span({ node: 'pricing', id: 'p' });
    expect(met.verdict('checkout', 'pricing')).toBe('broken not-extracted pricing proved');
  });

  test('two records share one headers object: the first consumer hangs below the second send', () => {
    const orders = { 'messaging.system': 'kafka', 'messaging.destination.name': 'dev.orders' };
    const shipments = { 'messaging.system': 'kafka', 'messaging.destination.name': 'dev.shipments' };
    const met = scene(TWO_TOPICS)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'send1', parent: 'c', kind: 'producer', attributes: orders })
      .span({ node: 'checkout', id: 'send2', parent: 'c', kind: 'producer', attributes: shipments })
      .wire({ into: 'orders', carries: 'T:send2' })
      .wire({ into: 'shipments', carries: 'T:send2' })
      .span({ node: 'billing', id: 'b', parent: 'send2', kind: 'consumer' })
      .span({ node: 'courier', id: 'd', parent: 'send2', kind: 'consumer' });
    expect(met.verdict('checkout', 'billing')).toBe('broken wrong-parent checkout proved');
    expect(met.verdict('checkout', 'courier')).toBe('intact');
  });

  test('a manual injection from the handler’s own span is no wrong parent', () => {
    const met = scene(TWO_TOPICS)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .wire({ into: 'orders', carries: 'T:c' })
      .span({ node: 'billing', id: 'b', parent: 'c', kind: 'consumer' });
    expect(met.verdict('checkout', 'billing')).toBe('intact');
  });

  test('two producer spans for one publish (pika): the wire carries the inner one', () => {
    const met = scene(TWO_TOPICS)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'outer', parent: 'c', kind: 'producer' })
      .span({ node: 'checkout', id: 'inner', parent: 'outer', kind: 'producer' })
      .wire({ into: 'orders', carries: 'T:inner' })
      .span({ node: 'billing', id: 'b', parent: 'inner', kind: 'consumer' });
    expect(met.verdict('checkout', 'billing')).toBe('intact');
  });

  test('an ambient parent and a link to the message: the link counts (useLinksForConsume)', () => {
    const met = scene(TWO_TOPICS)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer' })
      .wire({ into: 'orders', carries: 'T:send' })
      .span({ node: 'billing', id: 'loop', trace: 'A', kind: 'internal' })
      .span({ node: 'billing', id: 'b', trace: 'A', parent: 'loop', kind: 'consumer', links: ['T:send'] });
    expect(met.verdict('checkout', 'billing')).toBe('linked');
  });

  test('an untraced consumer between two brokers drops the context', () => {
    const met = scene(
      MESSAGING.replace('billing: {}', 'billing: { spans: none }').replace(
        /through: .*/,
        'through: checkout -> orders -> billing -> invoices -> mailer',
      ),
    )
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer' })
      .wire({ into: 'orders', carries: 'T:send' })
      .wire({ into: 'invoices', carries: 'none', at: 50 })
      .span({ node: 'mailer', id: 'm', trace: 'M', kind: 'consumer', marked: true });
    expect(met.verdict('checkout', 'mailer')).toBe('broken stripped billing proved');
  });
});
