/** The scenarios of the main job as data: what is broken, what is watched, and the right answer, written before any run. */
import type { Faults, Shop } from './shop.ts';

export interface Scenario {
  row: string;
  what: string;
  faults?: Faults;
  taps?: string[];
  /** Long where the answer rests on proof, so that waiting for absence would show. */
  deadline?: string;
  overrides?(shop: Shop): object;
  /** Done after the shop stands, before each audit. */
  before?(shop: Shop): Promise<void>;
  /** What differs from a healthy shop. */
  expect: Record<string, string>;
  exit: number;
  faultCount?: number;
  undeclared?: { service: string; nearest: string };
  /** Names in `problems`. */
  problems?: string[];
}

/** Absence is waited for this long. */
const SHORT = '6s';

export const HEALTHY: Readonly<Record<string, string>> = {
  'probe -> checkout': 'intact',
  'checkout -> billing': 'intact',
  'checkout -> stock': 'linked',
  'checkout -> pricing': 'intact',
  'pricing -> catalog': 'intact',
  'billing -> mailer': 'intact',
};

const NOTHING_SEEN = 'inconclusive · nothing-seen';
const EXPORT_LOST = 'degraded · export-lost · suspects billing · inferred';

export const SCENARIOS: readonly Scenario[] = [
  { row: '1', what: 'nothing', expect: {}, exit: 0, faultCount: 0 },
  {
    row: '2',
    what: 'nginx drops the header; tap before checkout',
    faults: { edge: 'drops-context' },
    taps: ['checkout'],
    expect: { 'probe -> checkout': 'broken · stripped · edge · proved' },
    exit: 1,
  },
  {
    row: '3',
    what: 'the same, no tap',
    faults: { edge: 'drops-context' },
    expect: { 'probe -> checkout': 'broken · stripped or not-extracted · suspects edge, checkout · inferred' },
    exit: 1,
  },
  {
    row: '4',
    what: 'nginx writes a trace id of its own; tap before checkout',
    faults: { edge: 'own-trace-id' },
    taps: ['checkout'],
    expect: { 'probe -> checkout': 'broken · restarted · edge · proved' },
    exit: 1,
  },
  {
    row: '5',
    what: 'checkout calls pricing with an unpatched client; tap before pricing',
    faults: { checkout: 'unpatched-client' },
    taps: ['pricing'],
    expect: { 'checkout -> pricing': 'broken · not-injected · checkout · proved' },
    exit: 1,
  },
  {
    row: '6',
    what: 'the same, no tap',
    faults: { checkout: 'unpatched-client' },
    expect: { 'checkout -> pricing': 'broken · not-injected or not-extracted · suspects checkout, pricing · inferred' },
    exit: 1,
  },
  {
    row: '7',
    what: 'pricing does not extract; tap before it',
    faults: { pricing: 'does-not-extract' },
    taps: ['pricing'],
    expect: { 'checkout -> pricing': 'broken · not-extracted · pricing · proved' },
    exit: 1,
  },
  {
    row: '8',
    what: 'pricing hands the inbound header on with an unpatched client',
    faults: { pricing: 'copies-headers' },
    expect: { 'pricing -> catalog': 'broken · bypassed · pricing · proved' },
    exit: 1,
  },
  {
    row: '9',
    what: 'legacy drops the header; taps before legacy and catalog',
    faults: { legacy: 'drops-headers' },
    taps: ['legacy', 'catalog'],
    expect: { 'pricing -> catalog': 'broken · stripped · legacy · proved' },
    exit: 1,
  },
  {
    row: '10',
    what: 'the same, tap before catalog only',
    faults: { legacy: 'drops-headers' },
    taps: ['catalog'],
    expect: { 'pricing -> catalog': 'broken · not-injected or stripped · suspects pricing, legacy · inferred' },
    exit: 1,
  },
  {
    row: '11',
    what: "checkout's producer writes no headers",
    faults: { checkout: 'bare-producer' },
    expect: {
      'checkout -> billing': 'broken · not-injected · checkout · proved',
      'checkout -> stock': 'broken · not-injected · checkout · proved',
    },
    exit: 1,
    faultCount: 1,
  },
  {
    row: '12',
    what: 'billing does not extract; its root keeps partition and offset',
    faults: { billing: 'does-not-extract' },
    expect: { 'checkout -> billing': 'broken · not-extracted · billing · proved' },
    exit: 1,
  },
  {
    row: '13',
    what: 'billing links instead of parenting',
    faults: { billing: 'links' },
    expect: { 'checkout -> billing': 'linked' },
    exit: 0,
  },
  {
    row: '14',
    what: "checkout's work queue loses the context before producing",
    faults: { checkout: 'forgetful-queue' },
    expect: {
      'checkout -> billing': 'broken · lost-in-process · checkout · proved',
      'checkout -> stock': 'broken · lost-in-process · checkout · proved',
    },
    exit: 1,
    faultCount: 1,
  },
  {
    row: '15',
    what: 'checkout writes upper-case hex',
    faults: { checkout: 'upper-case-header' },
    expect: {
      'checkout -> billing': 'broken · malformed · checkout · proved',
      'checkout -> stock': 'broken · malformed · checkout · proved',
    },
    exit: 1,
    faultCount: 1,
  },
  {
    row: '16',
    what: 'OTEL_PROPAGATORS=b3 on checkout; taps before checkout and pricing',
    faults: { checkout: 'b3' },
    taps: ['checkout', 'pricing'],
    expect: {
      'probe -> checkout': 'broken · not-extracted · checkout · proved',
      'checkout -> pricing': 'broken · wrong-format · checkout · proved',
      'checkout -> billing': 'broken · wrong-format · checkout · proved',
      'checkout -> stock': 'broken · wrong-format · checkout · proved',
    },
    exit: 1,
  },
  {
    row: '17',
    what: 'billing publishes to RabbitMQ without headers',
    faults: { billing: 'bare-publish' },
    expect: { 'billing -> mailer': 'broken · not-injected · billing · proved' },
    exit: 1,
  },
  {
    row: '18',
    what: 'mailer pulls with get, works under a span that names the order',
    faults: { mailer: 'pulls' },
    expect: { 'billing -> mailer': 'broken · not-extracted · mailer · proved' },
    exit: 1,
  },
  {
    row: '19',
    what: 'the same, the span names nothing',
    faults: { mailer: 'pulls-namelessly' },
    deadline: SHORT,
    expect: { 'billing -> mailer': NOTHING_SEEN },
    exit: 3,
  },
  {
    row: '20',
    what: 'mailer exports nothing; the named queue is empty and has a consumer',
    faults: { mailer: 'mute' },
    deadline: SHORT,
    expect: { 'billing -> mailer': 'broken · silent · mailer · inferred' },
    exit: 1,
  },
  {
    row: '21',
    what: '2 and 17 together',
    faults: { edge: 'drops-context', billing: 'bare-publish' },
    taps: ['checkout'],
    expect: {
      'probe -> checkout': 'broken · stripped · edge · proved',
      'billing -> mailer': 'broken · not-injected · billing · proved',
    },
    exit: 1,
    faultCount: 2,
  },
  {
    row: '22',
    what: 'checkout answers 500 after pricing, before producing',
    faults: { checkout: 'fails-after-pricing' },
    deadline: SHORT,
    expect: {
      'checkout -> billing': 'unexercised · not-reached',
      'checkout -> stock': 'unexercised · not-reached',
      'billing -> mailer': 'unexercised · not-reached',
    },
    exit: 3,
  },
  {
    row: '23',
    what: 'edge is down',
    before: (shop) => shop.stopService('edge'),
    expect: Object.fromEntries(Object.keys(HEALTHY).map((hop) => [hop, 'inconclusive · probe-failed'])),
    exit: 3,
  },
  {
    row: '25a',
    what: "the RabbitMQ tap's password is wrong, the services' is right",
    overrides: () => ({ nodes: { invoices: { url: 'amqp://guest:wrong@{rabbitmq}' } } }),
    expect: {},
    exit: 0,
    problems: ['invoices'],
  },
  {
    row: '25b',
    what: "the Kafka tap's password is wrong, the services' is right",
    overrides: () => ({
      nodes: {
        orders: { brokers: ['{kafka-sasl}'], sasl: { mechanism: 'plain', username: 'audit', password: 'wrong' } },
      },
    }),
    expect: {},
    exit: 0,
    problems: ['orders'],
  },
  {
    row: '26',
    what: 'billing killed before it consumes',
    before: (shop) => shop.killService('billing'),
    deadline: SHORT,
    expect: { 'checkout -> billing': NOTHING_SEEN, 'billing -> mailer': NOTHING_SEEN },
    exit: 3,
  },
  {
    row: '27',
    what: 'billing killed after it published, before it exported',
    faults: { billing: 'dies-after-publishing' },
    deadline: SHORT,
    expect: { 'checkout -> billing': EXPORT_LOST, 'billing -> mailer': EXPORT_LOST },
    exit: 0,
  },
  {
    row: '28',
    what: 'checkout exports as checkout-svc, declared checkout',
    faults: { checkout: 'renamed' },
    deadline: SHORT,
    expect: {
      'probe -> checkout': NOTHING_SEEN,
      'checkout -> billing': 'inconclusive · undeclared-caller',
      'checkout -> stock': 'inconclusive · undeclared-caller',
      'checkout -> pricing': 'inconclusive · undeclared-caller',
    },
    exit: 3,
    undeclared: { service: 'checkout-svc', nearest: 'checkout' },
  },
];
