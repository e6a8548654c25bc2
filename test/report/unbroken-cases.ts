/** Reports of runs in which nothing that counts was lost, or nothing could be told. */
import type { Report } from '../../src/model/report.ts';
import { finding, PROBE, record, shop, span, TRACEPARENT, wire } from './sample.ts';

const linked = { 'checkout -> orders -> stock': { verdict: 'linked' as const } };

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
