/**
 * A service with the real SDK, its exporter as the environment says (grpc or http/protobuf): makes a span every 20 ms
 * until its stdin ends, and prints what the SDK says became of each.
 */
import { createRequire } from 'node:module';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(new URL('../../../fixtures/shop/package.json', import.meta.url));
const { trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const kind = process.env.OTEL_EXPORTER_OTLP_PROTOCOL === 'grpc' ? 'grpc' : 'proto';
const { OTLPTraceExporter } = require(`@opentelemetry/exporter-trace-otlp-${kind}`);

const exporter = new OTLPTraceExporter();
const traceExporter = {
  export: (spans, done) =>
    exporter.export(spans, (result) => {
      const ids = spans.map((span) => span.spanContext().spanId);
      process.stdout.write(`${JSON.stringify({ ids, error: result.error?.message })}\n`);
      done(result);
    }),
  forceFlush: () => exporter.forceFlush(),
  shutdown: () => exporter.shutdown(),
};

const sdk = new NodeSDK({ traceExporter });
sdk.start();
let isEnding = false;
process.stdin.resume().on('end', () => {
  isEnding = true;
});
while (!isEnding) {
  trace.getTracer('steady').startSpan('tick').end();
  await sleep(20);
}
await sdk.shutdown();
