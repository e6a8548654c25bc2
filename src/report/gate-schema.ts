/** What a report says of waivers and of its baseline. */
import { z } from 'zod';
import type { BaselineSummary, HopWaiver, Note } from '../model/report.ts';
import { count, type Fields, text } from './schema-parts.ts';

export const waiver: z.ZodType<HopWaiver> = z
  .strictObject({
    state: z.enum(['holds', 'ends-soon', 'ended']).meta({ description: '`ends-soon`: within 14 days.' }),
    reason: text,
    until: text.meta({ description: 'Last day that it holds, UTC; absent: no end.' }).exactOptional(),
  } satisfies Fields<HopWaiver>)
  .meta({ id: 'Waiver', description: 'Of a broken hop that is waived, or was until lately.' });

export const baseline: z.ZodType<BaselineSummary> = z
  .strictObject({
    file: text,
    run: text.meta({ description: 'Id of the run that made it.' }),
    known: count.meta({ description: 'Hops that it knew to be as bad, for the same reason.' }),
    new: count.meta({ description: 'Hops that are not well, and were not so before.' }),
    mended: z.array(text).meta({ description: 'Ids of hops that were broken and pass now.' }),
  } satisfies Fields<BaselineSummary>)
  .meta({ id: 'Baseline', description: 'With `--baseline`: how the run compares with it.' });

export const note: z.ZodType<Note> = z
  .strictObject({
    about: z.enum(['waiver', 'baseline']),
    hop: text.meta({ description: 'Id of the hop that it concerns.' }).exactOptional(),
    message: text,
    hint: text,
  } satisfies Fields<Note>)
  .meta({ id: 'Note', description: 'Neither a finding nor a failure to look, and worth knowing.' });
