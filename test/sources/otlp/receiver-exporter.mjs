/**
 * A service with the real SDK, configured by the environment alone: makes three spans, exports them, and prints what
 * they were.
 */
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../fixtures/shop/package.json', import.meta.url));
const { context, diag, DiagLogLevel, SpanKind, trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');

const complain = (...words) => process.stderr.write(`${words.join(' ')}\n`);
const quiet = () => {};
diag.setLogger({ error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);

const sdk = new NodeSDK();
sdk.start();
const tracer = trace.getTracer('checkout-tracer');
const server = tracer.startSpan('POST /checkout', {
  kind: SpanKind.SERVER,
  attributes: { 'http.request.method': 'POST', 'http.response.status_code': 201, 'enduser.id': 'not kept' },
});
const within = trace.setSpan(context.active(), server);
const client = tracer.startSpan('GET', { kind: SpanKind.CLIENT }, within);
const consumer = tracer.startSpan(
  'process orders',
  { kind: SpanKind.CONSUMER, links: [{ context: server.spanContext() }] },
  context.active(),
);
const spans = [client, consumer, server];
for (const span of spans) span.end();
await sdk.shutdown();
process.stdout.write(
  JSON.stringify(
    spans.map((span) => ({
      ...ids(span.spanContext()),
      ...(span.parentSpanContext ? { parentSpanId: span.parentSpanContext.spanId } : undefined),
      name: span.name,
      links: span.links.map((link) => ids(link.context)),
      start: nanoseconds(span.startTime),
      end: nanoseconds(span.endTime),
    })),
  ),
);

function ids({ traceId, spanId }) {
  return { traceId, spanId };
}

function nanoseconds([seconds, rest]) {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
}
