/** Reads a saved report; the edge at which it becomes a {@link Report}. */
import { sentencesOf } from '../model/misfit.ts';
import { REPORT_VERSION, type Report } from '../model/report.ts';
import { reportSchema } from './report-schema.ts';

/**
 * A report from parsed JSON, or what is wrong with it: sentences that name the path, at most 10 and a count.
 * @param value as `JSON.parse` gave it
 */
export function parseReport(value: unknown): { report?: Report; problems: string[] } {
  const other = somethingElse(value);
  if (other !== undefined) return { problems: [other] };
  const result = reportSchema.safeParse(value, { reportInput: true });
  return result.success ? { report: result.data, problems: [] } : { problems: sentencesOf(result.error.issues) };
}

/** Why it is no report of ours at all; then its fields are not worth a word. */
function somethingElse(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a report: a JSON object';
  if ('spans' in value && 'wire' in value)
    return 'this is evidence, not a report; `tracegap judge` makes a report of it';
  if ('version' in value && value.version !== REPORT_VERSION) {
    return `version: this tracegap reads reports of version ${REPORT_VERSION}, got ${JSON.stringify(value.version)}`;
  }
  return undefined;
}
