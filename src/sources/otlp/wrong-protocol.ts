/** What a client speaks that does not speak the protocol of the port, told by its first bytes. */
import type { TLSSocket } from 'node:tls';
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
      hint:
        'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf for that service, ' +
        'or let the source listen for gRPC too (sources: - otlp: { grpc: "127.0.0.1:4317" }) and point it there.',
    };
  }
  return bytes[0] === TLS_HANDSHAKE ? speaksTls(address) : undefined;
}

/** What to tell of the first bytes that came to a gRPC port, where they do not begin HTTP/2. */
export function wrongAtGrpc(bytes: Buffer, address: string): Complaint | undefined {
  if (HTTP2_PREFACE.startsWith(bytes.toString('latin1', 0, HTTP2_PREFACE.length))) return undefined;
  if (bytes[0] === TLS_HANDSHAKE) return speaksTls(address);
  return {
    message: `a client that speaks no HTTP/2 connected to ${address}, the port for OTLP over gRPC; its spans are not received`,
    hint: 'Set OTEL_EXPORTER_OTLP_PROTOCOL=grpc for that service, or point it to the port for OTLP over HTTP (`http`).',
  };
}

function speaksTls(address: string): Complaint {
  return {
    message: `a client speaks TLS to ${address}; its spans are not received`,
    hint: `Set OTEL_EXPORTER_OTLP_ENDPOINT to http://${address} (not https) for that service, or give the source \`tls\`.`,
  };
}

/**
 * What to tell of a TLS handshake that failed; nothing of a client that only went away.
 * @param socket knows why a certificate was refused; the error then is that of any lost connection
 */
export function tlsFailure(error: Error, socket: TLSSocket, address: string): Complaint | undefined {
  const { authorizationError }: { authorizationError?: unknown } = socket;
  const code = authorizationError ? String(authorizationError) : 'code' in error ? String(error.code) : '';
  if (code === 'ECONNRESET') return undefined;
  return {
    message: `a client could not be agreed with about TLS on ${address} (${code || error.message}); its spans are not received`,
    hint: tlsHint(code),
  };
}

function tlsHint(code: string): string {
  if (/HTTP_REQUEST|WRONG_VERSION/.test(code)) return 'It speaks no TLS: give that service an https:// endpoint.';
  if (!/ALERT/.test(code) && /PEER_DID_NOT_RETURN|CERT|UNABLE|SELF_SIGNED/.test(code)) {
    return 'Give that service a client certificate that tls.caFile of the source signed (OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE).';
  }
  return "Check that it trusts the authority of the source's tls.certFile (OTEL_EXPORTER_OTLP_CERTIFICATE).";
}
