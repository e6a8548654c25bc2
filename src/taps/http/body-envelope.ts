/** Gathers a body that may be an envelope, however it is cut into pieces. */
import type { ContextField } from '../../model/evidence.ts';
import { mayBeEnvelope } from '../../trace-context/envelope.ts';
import { BODY_LIMIT, envelopeOf } from '../body.ts';

export interface EnvelopeSearch {
  piece(bytes: Buffer): void;
  /** The body is whole. */
  end(): { envelope?: ContextField[] };
}

/** Holds up to {@link BODY_LIMIT} of a body that begins as JSON does, and nothing of any other. */
export function envelopeSearch(): EnvelopeSearch {
  let pieces: Buffer[] = [];
  let length = 0;
  let wanted = true;
  return {
    piece(bytes) {
      length += bytes.length;
      wanted &&= length <= BODY_LIMIT && (pieces.length > 0 || mayBeEnvelope(bytes));
      if (wanted) pieces.push(bytes);
      else pieces = [];
    },
    end: () => (wanted && length > 0 ? envelopeOf(Buffer.concat(pieces)) : {}),
  };
}
