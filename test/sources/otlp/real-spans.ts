/** Spans of the real SDK, as its exporters get them. */
import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { SPAN_ID, TRACE_ID } from './bytes.ts';
import { PROBE } from './settings.ts';

/** What a probe would have sent. */
const PROBE_CONTEXT: SpanContext = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true };

/** A server span that continues a remote context, a producer below it, and a consumer elsewhere that only links. */
export function realSpans(): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const checkout = tracerOf(exporter, {
    'service.name': 'checkout',
    'service.instance.id': 'c-1',
    'process.pid': 4242,
  });
  const billing = tracerOf(exporter, { 'service.name': 'billing', 'container.id': 'not kept' });
  const remote = trace.setSpanContext(ROOT_CONTEXT, PROBE_CONTEXT);
  serve(checkout, remote);
  billing
    .startSpan('process orders', { kind: SpanKind.CONSUMER, links: [{ context: PROBE_CONTEXT }], startTime: [1, 1] })
    .end([2, 0]);
  return exporter.getFinishedSpans();
}

function serve(tracer: Tracer, parent: Context): void {
  const attributes = {
    'http.request.method': 'POST',
    'url.path': '/checkout',
    'url.query': `ref=${PROBE}&token=hunter2`,
    'http.response.status_code': 200,
    'network.peer.port': 40123,
    'http.request.header.accept': ['a', 'b'],
  };
  const startTime: [number, number] = [1_795_600_000, 123_456_789];
  const server = tracer.startSpan('POST /checkout', { kind: SpanKind.SERVER, startTime, attributes }, parent);
  server.addEvent('paid', { amount: 1.5, ids: ['a', 'b'] });
  server.setStatus({ code: 2, message: 'declined' });
  tracer
    .startSpan(
      'send orders',
      { kind: SpanKind.PRODUCER, startTime: [1_795_600_000, 200_000_000] },
      trace.setSpan(parent, server),
    )
    .end([1_795_600_000, 300_000_001]);
  server.end([1_795_600_001, 7]);
}

function tracerOf(exporter: InMemorySpanExporter, attributes: Record<string, string | number>): Tracer {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  return new BasicTracerProvider({ resource: resourceFromAttributes(attributes), spanProcessors }).getTracer('shop');
}
