const HALF = 16;

/** Whether a trace id is cut to 64 bits: its left half is zeros (W3C Trace Context §8.1.4). */
function isCut(traceId: string): boolean {
  return /^0+$/.test(traceId.slice(0, HALF));
}

/** 64-bit formats carry the right half of a trace id. */
export function sharesRightHalf(traceId: string, other: string): boolean {
  return traceId.slice(HALF) === other.slice(HALF);
}

export function isRightHalfOf(traceId: string, whole: string): boolean {
  return isCut(traceId) && sharesRightHalf(traceId, whole) && traceId !== whole;
}
