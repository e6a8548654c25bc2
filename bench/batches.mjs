/** Batches of spans as services send them, for whatever takes them in. */
import { SpanKind } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

export const SPANS_PER_BATCH = 500;
/** One span in fifty names a probe of this run. */
export const RUN_ID = 'c0ffee12';

/** Spans of the real SDK: HTTP server and client spans and Kafka spans of one service by turns. */
export function makeBatch(batch, service = 'checkout') {
  const exporter = new InMemorySpanExporter();
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.version': '1.4.2',
    'service.instance.id': `${service}-${batch}`,
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
    'process.pid': 4242,
    'process.command_args': ['node', 'server.js'],
    'host.name': 'node-17',
  });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('@opentelemetry/instrumentation-http', '0.223.0');
  for (let count = 0; count < SPANS_PER_BATCH; count++) {
    const shape = [serverSpan, clientSpan, producerSpan][count % 3](batch * SPANS_PER_BATCH + count);
    tracer.startSpan(shape.name, shape).end();
  }
  return exporter.getFinishedSpans();
}

/** Where a probe's id may stand. */
function orderId(number) {
  return `${number % 50 === 0 ? RUN_ID : 'deadbeef'}-aaaa-4bbb-8ccc-${String(number).padStart(12, '0')}`;
}

function serverSpan(number) {
  return {
    name: 'POST /checkout',
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/checkout/:order',
      'http.response.status_code': 201,
      'url.path': `/checkout/${orderId(number)}`,
      'url.scheme': 'http',
      'server.address': 'checkout.shop.svc',
      'server.port': 8080,
      'client.address': '10.4.17.3',
      'network.peer.address': '10.4.17.3',
      'network.peer.port': 30000 + (number % 30000),
      'network.protocol.version': '1.1',
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    },
  };
}

function clientSpan(number) {
  return {
    name: 'GET',
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'url.full': `http://pricing.shop.svc:8080/prices/${number}?order=${orderId(number)}`,
      'server.address': 'pricing.shop.svc',
      'server.port': 8080,
      'network.peer.address': '10.4.18.9',
      'network.peer.port': 8080,
      'thread.name': 'worker-3',
    },
  };
}

function producerSpan(number) {
  return {
    name: 'send orders',
    kind: SpanKind.PRODUCER,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'orders',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.partition.id': String(number % 12),
      'messaging.kafka.message.offset': 1_000_000 + number,
      'messaging.kafka.message.key': orderId(number),
      'messaging.client.id': 'checkout-producer',
      'server.address': 'kafka-0.kafka.svc',
      'app.tenant': `tenant-${number % 97}`,
    },
  };
}
