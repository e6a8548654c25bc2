/** Reads saved evidence; the edge at which it becomes {@link Evidence}. */
import { EVIDENCE_VERSION, type Evidence } from '../model/evidence.ts';
import { sentencesOf } from '../model/misfit.ts';
import { evidenceSchema } from './schema.ts';

/**
 * Evidence from parsed JSON, or what is wrong with it: sentences that name the path, at most 10 and a count.
 * @param value as `JSON.parse` gave it
 */
export function parseEvidence(value: unknown): { evidence?: Evidence; problems: string[] } {
  const other = somethingElse(value);
  if (other !== undefined) return { problems: [other] };
  const result = evidenceSchema.safeParse(value, { reportInput: true });
  return result.success ? { evidence: result.data, problems: [] } : { problems: sentencesOf(result.error.issues) };
}

/** Why it is no evidence of ours at all; then its fields are not worth a word. */
function somethingElse(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected evidence: a JSON object';
  if ('summary' in value && 'hops' in value) {
    return 'this is a report, not evidence; `tracegap render` shows it, and `tracegap audit -e <file>` saves evidence';
  }
  if ('version' in value && value.version !== EVIDENCE_VERSION) {
    return `version: this tracegap reads evidence of version ${EVIDENCE_VERSION}, got ${JSON.stringify(value.version)}`;
  }
  return undefined;
}
