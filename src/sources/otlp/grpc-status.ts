/** What a gRPC call is answered. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response */
import { status as NAMES } from '@grpc/grpc-js';
import { bytesField, varintField } from './protobuf/write.ts';

/** `google.rpc.Code`. */
export const CODES = { INVALID_ARGUMENT: 3, RESOURCE_EXHAUSTED: 8 } as const;

/** Key under which a `google.rpc.Status` goes to the client, beside the code and the message. */
export const DETAILS_KEY = 'grpc-status-details-bin';

const RETRY_AFTER_S = 1;

/** BadRequest: the body is no OTLP. Exporters do not send it again. */
export function invalidArgument(message: string): Buffer {
  const violation = bytesField(1, bytesField(2, message));
  return statusOf(CODES.INVALID_ARGUMENT, message, 'google.rpc.BadRequest', violation);
}

/** RetryInfo: only with it is "exhausted" something that passes, and exporters send the batch again. */
export function exhausted(message: string): Buffer {
  const retryInfo = bytesField(1, varintField(1, RETRY_AFTER_S));
  return statusOf(CODES.RESOURCE_EXHAUSTED, message, 'google.rpc.RetryInfo', retryInfo);
}

/** google.rpc.Status with one detail, a google.protobuf.Any. */
function statusOf(code: number, message: string, type: string, value: Buffer): Buffer {
  const detail = Buffer.concat([bytesField(1, `type.googleapis.com/${type}`), bytesField(2, value)]);
  return Buffer.concat([varintField(1, code), bytesField(2, message), bytesField(3, detail)]);
}

/**
 * The status that a call was answered with before its message could be handed over, or undefined where there was none.
 * The call's stream is an inner part of the library, hence the doubts; which headers it sent is Node's to say.
 */
export function statusSent(call: object): { status: string; message: string; isRetried: boolean } | undefined {
  if (!('stream' in call) || typeof call.stream !== 'object' || call.stream === null) return undefined;
  if (!('sentHeaders' in call.stream) || typeof call.stream.sentHeaders !== 'object') return undefined;
  const headers: Record<string, unknown> = { ...call.stream.sentHeaders };
  const code = Number(headers['grpc-status'] ?? Number.NaN);
  if (Number.isNaN(code)) return undefined;
  return {
    status: NAMES[code] ?? `gRPC status ${code}`,
    message: decodeURI(String(headers['grpc-message'] ?? '')),
    isRetried: code === NAMES.DEADLINE_EXCEEDED,
  };
}
