/** What a Collector in between may do with spans, and the right answer of each case, written before any run. */
import type { CollectorConfig } from './collector.ts';
import type { Faults } from './shop.ts';

export interface CollectorCase {
  what: string;
  /** Between the memory limiter and the batches. */
  processors: CollectorConfig['processors'];
  faults?: Faults;
  taps?: string[];
  /** The right answer: what differs from a healthy shop. */
  expect: Record<string, string>;
  exit: number;
}

const NOTHING_SEEN = 'inconclusive · nothing-seen';
const exportLost = (suspect: string): string => `degraded · export-lost · suspects ${suspect} · inferred`;

/** Nothing of the probe comes through; only the records and messages show how far its context went. */
const ALL_DROPPED: Record<string, string> = {
  'probe -> checkout': exportLost('checkout'),
  'checkout -> billing': exportLost('billing'),
  'checkout -> stock': NOTHING_SEEN,
  'checkout -> pricing': NOTHING_SEEN,
  'pricing -> catalog': NOTHING_SEEN,
  'billing -> mailer': NOTHING_SEEN,
};

const ofService = (name: string): string => `resource.attributes["service.name"] == "${name}"`;
const filterOut = (name: string): object => ({ filter: { traces: { span: [ofService(name)] } } });
const tailSampling = (policy: object): object => ({
  tail_sampling: { decision_wait: '500ms', policies: [{ name: 'only', ...policy }] },
});

export const CASES: readonly CollectorCase[] = [
  {
    what: 'head sampling at a low rate drops the probe',
    processors: { probabilistic_sampler: { sampling_percentage: 0.01 } },
    expect: ALL_DROPPED,
    exit: 3,
  },
  {
    what: 'tail sampling drops the probe',
    processors: { ...tailSampling({ type: 'latency', latency: { threshold_ms: 3_600_000 } }) },
    expect: ALL_DROPPED,
    exit: 3,
  },
  {
    what: 'tail sampling keeps the half of the trace that came to one replica',
    processors: {
      ...tailSampling({ type: 'string_attribute', string_attribute: { key: 'service.name', values: ['checkout'] } }),
    },
    expect: {
      'checkout -> billing': exportLost('billing'),
      'checkout -> stock': NOTHING_SEEN,
      'billing -> mailer': NOTHING_SEEN,
    },
    exit: 3,
  },
  {
    what: 'a filter drops the spans of a service in the middle',
    processors: { ...filterOut('pricing') },
    expect: { 'checkout -> pricing': exportLost('pricing'), 'pricing -> catalog': exportLost('pricing') },
    exit: 0,
  },
  {
    what: 'a filter drops the spans of a service at the end, which nothing else shows',
    processors: { ...filterOut('stock') },
    expect: { 'checkout -> stock': NOTHING_SEEN },
    exit: 3,
  },
  {
    what: 'a filter drops the spans of a service that was seen to answer',
    processors: { ...filterOut('catalog') },
    taps: ['catalog'],
    expect: { 'pricing -> catalog': 'broken · silent · catalog · proved' },
    exit: 1,
  },
  {
    what: 'the SDK of one service samples by itself; taps before it and behind it',
    processors: {},
    faults: { pricing: 'samples-by-itself' },
    taps: ['pricing', 'legacy'],
    expect: {
      'checkout -> pricing': 'broken · unsampled · pricing · proved',
      'pricing -> catalog': 'inconclusive · trail-lost',
    },
    exit: 1,
  },
  {
    what: 'the same, no tap',
    processors: {},
    faults: { pricing: 'samples-by-itself' },
    expect: { 'checkout -> pricing': NOTHING_SEEN, 'pricing -> catalog': NOTHING_SEEN },
    exit: 3,
  },
];
