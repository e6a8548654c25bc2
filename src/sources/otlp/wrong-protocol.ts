/** What a client speaks that does not speak HTTP/1.1 to the receiver, told by its first bytes. */
import type { Complaint } from '../../model/problem.ts';

const HTTP2_PREFACE = 'PRI * HTTP/2.0';
const TLS_HANDSHAKE = 0x16;

/**
 * What to tell of a request that Node could not parse, where it is one of the common mistakes.
 * @param error as `clientError` hands it over, with the first bytes
 */
export function wrongProtocol(error: Error, address: string): Complaint | undefined {
  const bytes = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
  if (bytes.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE) {
    return {
      message: `a client speaks HTTP/2 to ${address}, most likely OTLP over gRPC; its spans are not received`,
      hint: 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf for that service.',
    };
  }
  if (bytes[0] === TLS_HANDSHAKE) {
    return {
      message: `a client speaks TLS to ${address}; its spans are not received`,
      hint: `Set OTEL_EXPORTER_OTLP_ENDPOINT to http://${address} (not https) for that service.`,
    };
  }
  return undefined;
}
