/** Start lines and where a body ends, for requests and for responses (RFC 9112 §3, §4, §6.3). Pure. */
import type { BodyEnd, HeaderLine } from './message.ts';

const NO_BODY: BodyEnd = { by: 'length', bytes: 0 };

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (.+) HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: .*)?$/;

/** A method as far as it came, perhaps with what follows. */
const METHOD_BEGUN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: |$)/;
const STATUS_LINE_BEGINS = 'HTTP/1.';

/** A TLS record of a handshake begins so (RFC 8446 §5.1). */
const TLS_HANDSHAKE = '\x16\x03';
/** RFC 9113 §3.4 */
const HTTP2_PREFACE = 'PRI * HTTP/2.0';

/**
 * Method and target of a request line.
 * @throws Error with a reason where it is none
 */
export function parseRequestLine(line: string): { method: string; target: string } {
  if (line === HTTP2_PREFACE) throw new Error('HTTP/2, which the tap does not read');
  if (line.startsWith(TLS_HANDSHAKE)) throw new Error('TLS, which the tap does not read');
  const [, method, target] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined) throw new Error('a request that is not HTTP/1.1');
  return { method, target: target.trim() };
}

/**
 * Status of a status line.
 * @throws Error with a reason where it is none
 */
export function parseStatusLine(line: string): number {
  const status = STATUS_LINE.exec(line)?.[1];
  if (status === undefined) throw new Error('an answer that is not HTTP/1.1');
  return Number(status);
}

/**
 * Whether a request line can begin so; what cannot is told as soon as it comes, not at the next line end.
 * @throws Error with a reason where it cannot
 */
export function checkRequestBegun(part: string): void {
  if (TLS_HANDSHAKE.startsWith(part)) return;
  if (part.startsWith(TLS_HANDSHAKE)) throw new Error('TLS, which the tap does not read');
  if (!METHOD_BEGUN.test(part.slice(0, 40))) throw new Error('a request that is not HTTP/1.1');
}

/** As {@link checkRequestBegun}, for a status line. */
export function checkStatusBegun(part: string): void {
  if (!STATUS_LINE_BEGINS.startsWith(part.slice(0, STATUS_LINE_BEGINS.length))) {
    throw new Error('an answer that is not HTTP/1.1');
  }
}

/**
 * Where a request's body ends.
 * @throws Error where that cannot be told: a server refuses such a request
 */
export function requestBodyEnd(headers: readonly HeaderLine[]): BodyEnd {
  const codings = transferCodings(headers);
  if (codings.length === 0) return { by: 'length', bytes: contentLength(headers) ?? 0 };
  if (codings.at(-1) === 'chunked') return { by: 'chunks' };
  throw new Error('a request whose transfer-encoding does not say where it ends');
}

/** Where a response's body ends, given the method of its request. */
export function responseBodyEnd(method: string, status: number, headers: readonly HeaderLine[]): BodyEnd {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NO_BODY;
  const codings = transferCodings(headers);
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? { by: 'chunks' } : { by: 'close' };
  const bytes = contentLength(headers);
  return bytes === undefined ? { by: 'close' } : { by: 'length', bytes };
}

/** Everything that stands under a name, in order; names compare without case. */
export function headerValues(headers: readonly HeaderLine[], name: string): string[] {
  return headers.filter((header) => header.name.toLowerCase() === name).map((header) => header.value);
}

function transferCodings(headers: readonly HeaderLine[]): string[] {
  return headerValues(headers, 'transfer-encoding')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
}

function contentLength(headers: readonly HeaderLine[]): number | undefined {
  const values = headerValues(headers, 'content-length').flatMap((value) =>
    value.split(',').map((each) => each.trim()),
  );
  const [first] = values;
  if (first === undefined) return undefined;
  const bytes = /^\d{1,15}$/.test(first) ? Number(first) : undefined;
  if (bytes === undefined || values.some((value) => Number(value) !== bytes)) {
    throw new Error('a content-length that does not say where the body ends');
  }
  return bytes;
}
