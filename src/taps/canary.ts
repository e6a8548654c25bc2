/** The header that goes beside the context of a probe: where it came through and the context did not, that was picked out. */

const CANARY_HEADER = 'x-tracegap';

/** The longest value that is kept; ours are single words. */
const CANARY_LENGTH = 64;

/** The part of an event that tells of the canary; nothing where there is none. Of several, the first. */
export function canaryOf<Value>(
  headers: readonly (readonly [name: string, value: Value])[],
  textOf: (value: Value) => string,
): { canary?: string } {
  const found = headers.find(([name]) => name.toLowerCase() === CANARY_HEADER);
  return found === undefined ? {} : { canary: textOf(found[1]).slice(0, CANARY_LENGTH) };
}
