/** W3C `traceparent`, read as strictly as the specification asks (Trace Context level 2, §3.2 and §4.1.2). */

export interface TraceParent {
  version: string;
  traceId: string;
  parentId: string;
  /** Bit 0 sampled, bit 1 random trace id. */
  flags: number;
}

export type TraceParentReading = { ok: true; value: TraceParent } | { ok: false; reason: string };

const SHAPE = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const V00_LENGTH = 55;
const ZERO = /^0+$/;

/** Reads one header value; where it is refused, `reason` says why, for a person. */
export function readTraceParent(value: string): TraceParentReading {
  const match = SHAPE.exec(value);
  if (match === null) return { ok: false, reason: whyNoMatch(value) };
  const [, version = '', traceId = '', parentId = '', flags = '', rest] = match;
  if (version === 'ff') return { ok: false, reason: 'version ff is forbidden' };
  if (version === '00' && rest !== undefined) return { ok: false, reason: 'version 00 allows nothing after the flags' };
  if (ZERO.test(traceId)) return { ok: false, reason: 'the trace id is all zeros' };
  if (ZERO.test(parentId)) return { ok: false, reason: 'the parent id is all zeros' };
  return { ok: true, value: { version, traceId, parentId, flags: Number.parseInt(flags, 16) } };
}

function whyNoMatch(value: string): string {
  if (value === '') return 'it is empty';
  if (SHAPE.test(value.trim())) return 'it has spaces around it';
  if (/^".*"$/.test(value)) return 'it stands in quotation marks';
  if (SHAPE.test(value.toLowerCase())) return 'hex digits are upper-case; only lower-case is allowed';
  const fields = value.split('-');
  const [, traceId = '', parentId = '', flags = ''] = fields;
  if (fields.length < 4) return `it has ${fields.length} of the 4 fields`;
  if (!/^[0-9a-f]{32}$/i.test(traceId))
    return `the trace id has ${traceId.length} characters; 32 hex digits are asked for`;
  if (!/^[0-9a-f]{16}$/i.test(parentId))
    return `the parent id has ${parentId.length} characters; 16 hex digits are asked for`;
  if (!/^[0-9a-f]{2}$/i.test(flags)) return `the flags are "${flags}"; 2 hex digits are asked for`;
  return value.length === V00_LENGTH
    ? 'it has characters that are no hex digits'
    : `it has ${value.length} characters; ${V00_LENGTH} are asked for`;
}

/**
 * Ids that a person would still recognise in a value that every receiver refuses. They tie the event to its request and
 * are never taken for a context that arrived.
 */
export function recogniseIds(value: string): { traceId: string; parentId: string } | undefined {
  const match = /([0-9a-f]{32})-([0-9a-f]{16})/i.exec(decodeDigits(value));
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { traceId: match[1].toLowerCase(), parentId: match[2].toLowerCase() };
}

/** `48,48,45,…` and base64 are what bytes become when something prints them as text. */
function decodeDigits(value: string): string {
  if (/^\[?\d{1,3}(, ?\d{1,3})+\]?$/.test(value)) {
    return String.fromCharCode(
      ...value
        .replace(/[[\] ]/g, '')
        .split(',')
        .map(Number),
    );
  }
  return /^MD[A-Za-z0-9+/]{60,}={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : value;
}
