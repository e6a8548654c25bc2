/** Reports of runs in which context was lost. */
import type { Report } from '../../src/model/report.ts';
import {
  finding,
  longChain,
  OTHER_TRACE,
  PROBE,
  record,
  shop,
  span,
  TRACE,
  TRACEPARENT,
  twoFlows,
  wire,
} from './sample.ts';

const linked = { 'checkout -> orders -> stock': { verdict: 'linked' as const } };

const checkoutEntry = span('checkout', 'POST /checkout', {
  spanId: '1f00d5c2b4a69788',
  parentSpanId: 'b9c7c989f97918e1',
});

const bareRecord = finding('not-injected', 'checkout', {
  message: 'checkout wrote a record to orders without any trace context',
  proof: [checkoutEntry, record([])],
});

const notReached = (who: string, sender: string) =>
  finding('not-reached', null, {
    message: `${sender} ended its work without going on to ${who}`,
    proof: [
      { kind: 'response', node: 'checkout', probe: PROBE, status: '500', message: 'checkout answered 500' },
      {
        kind: 'absence',
        node: 'orders',
        probe: PROBE,
        message: 'no record of this probe',
        sight: ['tap orders: watched 2026-11-23T10:00:00.000Z to 2026-11-23T10:00:30.000Z'],
      },
    ],
  });

export const brokenCases: Record<string, () => Report> = {
  'one-proved-break': () =>
    shop({
      hops: {
        ...linked,
        'checkout -> pricing': {
          findings: [
            finding('not-extracted', 'pricing', {
              message: 'pricing was handed a valid traceparent and began a trace of its own',
              proof: [
                span('checkout', 'GET', {
                  spanId: '00f067aa0ba902b7',
                  parentSpanId: '1f00d5c2b4a69788',
                  kind: 'client',
                }),
                wire(
                  'pricing',
                  [
                    { name: 'traceparent', value: TRACEPARENT },
                    { name: 'tracestate', value: 'tracegap=1,rojo=2' },
                  ],
                  'GET /price/42',
                ),
                span('pricing', 'GET /price/:id', { spanId: '5c6d7e8f90a1b2c3', traceId: OTHER_TRACE }),
              ],
            }),
          ],
        },
      },
    }),

  'two-consumers-one-bare-record': () =>
    shop({
      hops: {
        'checkout -> orders -> billing': { findings: [bareRecord] },
        'checkout -> orders -> stock': { findings: [bareRecord] },
      },
    }),

  'inferred-with-suspects': () =>
    shop({
      hops: {
        ...linked,
        'probe -> edge -> checkout': {
          findings: [
            finding('stripped', null, {
              alternatives: ['not-extracted'],
              certainty: 'inferred',
              suspects: ['edge', 'checkout'],
              message: "checkout's entry span is the root of a trace of its own",
              proof: [
                wire('probe', [{ name: 'traceparent', value: `00-${TRACE}-b9c7c989f97918e1-01` }], 'POST /checkout'),
                span('checkout', 'POST /checkout', { spanId: '1f00d5c2b4a69788', traceId: OTHER_TRACE }),
                {
                  kind: 'absence',
                  node: 'checkout',
                  probe: PROBE,
                  message: "no span of checkout in the probe's trace",
                  sight: ['source otlp: watched 2026-11-23T10:00:00.000Z to 2026-11-23T10:00:30.000Z'],
                },
              ],
            }),
          ],
        },
      },
    }),

  '300-hops': () => longChain(300, new Set([7, 208])),

  'two-faults-and-unreached': () =>
    shop({
      faults: 2,
      status: '500',
      hops: {
        'probe -> edge -> checkout': {
          seen: 3,
          findings: [
            finding('restarted', 'edge', {
              message: 'edge replaced the trace id',
              count: 2,
              proof: [
                wire('edge', [{ name: 'traceparent', value: TRACEPARENT }], 'POST /checkout'),
                wire(
                  'checkout',
                  [{ name: 'traceparent', value: `00-${OTHER_TRACE}-5c6d7e8f90a1b2c3-01` }],
                  'POST /checkout',
                ),
              ],
            }),
          ],
        },
        'pricing -> legacy -> catalog': {
          findings: [
            finding('not-injected', null, {
              alternatives: ['stripped'],
              certainty: 'inferred',
              suspects: ['pricing', 'legacy'],
              message: 'the request into catalog carried no trace context',
              proof: [wire('catalog', [], 'GET /items/42')],
            }),
          ],
        },
        'checkout -> orders -> billing': { findings: [notReached('billing', 'checkout')] },
        'checkout -> orders -> stock': { findings: [notReached('stock', 'checkout')] },
        'billing -> invoices -> mailer': {
          findings: [
            finding('trail-lost', null, {
              message: 'billing was not reached, so nothing can be said of what it sends',
            }),
          ],
        },
      },
    }),

  'two-flows': twoFlows,

  'hostile-bytes': () =>
    shop({
      only: ['checkout -> pricing'],
      hops: {
        'checkout -> pricing': {
          findings: [
            finding('malformed', 'checkout', {
              message: 'checkout wrote a traceparent that no W3C receiver reads: \u001b[31mupper-case hex\u001b[0m',
              proof: [
                wire(
                  'pricing',
                  [
                    { name: 'traceparent', value: `00-${TRACE.toUpperCase()}-00F067AA0BA902B7-01` },
                    { name: 'Traceparent', value: ` "\u001b]0;owned\u0007${'x'.repeat(300)}` },
                    { name: 'baggage', value: '' },
                  ],
                  'GET /ürl/価格/\u202e42',
                ),
                span('pricing', `GET ${'very-long-route-name/'.repeat(8)}`, {
                  spanId: '5c6d7e8f90a1b2c3',
                  traceId: OTHER_TRACE,
                  links: [{ traceId: TRACE, spanId: '00f067aa0ba902b7' }],
                }),
              ],
            }),
          ],
        },
      },
    }),
};
