import { describe, expect, test } from 'vitest';
import type { Hop, Topology } from '../../src/model/topology.ts';
import { readTopology } from '../../src/topology/read.ts';

const NODES = `version: 1
nodes:
  edge: { kind: proxy, url: "http://edge" }
  checkout: { url: "http://checkout" }
  legacy: { spans: none, url: "http://legacy" }
  catalog:
  billing:
  mailer:
  orders: { kind: kafka, brokers: ["kafka:9092"], topic: orders }
  mails: { kind: rabbitmq, url: "amqp://mq", exchange: mails }
  partner: { kind: external, url: "http://partner", tap: { listen: "127.0.0.1:9003" } }
`;

function read(rest: string): Topology {
  const { topology, problems } = readTopology(NODES + rest, { file: 'f.yaml', env: {}, sha256: '' });
  expect(problems).toEqual([]);
  if (topology === undefined) throw new Error('no topology and no problems');
  return topology;
}

function flow(through: string, to = '', rest = ''): string {
  const target = to === '' ? '' : `to: ${to}, `;
  return `flows:\n  f:\n    send: { http: { ${target}path: "/\${probe.id}" } }\n    through: ${through}\n${rest}`;
}

describe('a chain has these hops', () => {
  test.each<[string, string, string[]]>([
    ['checkout', '', ['probe -> checkout']],
    ['checkout -> catalog', '', ['probe -> checkout', 'checkout -> catalog']],
    ['edge -> checkout', '', ['probe -> edge -> checkout']],
    ['checkout->orders->billing', '', ['probe -> checkout', 'checkout -> orders -> billing']],
    ['checkout -> legacy -> catalog', '', ['probe -> checkout', 'checkout -> legacy -> catalog']],
    [
      'checkout -> legacy -> orders -> mails -> mailer',
      '',
      ['probe -> checkout', 'checkout -> legacy -> orders -> mails -> mailer'],
    ],
    [
      'checkout -> orders -> billing & mailer&catalog',
      '',
      [
        'probe -> checkout',
        'checkout -> orders -> billing',
        'checkout -> orders -> mailer',
        'checkout -> orders -> catalog',
      ],
    ],
    ['checkout -> orders', '', ['probe -> checkout', 'checkout -> orders']],
    ['checkout -> partner', '', ['probe -> checkout', 'checkout -> partner']],
    ['checkout -> billing -> checkout', '', ['probe -> checkout', 'checkout -> billing', 'billing -> checkout']],
    [
      '[checkout -> billing, checkout -> billing, checkout -> billing -> mailer]',
      '',
      ['probe -> checkout', 'checkout -> billing', 'billing -> mailer'],
    ],
    [
      '[billing -> checkout, checkout -> billing]',
      'checkout',
      ['billing -> checkout', 'probe -> checkout', 'checkout -> billing'],
    ],
  ])('%s', (through, to, expected) => {
    expect(read(flow(through, to)).record.hops.map(({ id }) => id)).toEqual(expected.map((hop) => `f: ${hop}`));
  });
});

test('a hop knows its ends, what lies between, and the chain that declares it', () => {
  const [, hop] = read(flow('\n      - checkout -> catalog\n      - checkout -> legacy -> catalog')).record.hops;
  expect(hop).toEqual({
    id: 'f: checkout -> catalog',
    flow: 'f',
    from: 'checkout',
    via: [],
    to: 'catalog',
    at: { line: 16, column: 9 },
    policy: {
      relation: 'child',
      restart: 'forbidden',
      deadlineMs: 30_000,
      waive: [],
      carry: { tracestate: 'wanted', baggage: 'wanted' },
    },
  });
});

describe('these hops need not happen', () => {
  test.each<[string, string, string[]]>([
    ['checkout -> billing?', '', ['checkout -> billing']],
    ['checkout -> orders -> billing? & mailer', '', ['checkout -> orders -> billing']],
    ['checkout -> orders?', '', ['checkout -> orders']],
    ['edge -> checkout?', '', ['probe -> edge -> checkout']],
    // What is behind a node that need not be reached need not happen either, however far.
    [
      'checkout -> catalog? -> billing -> mailer',
      '',
      ['checkout -> catalog', 'catalog -> billing', 'billing -> mailer'],
    ],
    ['[checkout -> catalog?, catalog -> billing]', '', ['checkout -> catalog', 'catalog -> billing']],
    ['[catalog -> billing, checkout -> catalog?]', 'checkout', ['catalog -> billing', 'checkout -> catalog']],
    [
      '[checkout -> catalog? -> billing, checkout -> billing -> mailer]',
      '',
      ['checkout -> catalog', 'catalog -> billing'],
    ],
    [
      '[checkout -> catalog?, catalog -> billing, billing -> catalog]',
      '',
      ['checkout -> catalog', 'catalog -> billing', 'billing -> catalog'],
    ],
    ['[checkout, "catalog? -> billing"]', '', ['catalog -> billing']],
    // Another chain leads there without `?`.
    ['[checkout -> catalog? -> billing, checkout -> mailer -> catalog]', '', ['checkout -> catalog']],
    // With and without `?`: it must happen.
    ['[checkout -> catalog?, checkout -> catalog]', '', []],
    // Nothing says where catalog is called from, and nothing that it need not be.
    ['[checkout, catalog -> billing -> catalog]', '', []],
    ['[billing -> checkout?, checkout -> billing]', 'checkout', ['billing -> checkout']],
  ])('%s', (through, to, expected) => {
    const hops = read(flow(through, to)).record.hops;
    expect(hops.filter(({ optional }) => optional === true).map(({ id }) => id)).toEqual(
      expected.map((hop) => `f: ${hop}`),
    );
  });
});

test('hops come in the order of the file, flow by flow, each flow with hops of its own', () => {
  const second = flow('checkout -> orders -> billing').replace('flows:\n  f:', '  g:');
  expect(read(flow('checkout -> billing') + second).record.hops.map(({ id }) => id)).toEqual([
    'f: probe -> checkout',
    'f: checkout -> billing',
    'g: probe -> checkout',
    'g: checkout -> orders -> billing',
  ]);
});

describe('policies', () => {
  function policyOf(hop: string, rest: string): Hop['policy'] | undefined {
    const { hops } = read(
      flow('[checkout -> billing, checkout -> orders -> billing, checkout -> mailer]', '', rest),
    ).record;
    return hops.find(({ id }) => id === `f: ${hop}`)?.policy;
  }

  test.each([
    ['checkout -> billing', '', 'child'],
    ['checkout -> orders -> billing', '', 'either'],
    ['checkout -> billing', 'hops: { checkout -> billing: { relation: link } }', 'link'],
    ['checkout -> orders -> billing', 'hops: { checkout -> billing: { relation: link } }', 'link'],
    ['checkout -> billing', 'hops: { checkout -> orders -> billing: { relation: link } }', 'child'],
    ['checkout -> orders -> billing', 'hops: { checkout->orders->billing: { relation: link } }', 'link'],
    ['checkout -> billing', 'hops: { "* -> billing": { relation: link } }', 'link'],
    ['checkout -> mailer', 'hops: { "* -> billing": { relation: link } }', 'child'],
    ['checkout -> orders -> billing', 'hops: { "* -> orders -> *": { relation: child } }', 'child'],
    ['probe -> checkout', 'hops: { probe -> checkout: { relation: link } }', 'link'],
    ['probe -> checkout', 'hops: { "* -> *": { relation: link } }', 'link'],
    // The more particular wins over the more general, wherever it stands.
    [
      'checkout -> billing',
      'hops: { checkout -> billing: { relation: link }, "* -> *": { relation: either } }',
      'link',
    ],
    [
      'checkout -> mailer',
      'hops: { checkout -> billing: { relation: link }, "* -> *": { relation: either } }',
      'either',
    ],
    [
      'checkout -> orders -> billing',
      'hops: { checkout -> orders -> billing: { relation: child }, checkout -> billing: { relation: link } }',
      'child',
    ],
    // A flow's own wins over the file's.
    [
      'checkout -> billing',
      '    hops: { "* -> *": { relation: either } }\nhops: { checkout -> billing: { relation: link } }',
      'either',
    ],
  ])('relation of %s with %j', (hop, rest, expected) => {
    expect(policyOf(hop, rest)?.relation).toBe(expected);
  });

  test.each([
    ['', 30_000],
    ['    deadline: 500ms', 500],
    ['    deadline: 2m\nhops: { checkout -> billing: { deadline: 1h } }', 3_600_000],
    ['    deadline: 2m\n    hops: { checkout -> billing: { deadline: 0.5s } }', 500],
    ['    hops: { checkout -> billing: { deadline: 1s } }\nhops: { checkout -> billing: { deadline: 1h } }', 1000],
  ])('deadline with %j', (rest, expected) => {
    expect(policyOf('checkout -> billing', rest)?.deadlineMs).toBe(expected);
  });

  test.each([
    ['', { tracestate: 'wanted', baggage: 'wanted' }],
    ['hops: { "* -> *": { carry: { baggage: required } } }', { tracestate: 'wanted', baggage: 'required' }],
    [
      '    hops: { "* -> *": { carry: { tracestate: ignored } } }\nhops: { "* -> *": { carry: { baggage: required } } }',
      { tracestate: 'ignored', baggage: 'required' },
    ],
    [
      'hops: { checkout -> billing: { carry: { baggage: ignored } }, "* -> *": { carry: { baggage: required } } }',
      { tracestate: 'wanted', baggage: 'ignored' },
    ],
  ])('carry with %j', (rest, expected) => {
    expect(policyOf('checkout -> billing', rest)?.carry).toEqual(expected);
  });

  test('a group is of the hops over a topic among those that are meant', () => {
    const rest = 'hops: { checkout -> billing: { group: billing } }';
    expect(policyOf('checkout -> orders -> billing', rest)?.group).toBe('billing');
    expect(policyOf('checkout -> billing', rest)).not.toHaveProperty('group');
  });

  test('all that match a hop are laid over one another, and waivers add up', () => {
    const policy = policyOf(
      'checkout -> billing',
      `    hops: { checkout -> billing: { restart: allowed, waive: { cause: [silent, stripped], reason: b } } }
hops: { "* -> billing": { relation: link, waive: { cause: any, reason: a, until: 2027-01-31 } } }`,
    );
    expect(policy).toEqual({
      relation: 'link',
      restart: 'allowed',
      deadlineMs: 30_000,
      waive: [
        { causes: ['any'], reason: 'a', until: '2027-01-31' },
        { causes: ['silent', 'stripped'], reason: 'b' },
      ],
      carry: { tracestate: 'wanted', baggage: 'wanted' },
    });
  });
});
