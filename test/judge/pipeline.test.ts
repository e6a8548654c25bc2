/** Spans that a pipeline lets go (a Collector's filter or sampler): no blame that the wire does not show. */
import { describe, expect, test } from 'vitest';
import { type Scene, scene } from './scene.ts';
import { HTTP_TAPPED, HTTP_UNTAPPED, MESSAGING } from './topologies.ts';

const drained = (it: Scene): Scene =>
  it
    .sight({ part: 'tap', name: 'orders', offsets: {} })
    .sight({ part: 'tap', name: 'invoices', queue: { name: 'mail', messages: 0, consumers: 1 } });

/** The records and messages of a whole sound run; the spans are the test's. */
function wires(): Scene {
  return drained(scene(MESSAGING))
    .wire({ into: 'orders', carries: 'T:send' })
    .wire({ into: 'invoices', carries: 'T:publish' });
}

describe('all spans are let go', () => {
  test('who wrote an id of its own was there, and its export was lost', () => {
    expect(wires().verdict('checkout', 'billing')).toBe('degraded export-lost - inferred');
  });

  test('a queue that is drained says nothing of who is not seen, as nobody is', () => {
    expect(wires().verdict('billing', 'mailer')).toBe('inconclusive nothing-seen -');
  });

  test('with the sender’s spans there, it does', () => {
    const it = wires()
      .span({ node: 'checkout', id: 'in', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'in', kind: 'producer' })
      .span({ node: 'billing', id: 'bill', parent: 'send', kind: 'consumer' })
      .span({ node: 'billing', id: 'publish', parent: 'bill', kind: 'producer' });
    expect(it.verdict('billing', 'mailer')).toBe('broken silent mailer inferred');
  });
});

describe('the spans of a service in the middle are let go', () => {
  const attributes = { 'server.address': 'pricing', 'server.port': 80 };
  const upTo = (): Scene =>
    scene(HTTP_UNTAPPED.replace('pricing: {}', 'pricing: { url: "http://pricing:80" }'))
      .span({ node: 'checkout', id: 'in', parent: 'probe' })
      .span({ node: 'checkout', id: 'call', parent: 'in', kind: 'client', attributes });

  test('whom it called hangs below a span of its own', () => {
    const it = upTo().span({ node: 'catalog', id: 'shelf', parent: 'gone' });
    expect(it.verdict('checkout', 'pricing')).toBe('degraded export-lost - inferred');
    expect(it.verdict('pricing', 'catalog')).toBe('degraded export-lost - inferred');
  });

  test('whom it called hangs below its caller: it handed the context on, and that proves no span', () => {
    const it = upTo().span({ node: 'catalog', id: 'shelf', parent: 'call' });
    expect(it.verdict('checkout', 'pricing')).not.toContain('export-lost');
  });

  test('what its caller wrote is not known either: the parent may be the caller’s', () => {
    const it = scene(HTTP_UNTAPPED)
      .span({ node: 'checkout', id: 'in', parent: 'probe' })
      .span({ node: 'catalog', id: 'shelf', parent: 'gone' });
    expect(it.verdict('checkout', 'pricing')).toBe('inconclusive nothing-seen -');
  });
});

describe('spans came that a source could not keep: an absence is no proof', () => {
  const dropping = (it: Scene): Scene => it.sight({ part: 'source', name: 'otlp', dropped: 3 });
  const answered = (): Scene =>
    scene(HTTP_TAPPED)
      .span({ node: 'checkout', id: 'in', parent: 'probe' })
      .span({ node: 'checkout', id: 'call', parent: 'in', kind: 'client' })
      .wire({ into: 'pricing', carries: 'T:call', status: 200 });

  test('of a silent service', () => {
    expect(answered().verdict('checkout', 'pricing')).toBe('broken silent pricing proved');
    expect(dropping(answered()).verdict('checkout', 'pricing')).toBe('inconclusive source-down -');
  });

  test('of a lost export', () => {
    expect(dropping(wires()).verdict('checkout', 'billing')).toBe('inconclusive source-down -');
  });

  test('but what did come still proves', () => {
    const it = answered().span({ node: 'pricing', id: 'price', trace: 'N', marked: true });
    expect(dropping(it).verdict('checkout', 'pricing')).toBe('broken not-extracted pricing proved');
    expect(
      dropping(answered().span({ node: 'pricing', id: 'price', parent: 'call' })).verdict('checkout', 'pricing'),
    ).toBe('intact');
  });
});
