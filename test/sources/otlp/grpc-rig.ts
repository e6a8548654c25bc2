/** A gRPC client that decides on every byte, and what it is answered. */
import { credentials, Metadata, makeGenericClientConstructor, type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { closeLater } from './receiver-rig.ts';

const RPC = protobuf.parse(`
  syntax = "proto3";
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message BadRequest { repeated Violation field_violations = 1; }
  message Violation { string field = 1; string description = 2; }
`).root;

export const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
export const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
export const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

export interface GrpcAnswer {
  /** Name of the status. */
  status: string;
  message: string;
  body: Buffer;
  /** `grpc-status-details-bin`, read; undefined where there are none. */
  details: { code: number; message: string; details: { type: string; value: object }[] } | undefined;
}

export interface GrpcClient {
  call(body: Buffer, method?: string): Promise<GrpcAnswer>;
}

export interface ClientTls {
  ca: Buffer;
  key?: Buffer;
  cert?: Buffer;
}

const asItIs = (bytes: Buffer): Buffer => bytes;
const Client = makeGenericClientConstructor({}, 'raw');

/** What the OTLP specification asks of an exporter, as the library's own retries. */
const RETRIES = JSON.stringify({
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: '0.3s',
        maxBackoff: '1s',
        backoffMultiplier: 2,
        retryableStatusCodes: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
      },
    },
  ],
});

/** @param compression `grpc.default_compression_algorithm`: 1 deflate, 2 gzip */
export function grpcClient(address: string, tls?: ClientTls, compression = 0, retries = false): GrpcClient {
  const security =
    tls === undefined ? credentials.createInsecure() : credentials.createSsl(tls.ca, tls.key ?? null, tls.cert ?? null);
  const client = new Client(address, security, {
    'grpc.default_compression_algorithm': compression,
    'grpc.max_send_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    ...(retries ? { 'grpc.service_config': RETRIES } : {}),
  });
  closeLater(() => client.close());
  return {
    call: (body, method = TRACES) =>
      new Promise((resolve) => {
        const deadline = Date.now() + 20_000;
        client.makeUnaryRequest<Buffer, Buffer>(
          method,
          asItIs,
          asItIs,
          body,
          new Metadata(),
          { deadline },
          (error, value) =>
            resolve({
              status: status[error?.code ?? 0] ?? '?',
              message: error?.details ?? '',
              body: value ?? Buffer.alloc(0),
              details: detailsOf(error),
            }),
        );
      }),
  };
}

function detailsOf(error: ServiceError | null): GrpcAnswer['details'] {
  const [bytes] = error?.metadata.get('grpc-status-details-bin') ?? [];
  if (!Buffer.isBuffer(bytes)) return undefined;
  const read = (type: string, value: Uint8Array): Record<string, unknown> => {
    const message = RPC.lookupType(type);
    return message.toObject(message.decode(value), { longs: Number });
  };
  const { code, message, details } = read('Status', bytes) as {
    code: number;
    message: string;
    details: { typeUrl: string; value: Buffer }[];
  };
  return {
    code,
    message,
    details: details.map(({ typeUrl, value }) => ({
      type: typeUrl,
      value: read(typeUrl.split('.').at(-1) ?? '', value),
    })),
  };
}
