/** Reports of runs in which nothing that counts was lost, or nothing could be told. */
import type { ConformanceResult, Report } from '../../src/model/report.ts';
import { finding, type Outcome, PROBE, record, shop, span, TRACEPARENT, wire } from './sample.ts';

const linked = { 'checkout -> orders -> stock': { verdict: 'linked' as const } };

/** A hop that was not reached, and need not be. */
function notReached(sender: string, receiver: string): Outcome {
  const message = `${sender} finished without sending anything to ${receiver}`;
  return {
    optional: true,
    waited: { ms: 30_000, for: 'nothing' },
    findings: [finding('not-reached', null, { message })],
  };
}

function conformanceOf(
  node: string,
  id: string,
  outcome: ConformanceResult['outcome'],
  rest: Partial<ConformanceResult> = {},
): ConformanceResult {
  const did = outcome === 'unseen' ? {} : { did: 'went on in the trace' };
  const base = { section: '3.2', sent: 'a valid traceparent', asked: 'go on in the trace' };
  return { node, case: id, ...base, ...did, ...rest, outcome };
}

export const unbrokenCases: Record<string, () => Report> = {
  healthy: () => shop({ hops: linked }),

  'inconclusive-with-undeclared': () =>
    shop({
      hops: Object.fromEntries(
        [
          'probe -> edge -> checkout',
          'checkout -> pricing',
          'checkout -> orders -> billing',
          'checkout -> orders -> stock',
        ].map((name) => [
          name,
          {
            waited: { ms: 30000, for: "checkout's entry span" },
            findings: [
              finding('undeclared-caller', null, {
                message: 'a service that the topology does not know stands in the place of checkout',
                proof: [
                  span('checkout-svc', 'POST /checkout', {
                    spanId: '1f00d5c2b4a69788',
                    parentSpanId: 'b9c7c989f97918e1',
                  }),
                ],
              }),
            ],
          },
        ]),
      ),
      undeclared: [
        { service: 'checkout-svc', spans: 3, nearest: 'checkout' },
        { service: 'fraud', spans: 1 },
      ],
    }),

  'optional-not-reached': () =>
    shop({
      hops: {
        ...linked,
        'billing -> invoices -> mailer': notReached('billing', 'mailer'),
        'checkout -> pricing': { optional: true },
      },
    }),

  'optional-and-asked-for': () =>
    shop({
      only: ['checkout -> pricing', 'pricing -> legacy -> catalog', 'checkout -> orders -> stock'],
      hops: {
        'checkout -> pricing': notReached('checkout', 'pricing'),
        'pricing -> legacy -> catalog': notReached('pricing', 'catalog'),
        'checkout -> orders -> stock': { ...notReached('checkout', 'stock'), optional: false },
      },
    }),

  conformance: () =>
    shop({
      beside: Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`${index}`.repeat(32), 'conformance'])),
      hops: {
        ...linked,
        'probe -> edge -> checkout': {
          findings: [
            finding('nonconforming', 'checkout', {
              message: 'checkout differs from the W3C specification in 2 of 4 cases: v00-text-behind, state-32-members',
              count: 2,
              proof: [span('checkout', 'POST /checkout', { spanId: '1f00d5c2b4a69788', traceId: '2'.repeat(32) })],
            }),
          ],
        },
      },
      conformance: [
        conformanceOf('checkout', 'traceparent', 'conforms'),
        conformanceOf('checkout', 'v00-text-behind', 'differs', {
          section: '3.2.2',
          sent: 'version 00 with -what behind it',
          asked: 'ignore it and begin a trace',
        }),
        conformanceOf('checkout', 'state-32-members', 'differs', {
          section: '3.3.2',
          sent: '32 members',
          asked: `go on in the trace, keep ${Array.from({ length: 32 }, (_, index) => `m${index}=1`).join(',')}`,
          did: 'went on in the trace, dropped 1 of 32 members \u001b[2J',
        }),
        conformanceOf('checkout', 'duplicated', 'conforms'),
        conformanceOf('checkout', 'empty', 'unseen'),
        conformanceOf('catalog', 'traceparent', 'conforms'),
        conformanceOf('catalog', 'duplicated', 'conforms'),
      ],
    }),

  'probe-failed': () =>
    shop({
      status: null,
      hops: Object.fromEntries(
        shop().hops.map(({ from, via, to }) => [
          [from, ...via, to].join(' -> '),
          {
            findings: [
              finding('probe-failed', null, {
                message: 'the probe could not be sent to edge: connection refused at 127.0.0.1:8080',
                proof: [
                  {
                    kind: 'response',
                    node: 'edge',
                    probe: PROBE,
                    message: 'connection refused at 127.0.0.1:8080 (ECONNREFUSED)',
                  },
                ],
              }),
            ],
          },
        ]),
      ),
    }),

  'source-problems': () =>
    shop({
      hops: linked,
      problems: [
        {
          part: 'source',
          name: 'otlp',
          flows: ['place-order'],
          message: '12 spans did not fit into the waiting ring and were dropped',
          hint: 'Send only the services of this topology to tracegap, or fewer spans at a time.',
        },
        {
          part: 'tap',
          name: 'orders',
          flows: ['place-order'],
          message: 'the broker at 127.0.0.1:9092 refused the user "audit" (SASL SCRAM-SHA-512)',
          hint: 'Check sasl.username and sasl.password of the node orders.',
        },
      ],
    }),

  waived: () =>
    shop({
      hops: {
        'billing -> invoices -> mailer': {
          waived: true,
          findings: [
            finding('not-injected', 'billing', {
              message: 'billing published a message to invoices without any trace context',
              proof: [
                {
                  kind: 'record',
                  node: 'invoices',
                  probe: PROBE,
                  exchange: 'invoices',
                  routingKey: 'created.order',
                  messageId: PROBE,
                  at: '2026-11-23T10:00:00.300Z',
                  context: [],
                },
              ],
            }),
          ],
        },
        'checkout -> orders -> stock': {
          findings: [
            finding('tracestate-lost', 'checkout', {
              message: 'checkout passed traceparent on and dropped tracestate',
              proof: [
                wire(
                  'checkout',
                  [
                    { name: 'traceparent', value: TRACEPARENT },
                    { name: 'tracestate', value: 'tracegap=1,rojo=2' },
                  ],
                  'POST /checkout',
                ),
                record([{ name: 'traceparent', value: TRACEPARENT, type: 'bytes' }]),
              ],
            }),
          ],
        },
      },
    }),
};
