/** The header that goes beside the context of a probe: where it came through and the context did not, that was picked out. */

const CANARY_HEADER = 'x-tracegap';

/** The longest value that is kept; ours are single words. */
const CANARY_LENGTH = 64;

/** Whether a header of this name is the canary. Names compare without case. */
export function isCanary(name: string): boolean {
  return name.length === CANARY_HEADER.length && name.toLowerCase() === CANARY_HEADER;
}

/** The part of an event that tells of the canary; nothing where there is none. */
export function canaryOf(value: string | undefined): { canary?: string } {
  return value === undefined ? {} : { canary: value.slice(0, CANARY_LENGTH) };
}
