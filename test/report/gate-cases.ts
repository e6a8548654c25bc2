/** Reports of runs against a baseline, and of waivers that end. */
import type { HopWaiver, Report } from '../../src/model/report.ts';
import { finding, type Outcome, record, shop, wire } from './sample.ts';

const lost = finding('not-injected', 'billing', {
  message: 'billing published a message to invoices without any trace context',
  proof: [wire('invoices', [], 'created.order')],
});

function waivedBy(waiver: HopWaiver): Outcome {
  return { waived: waiver.state !== 'ended', waiver, findings: [lost] };
}

const MAILER = 'place-order: billing -> invoices -> mailer';
const SINCE_MENDED = 'place-order: checkout -> pricing';

export const gateCases: Record<string, () => Report> = {
  'waiver-ends-soon': () =>
    shop({
      hops: {
        'billing -> invoices -> mailer': waivedBy({ state: 'ends-soon', reason: 'TICKET-41', until: '2026-12-01' }),
      },
      notes: [
        {
          about: 'waiver',
          hop: MAILER,
          message: `the waiver of ${MAILER} ends with 2026-12-01, in 8 days (TICKET-41)`,
          hint: 'From the day after, the hop fails the run again.',
        },
      ],
    }),

  'waiver-ended': () =>
    shop({
      hops: { 'billing -> invoices -> mailer': waivedBy({ state: 'ended', reason: 'TICKET-41', until: '2026-11-20' }) },
      notes: [
        {
          about: 'waiver',
          hop: MAILER,
          message: `the waiver of ${MAILER} ended with 2026-11-20 (TICKET-41), so that the hop fails the run again`,
          hint: 'Mend the hop, or set a later `until` with a reason.',
        },
      ],
    }),

  'against-a-baseline': () =>
    shop({
      hops: {
        'billing -> invoices -> mailer': { known: true, findings: [{ ...lost, known: true }] },
        'checkout -> orders -> stock': {
          findings: [
            finding('not-extracted', 'stock', { message: 'stock began a trace of its own', proof: [record([])] }),
          ],
        },
        'pricing -> legacy -> catalog': {
          known: true,
          findings: [{ ...finding('nothing-seen', null, { message: 'nothing was seen of catalog' }), known: true }],
        },
      },
      faults: 2,
      baseline: { file: 'last-night.json', run: '0b1c2d3e', known: 2, new: 1, mended: [SINCE_MENDED] },
    }),

  'only-known': () =>
    shop({
      hops: { 'billing -> invoices -> mailer': { known: true, findings: [{ ...lost, known: true }] } },
      exit: 0,
      baseline: { file: 'last-night.json', run: '0b1c2d3e', known: 1, new: 0, mended: [] },
      notes: [
        {
          about: 'baseline',
          message: 'the baseline last-night.json is of shop-prod, and this run is of shop-dev',
          hint: 'Only hops of the same id are compared. Give a report of the same topology.',
        },
      ],
    }),
};
