/** What the receiver answers, in the encoding of the request. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */

import { bytesField, varintField } from './protobuf/write.ts';

export type Encoding = 'protobuf' | 'json';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export const CONTENT_TYPES: Record<Encoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** `google.rpc.Code` of what went wrong. */
const CODES: Record<number, number> = { 404: 5, 405: 12, 413: 8, 415: 3, 503: 14 };
const INVALID_ARGUMENT = 3;

/** The encoding that a Content-Type names, its parameters aside. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === CONTENT_TYPES.protobuf) return 'protobuf';
  return type === CONTENT_TYPES.json ? 'json' : undefined;
}

/** ExportTraceServiceResponse. Partial success stays unset where there is nothing to say. */
export function accepted(encoding: Encoding, rejectedSpans: number, message: string): Reply {
  return { status: 200, headers: headersOf(encoding), body: success(encoding, rejectedSpans, message) };
}

function success(encoding: Encoding, rejectedSpans: number, errorMessage: string): Buffer {
  const isUnset = rejectedSpans === 0 && errorMessage === '';
  if (encoding === 'json') {
    const said = { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } };
    return Buffer.from(JSON.stringify(isUnset ? {} : said));
  }
  return isUnset ? Buffer.alloc(0) : partialSuccess(rejectedSpans, errorMessage);
}

/** An ExportTraceServiceResponse that says what was rejected. */
export function partialSuccess(rejectedSpans: number, errorMessage: string): Buffer {
  return bytesField(1, Buffer.concat([varintField(1, rejectedSpans), bytesField(2, errorMessage)]));
}

/** google.rpc.Status. Where the request's encoding is unknown, JSON: a person can read it. */
export function refused(encoding: Encoding | undefined, status: number, message: string): Reply {
  const code = CODES[status] ?? INVALID_ARGUMENT;
  const body =
    encoding === 'protobuf'
      ? Buffer.concat([varintField(1, code), bytesField(2, message)])
      : Buffer.from(JSON.stringify({ code, message }));
  return { status, headers: headersOf(encoding ?? 'json'), body };
}

function headersOf(encoding: Encoding): Record<string, string> {
  return { 'content-type': CONTENT_TYPES[encoding] };
}
