/** How far into a body the taps look, and the context that they find in it. */
import type { ContextField } from '../model/evidence.ts';
import { readEnvelope } from '../trace-context/envelope.ts';

/** How much of a body is searched for markers, and the longest that is read as an envelope; bytes. */
export const BODY_LIMIT: number = 256 * 1024;

/** The part of an event that tells of context in a whole body; nothing where there is none. */
export function envelopeOf(body: Uint8Array): { envelope?: ContextField[] } {
  const envelope = body.length > BODY_LIMIT ? [] : readEnvelope(body);
  return envelope.length === 0 ? {} : { envelope };
}
