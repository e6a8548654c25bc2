/** Searches a body for markers of the run, however it is cut into pieces. */
import { findMarkersInBytes } from '../../trace-context/marker.ts';
import { BODY_LIMIT } from '../body.ts';

/** A marker's length less one: what of a piece may belong to a marker that ends in the next. */
const OVERLAP = 35;

/**
 * Takes the pieces of one body in order and gives the markers that each brought to an end, each marker once.
 * A compressed body hides them. Holds 35 bytes between calls.
 * @param runId the 8 hex digits that all probe ids of the run begin with
 */
export function bodyMarkerSearch(runId: string): (piece: Buffer) => string[] {
  const found = new Set<string>();
  let left = BODY_LIMIT;
  let kept = Buffer.alloc(0);
  return (piece) => {
    if (left === 0) return [];
    const searched = Buffer.concat([kept, piece.subarray(0, left)]);
    left -= Math.min(left, piece.length);
    kept = Buffer.from(searched.subarray(-OVERLAP));
    const fresh = findMarkersInBytes(searched, runId).filter((marker) => !found.has(marker));
    for (const marker of fresh) found.add(marker);
    return fresh;
  };
}
