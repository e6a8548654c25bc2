/** Reports of runs with several probes of a flow, and with probes beside the main ones. */
import type { Proof, Report } from '../../src/model/report.ts';
import { finding, OTHER_TRACE, type Outcome, PROBE, record, shop, span } from './sample.ts';

const linked = { 'checkout -> orders -> stock': { verdict: 'linked' as const } };

const checkoutEntry = span('checkout', 'POST /checkout', {
  spanId: '1f00d5c2b4a69788',
  parentSpanId: 'b9c7c989f97918e1',
});

const bareRecord = finding('not-injected', 'checkout', {
  message: 'checkout wrote a record to orders without any trace context',
  proof: [checkoutEntry, record([])],
});

const EDGE_TRACE = 'e'.repeat(32);
const CHECKOUT_TRACE = 'd'.repeat(32);

function isolation(node: string, traceId: string, target: string, message: string, status = '200'): Proof {
  return { kind: 'isolation', node, probe: PROBE, traceId, target, status, message };
}

/** What some hops lost of ten probes, by where they end. */
const LOSSES: Record<string, Outcome> = {
  billing: {
    loss: { lost: 3, of: 10, rate: 0.3, low: 0.1078, high: 0.6032 },
    findings: [
      { ...bareRecord, count: 2, follows: { what: "checkout's service.instance.id", value: '7f3\u001b[31m-2b' } },
      finding('not-extracted', 'billing', { message: 'billing began a trace of its own', count: 1 }),
    ],
  },
  stock: {
    seen: 9,
    loss: { lost: 9, of: 9, rate: 1, low: 0.7009, high: 1 },
    findings: [finding('not-extracted', 'stock', { message: 'stock began a trace of its own', count: 9 })],
  },
  mailer: { findings: [finding('baggage-lost', 'billing', { message: 'billing dropped baggage', count: 4 })] },
};

export const probingCases: Record<string, () => Report> = {
  'isolation-decides': () =>
    shop({
      beside: { [EDGE_TRACE]: 'isolation', [CHECKOUT_TRACE]: 'isolation', ['c'.repeat(32)]: 'control' },
      hops: {
        ...linked,
        'probe -> edge -> checkout': {
          findings: [
            finding('stripped', 'edge', {
              message: 'edge lost the context: context that is sent straight to checkout reaches checkout',
              proof: [
                span('checkout', 'POST /checkout', { spanId: '1f00d5c2b4a69788', traceId: OTHER_TRACE }),
                isolation(
                  'edge',
                  EDGE_TRACE,
                  'POST /checkout',
                  "checkout's entry span is the root of a trace of its own",
                ),
                isolation('checkout', CHECKOUT_TRACE, 'POST /pay', 'the context arrived'),
                span('checkout', 'POST /pay', {
                  spanId: '3a00d5c2b4a69788',
                  parentSpanId: 'b9c7c989f97918e1',
                  traceId: CHECKOUT_TRACE,
                }),
              ],
            }),
          ],
        },
        'checkout -> orders -> billing': {
          findings: [
            finding('not-extracted', 'billing', {
              message: 'billing does not go on from the context that it is given, also when it is sent straight to it',
              proof: [isolation('billing', EDGE_TRACE, 'dev.orders', 'billing began a trace of its own', 'acked')],
            }),
          ],
        },
      },
      faults: 2,
    }),

  'one-in-three-of-ten': () =>
    shop({
      repeat: 10,
      faults: 2,
      hops: Object.fromEntries(
        shop().hops.map(({ from, via, to }) => [
          [from, ...via, to].join(' -> '),
          { seen: 10, loss: { lost: 0, of: 10, rate: 0, low: 0, high: 0.2775 }, ...LOSSES[to] },
        ]),
      ),
    }),
};
