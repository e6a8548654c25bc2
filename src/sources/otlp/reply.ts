/** What the receiver answers, in the encoding of the request. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */

export type Encoding = 'protobuf' | 'json';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } satisfies Record<
  Encoding,
  string
>;

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
    const partialSuccess = { rejectedSpans: String(rejectedSpans), errorMessage };
    return Buffer.from(JSON.stringify(isUnset ? {} : { partialSuccess }));
  }
  if (isUnset) return Buffer.alloc(0);
  return bytesField(1, Buffer.concat([varintField(1, rejectedSpans), bytesField(2, Buffer.from(errorMessage))]));
}

/** google.rpc.Status. Where the request's encoding is unknown, JSON: a person can read it. */
export function refused(encoding: Encoding | undefined, status: number, message: string): Reply {
  const code = CODES[status] ?? INVALID_ARGUMENT;
  const body =
    encoding === 'protobuf'
      ? Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))])
      : Buffer.from(JSON.stringify({ code, message }));
  return { status, headers: headersOf(encoding ?? 'json'), body };
}

function headersOf(encoding: Encoding): Record<string, string> {
  return { 'content-type': CONTENT_TYPES[encoding] };
}

function varintField(field: number, value: number): Buffer {
  return Buffer.from([field * 8, ...varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}
