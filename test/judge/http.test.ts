import { describe, expect, test } from 'vitest';
import { type Scene, scene, spanId, traceId } from './scene.ts';
import { HTTP_TAPPED, HTTP_UNTAPPED } from './topologies.ts';

const UPPER = [{ name: 'traceparent', value: '00-542E2E2E2E2E2E2E2E2E2E2E2E2E2E2E-63616C6C2E2E2E2E-01' }];
const B3 = [{ name: 'b3', value: '542e2e2e2e2e2e2e2e2e2e2e2e2e2e2e-63616c6c2e2e2e2e-1' }];

/** checkout entered by the probe, and its call to pricing. */
function checkout(at: Scene): Scene {
  return at
    .span({ node: 'checkout', id: 'c', parent: 'probe', at: 10, forMs: 500 })
    .span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client', at: 20, forMs: 300 });
}

interface Case {
  name: string;
  topology: string;
  hop: [from: string, to: string];
  met(at: Scene): Scene;
  says: string;
}

const CASES: Case[] = [
  {
    name: 'the receiver hangs below the call',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) => checkout(at).span({ node: 'pricing', id: 'p', parent: 'call' }),
    says: 'intact',
  },
  {
    name: 'the proxy has a span of its own in between',
    topology: HTTP_UNTAPPED,
    hop: ['probe', 'checkout'],
    met: (at) => at.span({ node: 'edge', id: 'e', parent: 'probe' }).span({ node: 'checkout', id: 'c', parent: 'e' }),
    says: 'intact',
  },
  {
    name: 'a proxy drops the header, watched behind it',
    topology: HTTP_TAPPED,
    hop: ['probe', 'checkout'],
    met: (at) =>
      at.wire({ into: 'checkout', carries: 'none' }).span({ node: 'checkout', id: 'c', trace: 'X', marked: true }),
    says: 'broken stripped edge proved',
  },
  {
    name: 'a proxy drops the header, nobody watches',
    topology: HTTP_UNTAPPED,
    hop: ['probe', 'checkout'],
    met: (at) => at.span({ node: 'checkout', id: 'c', trace: 'X', marked: true }),
    says: 'broken stripped - inferred [edge checkout] or not-extracted',
  },
  {
    name: 'a proxy writes a trace id of its own, watched behind it',
    topology: HTTP_TAPPED,
    hop: ['probe', 'checkout'],
    met: (at) =>
      at
        .wire({ into: 'checkout', carries: 'X:own' })
        .span({ node: 'checkout', id: 'c', trace: 'X', parent: 'own', marked: true }),
    says: 'broken restarted edge proved',
  },
  {
    name: 'a proxy writes a trace id of its own, nobody watches',
    topology: HTTP_UNTAPPED,
    hop: ['probe', 'checkout'],
    met: (at) => at.span({ node: 'checkout', id: 'c', trace: 'X', parent: 'own', marked: true, flags: 0x301 }),
    says: 'broken restarted - inferred [edge checkout] or not-extracted',
  },
  {
    name: 'the client writes no header, watched',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .wire({ into: 'pricing', carries: 'none' })
        .span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken not-injected checkout proved',
  },
  {
    name: 'the client writes no header, nobody watches',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken not-injected - inferred [checkout pricing] or not-extracted',
  },
  {
    name: 'the server does not extract',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'pricing', carries: 'T:call' })
        .span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken not-extracted pricing proved',
  },
  {
    name: 'the server links where a parent is asked for',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'pricing', carries: 'T:call' })
        .span({ node: 'pricing', id: 'p', trace: 'X', links: ['T:call'], marked: true }),
    says: 'broken not-extracted pricing proved',
  },
  {
    name: 'the header is handed on as it came',
    topology: HTTP_UNTAPPED,
    hop: ['pricing', 'catalog'],
    met: (at) =>
      checkout(at)
        .span({ node: 'pricing', id: 'p', parent: 'call' })
        .span({ node: 'catalog', id: 'g', parent: 'call' }),
    says: 'broken bypassed pricing proved',
  },
  {
    name: 'an untraced service drops the header between two taps',
    topology: HTTP_TAPPED,
    hop: ['pricing', 'catalog'],
    met: (at) =>
      checkout(at)
        .span({ node: 'pricing', id: 'p', parent: 'call' })
        .span({ node: 'pricing', id: 'pc', parent: 'p', kind: 'client' })
        .wire({ into: 'legacy', carries: 'T:pc', at: 30 })
        .wire({ into: 'catalog', carries: 'none', at: 35 })
        .span({ node: 'catalog', id: 'g', trace: 'X', marked: true }),
    says: 'broken stripped legacy proved',
  },
  {
    name: 'the same with a tap behind it only',
    topology: HTTP_TAPPED.replace(', tap: { listen: "127.0.0.1:9003" }', ''),
    hop: ['pricing', 'catalog'],
    met: (at) =>
      checkout(at)
        .span({ node: 'pricing', id: 'p', parent: 'call' })
        .wire({ into: 'catalog', carries: 'none', at: 35 })
        .span({ node: 'catalog', id: 'g', trace: 'X', marked: true }),
    says: 'broken not-injected - inferred [pricing legacy] or stripped',
  },
  {
    name: 'the client writes upper-case hex',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'pricing', carries: UPPER })
        .span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken malformed checkout proved',
  },
  {
    name: 'the client writes upper-case hex to a lenient server',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at).wire({ into: 'pricing', carries: UPPER }).span({ node: 'pricing', id: 'p', parent: 'call' }),
    says: 'degraded malformed checkout proved',
  },
  {
    name: 'the client writes B3 only',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at).wire({ into: 'pricing', carries: B3 }).span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken wrong-format checkout proved',
  },
  {
    name: 'a server that reads B3 goes on',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) => checkout(at).wire({ into: 'pricing', carries: B3 }).span({ node: 'pricing', id: 'p', parent: 'call' }),
    says: 'degraded wrong-format checkout proved',
  },
  {
    name: 'two injectors write two headers',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at)
        .wire({
          into: 'pricing',
          carries: [
            { name: 'traceparent', value: '00-542e2e2e2e2e2e2e2e2e2e2e2e2e2e2e-632e2e2e2e2e2e2e-01' },
            { name: 'traceparent', value: '00-542e2e2e2e2e2e2e2e2e2e2e2e2e2e2e-732e2e2e2e2e2e2e-01' },
          ],
        })
        .span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken duplicated checkout proved',
  },
  {
    name: 'the trace id is cut to 64 bits',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at)
        .wire({
          into: 'pricing',
          carries: [{ name: 'traceparent', value: '00-00000000000000002e2e2e2e2e2e2e2e-632e2e2e2e2e2e2e-01' }],
        })
        .span({ node: 'pricing', id: 'p', trace: 'X', marked: true }),
    says: 'broken truncated checkout proved',
  },
  {
    name: 'the call runs outside the request, in a root of its own',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'checkout', id: 'call', trace: 'X', kind: 'client' })
        .wire({ into: 'pricing', carries: 'X:call' })
        .span({ node: 'pricing', id: 'p', trace: 'X', parent: 'call', marked: true }),
    says: 'broken lost-in-process checkout proved',
  },
  {
    name: 'the same by spans alone',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'checkout', id: 'call', trace: 'X', kind: 'client' })
        .span({ node: 'pricing', id: 'p', trace: 'X', parent: 'call', marked: true }),
    says: 'broken lost-in-process checkout proved',
  },
  {
    name: "the call runs in another request's context",
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'checkout', id: 'foreign', trace: 'X' })
        .span({ node: 'checkout', id: 'call', trace: 'X', parent: 'foreign', kind: 'client' })
        .wire({ into: 'pricing', carries: 'X:call' })
        .span({ node: 'pricing', id: 'p', trace: 'X', parent: 'call', marked: true }),
    says: 'broken cross-talk checkout proved',
  },
  {
    name: 'a proxy puts in a parent that nobody exports',
    topology: HTTP_TAPPED,
    hop: ['probe', 'checkout'],
    met: (at) =>
      at
        .wire({ into: 'checkout', carries: 'T:ghost' })
        .span({ node: 'checkout', id: 'c', parent: 'ghost', flags: 0x301 }),
    says: 'broken ghost-parent edge proved',
  },
  {
    name: "the caller's own span is not exported",
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .wire({ into: 'pricing', carries: 'T:gone' })
        .span({ node: 'pricing', id: 'p', parent: 'gone', flags: 0x301 }),
    says: 'degraded export-lost - inferred',
  },
  {
    name: 'somebody clears the sampled flag',
    topology: HTTP_TAPPED,
    hop: ['probe', 'checkout'],
    met: (at) =>
      at.wire({
        into: 'checkout',
        carries: [{ name: 'traceparent', value: '00-542e2e2e2e2e2e2e2e2e2e2e2e2e2e2e-70726f62652e2e2e-00' }],
      }),
    says: 'broken unsampled edge proved',
  },
  {
    name: 'a service that answered has no span at all',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) => checkout(at).wire({ into: 'pricing', carries: 'T:call', status: 200 }),
    says: 'broken silent pricing proved',
  },
  {
    name: 'a service that answered is seen under a name that is not declared',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at)
        .wire({ into: 'pricing', carries: 'T:call', status: 200 })
        .span({ node: 'pricing-svc', id: 'p', parent: 'call' }),
    says: 'inconclusive nothing-seen -',
  },
  {
    name: 'the receiver hangs below a service that the path does not name',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      checkout(at).span({ node: 'gateway', id: 'g', parent: 'call' }).span({ node: 'pricing', id: 'p', parent: 'g' }),
    says: 'inconclusive undeclared-caller -',
  },
  {
    name: 'the sender finished without a call, and the tap saw nothing',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) => at.span({ node: 'checkout', id: 'c', parent: 'probe' }),
    says: 'unexercised not-reached -',
  },
  {
    name: 'the same where something unknown went in meanwhile',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe', at: 10, forMs: 20 })
        .wire({ into: 'pricing', carries: 'none', marked: false, at: 500 }),
    says: 'inconclusive nothing-seen -',
  },
  {
    name: 'the same where the tap was blind',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .sight({ part: 'tap', name: 'pricing', blind: 'the port was taken' }),
    says: 'inconclusive tap-down -',
  },
  {
    name: 'the call was made and nothing came of it',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: checkout,
    says: 'inconclusive nothing-seen -',
  },
  {
    name: 'the probe could not be sent',
    topology: HTTP_UNTAPPED,
    hop: ['probe', 'checkout'],
    met: (at) => at.probe({ error: { message: 'refused', hint: 'start it' } }),
    says: 'inconclusive probe-failed -',
  },
  {
    name: 'no source could see',
    topology: HTTP_UNTAPPED,
    hop: ['probe', 'checkout'],
    met: (at) => at.sight({ part: 'source', name: 'otlp', blind: 'it answered 503' }),
    says: 'inconclusive source-down -',
  },
  {
    name: 'a proxy drops the header and adds a request id',
    topology: HTTP_TAPPED,
    hop: ['probe', 'checkout'],
    met: (at) =>
      at
        .wire({ into: 'checkout', carries: [{ name: 'request-id', value: '4711' }] })
        .span({ node: 'checkout', id: 'c', trace: 'X', marked: true }),
    says: 'broken stripped edge proved',
  },
  {
    name: "a load balancer drops the header and adds an id of its own in its vendor's format",
    topology: HTTP_TAPPED,
    hop: ['probe', 'checkout'],
    met: (at) =>
      at
        .wire({
          into: 'checkout',
          carries: [{ name: 'x-amzn-trace-id', value: 'Root=1-67891233-abcdef012345678912345678' }],
        })
        .span({ node: 'checkout', id: 'c', trace: 'X', marked: true }),
    says: 'broken stripped edge proved',
  },
  {
    name: 'the same id shared by client and server span (Zipkin)',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client' })
        .span({ node: 'pricing', id: 'call', parent: 'c', kind: 'server' }),
    says: 'intact',
  },
  {
    name: 'inner spans between the server span and the call',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) =>
      at
        .span({ node: 'checkout', id: 'c', parent: 'probe' })
        .span({ node: 'checkout', id: 'handler', parent: 'c', kind: 'internal' })
        .span({ node: 'checkout', id: 'call', parent: 'handler', kind: 'client' })
        .span({ node: 'pricing', id: 'p', parent: 'call' }),
    says: 'intact',
  },
  {
    name: 'clocks that are minutes apart',
    topology: HTTP_UNTAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) => checkout(at).span({ node: 'pricing', id: 'p', parent: 'call', at: -300_000 }),
    says: 'intact',
  },
  {
    name: 'a break before: the trail is lost',
    topology: HTTP_TAPPED,
    hop: ['checkout', 'pricing'],
    met: (at) => at.wire({ into: 'checkout', carries: 'none' }),
    says: 'inconclusive trail-lost -',
  },
];

describe('one HTTP hop', () => {
  test.each(CASES)('$name: $says', ({ topology, hop: [from, to], met, says }) => {
    expect(met(scene(topology)).verdict(from, to)).toBe(says);
  });
});

describe('a chain that ends outside of the system is judged by its tap', () => {
  const OUTSIDE = HTTP_TAPPED.replace(
    'flows:',
    '  partner: { kind: external, url: "http://partner.example", tap: { listen: "127.0.0.1:9009" } }\nflows:',
  ).replace('-> catalog]', '-> catalog, checkout -> partner]');
  test.each([
    ['context went out', 'T:call', 'intact'],
    ['nothing went with it', 'none', 'broken not-injected checkout proved'],
  ])('%s', (_, carries, says) => {
    const met = checkout(scene(OUTSIDE)).wire({ into: 'partner', carries });
    expect(met.verdict('checkout', 'partner')).toBe(says);
  });

  test('nothing was sent there', () => {
    const met = scene(OUTSIDE).span({ node: 'checkout', id: 'c', parent: 'probe' });
    expect(met.verdict('checkout', 'partner')).toBe('unexercised not-reached -');
  });
});

test('a break is never carried to the hop behind it', () => {
  const met = scene(HTTP_TAPPED)
    .wire({ into: 'checkout', carries: 'none' })
    .span({ node: 'checkout', id: 'c', trace: 'X', marked: true })
    .span({ node: 'checkout', id: 'call', trace: 'X', parent: 'c', kind: 'client' })
    .wire({ into: 'pricing', carries: 'X:call' })
    .span({ node: 'pricing', id: 'p', trace: 'X', parent: 'call' });
  expect(met.verdict('probe', 'checkout')).toBe('broken stripped edge proved');
  expect(met.verdict('checkout', 'pricing')).toBe('intact');
});

test('a retry that reached the receiver makes up for the attempt before it', () => {
  const met = checkout(scene(HTTP_TAPPED))
    .wire({ into: 'pricing', carries: 'T:call', status: 503, at: 20 })
    .span({ node: 'checkout', id: 'again', parent: 'c', kind: 'client', at: 200 })
    .wire({ into: 'pricing', carries: 'T:again', status: 200, at: 210 })
    .span({ node: 'pricing', id: 'p', parent: 'again', at: 220 });
  expect(met.verdict('checkout', 'pricing')).toBe('intact');
});

test('dropped baggage and tracestate stand beside an intact trace', () => {
  const met = checkout(scene(HTTP_TAPPED))
    .wire({ into: 'checkout', carries: 'T:probe', at: 5 })
    .wire({
      into: 'pricing',
      carries: [{ name: 'traceparent', value: '00-542e2e2e2e2e2e2e2e2e2e2e2e2e2e2e-63616c6c2e2e2e2e-01' }],
    })
    .span({ node: 'pricing', id: 'p', parent: 'call' });
  const hop = met.hop('checkout', 'pricing');
  expect(hop.verdict).toBe('degraded');
  expect(hop.findings.map(({ cause, culprit }) => [cause, culprit])).toEqual([
    ['tracestate-lost', 'checkout'],
    ['baggage-lost', 'checkout'],
  ]);
});

test('a declared trust boundary may begin a trace of its own', () => {
  const declared = `${HTTP_TAPPED}hops: { "checkout -> pricing": { restart: allowed } }\n`;
  const met = checkout(scene(declared))
    .wire({ into: 'pricing', carries: 'T:call' })
    .span({ node: 'pricing', id: 'p', trace: 'X', marked: true });
  expect(met.verdict('checkout', 'pricing')).toBe('intact');
});

test('a waived break does not gate until its last day has passed', () => {
  const waived = (until: string): number => {
    const waive = `{ cause: not-injected, reason: known, until: ${until} }`;
    const declared = `${HTTP_TAPPED}hops: { "checkout -> pricing": { waive: ${waive} } }\n`;
    const { summary } = scene(declared)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .wire({ into: 'pricing', carries: 'none' })
      .span({ node: 'pricing', id: 'p', trace: 'X', marked: true })
      .report();
    return summary.waived * 10 + summary.broken;
  };
  expect(waived('2027-01-31')).toBe(10);
  expect(waived('2026-01-31')).toBe(1);
});

test('behind a cleared sampled flag nothing is lost on export: nobody recorded it', () => {
  const at = (flags: string) => {
    const chain = HTTP_TAPPED.replace(
      'flows:',
      '  store: { url: "http://127.0.0.1:3009", tap: { listen: "127.0.0.1:9009" } }\nflows:',
    ).replace('-> catalog]', '-> catalog -> store]');
    const carried = (span: string, sampled: string) => [
      { name: 'traceparent', value: `00-${traceId('T')}-${spanId(span)}-${sampled}` },
    ];
    return scene(chain)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client' })
      .wire({ into: 'pricing', carries: 'T:call' })
      .wire({ into: 'legacy', carries: carried('pricing', flags), at: 30 })
      .wire({ into: 'catalog', carries: carried('pricing', flags), at: 35 })
      .wire({ into: 'store', carries: carried('catalog', flags), at: 40 });
  };
  expect(at('00').verdict('checkout', 'pricing')).toMatch(/^broken unsampled pricing/);
  expect(at('00').verdict('pricing', 'catalog')).toBe('inconclusive trail-lost -');
  expect(at('01').verdict('checkout', 'pricing')).toMatch(/^degraded export-lost/);
  expect(at('01').verdict('pricing', 'catalog')).toMatch(/^degraded export-lost/);
});
