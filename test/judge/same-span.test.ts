/** Two sources that hand over the same span, each in its own way. */
import { describe, expect, test } from 'vitest';
import { createObservation, observeProbe, observeSpan } from '../../src/evidence/observe.ts';
import { probesOf } from '../../src/evidence/tied.ts';
import type { SpanRecord } from '../../src/model/evidence.ts';
import { scene } from './scene.ts';
import { HTTP_UNTAPPED, MESSAGING } from './topologies.ts';

/** As Zipkin and ClickHouse keep it: no flags, links or resource, times in µs. */
function poor(span: SpanRecord, change: Partial<SpanRecord> = {}): SpanRecord {
  const { flags: _flags, ...rest } = structuredClone(span);
  return { ...rest, start: span.start.replace(/\d{3}$/, '000'), links: [], sources: ['zipkin'], ...change };
}

function observed(topology: string, spans: SpanRecord[]) {
  const evidence = scene(topology).evidence();
  const ties = createObservation(evidence.topology);
  for (const probe of evidence.probes) observeProbe(ties, probe);
  for (const span of spans) observeSpan(ties, structuredClone(span));
  return ties;
}

const [RICH] = scene(MESSAGING)
  .span({
    node: 'billing',
    id: 'b',
    trace: 'own',
    kind: 'consumer',
    links: ['T:c'],
    flags: 0x301,
    resource: { 'service.instance.id': 'i' },
  })
  .evidence().spans as [SpanRecord];

describe.each([
  ['the rich one first', [RICH, poor(RICH)]],
  ['the poor one first', [poor(RICH), RICH]],
  ['the poor one twice', [poor(RICH), poor(RICH), RICH]],
  ['without a kind', [poor(RICH, { kind: 'unspecified' }), RICH]],
  ['without the resource', [poor(RICH, { resource: { 'service.name': RICH.service } }), RICH]],
])('%s', (_what, spans) => {
  test('is one span, and says all that either says', () => {
    const ties = observed(MESSAGING, spans);
    const trace = ties.index.traces.get(RICH.traceId);
    expect(trace?.spans.length).toBe(1);
    expect(trace?.spans[0]?.record).toMatchObject({
      links: RICH.links,
      flags: RICH.flags,
      kind: 'consumer',
      resource: RICH.resource,
    });
    expect([...(trace?.spans[0]?.record.sources ?? [])].sort()).toEqual(['otlp', 'zipkin']);
    expect(probesOf(ties, RICH.traceId).size).toBe(1);
    expect(ties.linksInto.get(RICH.links[0]?.traceId ?? '')?.length).toBe(1);
  });
});

test('a node that only the second tells by its resource is found then', () => {
  const topology = HTTP_UNTAPPED.replace('nodes:', 'resource: { env: dev }\nnodes:');
  const [span] = scene(topology)
    .span({ node: 'checkout', id: 'c', parent: 'probe', resource: { env: 'dev' } })
    .evidence().spans as [SpanRecord];
  const ties = observed(topology, [poor(span, { resource: {} }), span]);
  expect([...(ties.index.traces.get(span.traceId)?.byNode.keys() ?? [])]).toEqual(['checkout']);
});

test('two spans are not one: another kind, service or instance of one source', () => {
  const others = [
    { ...RICH, kind: 'producer' as const },
    { ...RICH, service: 'other' },
    { ...RICH, resource: { 'service.instance.id': 'j' } },
  ];
  expect(observed(MESSAGING, [RICH, ...others]).index.traces.get(RICH.traceId)?.spans.length).toBe(4);
});

describe('what is missing, when the only source was in the dark at the end', () => {
  const dark = (until: number) => ({
    part: 'source' as const,
    name: 'otlp',
    gaps: [{ from: 0, until, reason: 'store:1 failed (500)' }],
  });
  const orphan = () =>
    scene(HTTP_UNTAPPED)
      .span({ node: 'checkout', id: 'c', parent: 'probe', flags: 0x301 })
      .span({ node: 'pricing', id: 'p', parent: 'lost', flags: 0x301 });
  const { until } = orphan().evidence().sight[0] ?? { until: 0 };

  test('is no fault of anybody', () => {
    expect(orphan().verdict('checkout', 'pricing')).not.toContain('source-down');
    expect(
      orphan()
        .sight(dark(until - 1))
        .verdict('checkout', 'pricing'),
    ).not.toContain('source-down');
    const { verdict, findings } = orphan().sight(dark(until)).hop('checkout', 'pricing');
    expect([verdict, findings[0]?.cause]).toEqual(['inconclusive', 'source-down']);
    expect(findings[0]?.message).toBe('no spans could be had at the end: otlp: store:1 failed (500)');
  });

  test('while what is there is judged as ever', () => {
    expect(orphan().sight(dark(until)).verdict('probe', 'checkout')).toBe('intact');
  });
});

test('a server span that joined its client (Zipkin) hangs below it, and below nobody while that has not come', () => {
  const shared = (withClient: boolean) => {
    const base = scene(HTTP_UNTAPPED).span({ node: 'checkout', id: 'c', parent: 'probe' });
    const called = withClient ? base.span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client' }) : base;
    return called.span({ node: 'pricing', id: 'call', parent: 'call' });
  };
  expect(shared(true).verdict('checkout', 'pricing')).toBe('intact');
  expect(shared(false).verdict('checkout', 'pricing')).toContain('export-lost');
});

describe('a consumer that began a trace of its own, in a format that keeps no links', () => {
  const consumer = (change: Partial<SpanRecord>, topology = MESSAGING, carries = 'T:send') => {
    const at = scene(topology)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'send', parent: 'c', kind: 'producer' })
      .wire({ into: 'orders', carries })
      .span({ node: 'stock', id: 's', trace: 'S', kind: 'consumer', marked: true });
    Object.assign(at.evidence().spans.at(-1) ?? {}, { mayLackLinks: true }, change);
    return at;
  };
  const NOT_EXTRACTED = 'broken not-extracted stock proved';
  const UNSEEN = 'inconclusive source-down -';

  test('may have linked to what it was given', () => {
    const hop = consumer({}).hop('checkout', 'stock');
    expect(hop.findings[0]?.message).toBe(
      'otlp keeps no span links: stock began a trace of its own, which may link to what it was given',
    );
    expect(consumer({}).verdict('checkout', 'stock')).toBe(UNSEEN);
  });

  test.each([
    ['another format says that it has none', consumer({ mayLackLinks: undefined as never }), NOT_EXTRACTED],
    [
      'a link would not be enough',
      consumer({}, `${MESSAGING}hops: { "checkout -> orders -> stock": { relation: child } }\n`),
      NOT_EXTRACTED,
    ],
    ['there was nothing to link to', consumer({}, MESSAGING, 'none'), 'broken not-injected checkout proved'],
    [
      'links are kept on the way to that source',
      consumer({}).span({ node: 'mailer', id: 'other', trace: 'O', kind: 'consumer', links: ['X:x'] }),
      NOT_EXTRACTED,
    ],
    [
      'links are kept on the way to another source',
      consumer({ sources: ['zipkin'] }).span({ node: 'mailer', id: 'o', trace: 'O', kind: 'consumer', links: ['X:x'] }),
      UNSEEN,
    ],
  ])('%s', (_what, at, says) => {
    expect(at.verdict('checkout', 'stock')).toBe(says);
  });

  test('over HTTP nobody links instead of going on', () => {
    const at = scene(HTTP_UNTAPPED)
      .span({ node: 'checkout', id: 'c', parent: 'probe' })
      .span({ node: 'checkout', id: 'call', parent: 'c', kind: 'client' })
      .span({ node: 'pricing', id: 'p', trace: 'P', marked: true });
    const sound = at.verdict('checkout', 'pricing');
    Object.assign(at.evidence().spans.at(-1) ?? {}, { mayLackLinks: true });
    expect(at.verdict('checkout', 'pricing')).toBe(sound);
    expect(sound).toMatch(/^broken not-injected/);
  });

  test('a second source that has links takes the doubt away', () => {
    const poorest = poor(RICH, { mayLackLinks: true });
    for (const spans of [
      [poorest, RICH],
      [RICH, poorest],
    ]) {
      const [record] = observed(MESSAGING, spans).index.traces.get(RICH.traceId)?.spans ?? [];
      expect(record?.record.mayLackLinks).toBeUndefined();
    }
  });
});
