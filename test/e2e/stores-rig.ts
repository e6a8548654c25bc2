/** Two services that call each other and write their spans into a trace store, each in the store's own way. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceSpans } from './stores-relay.ts';

export interface EmittedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: 'server' | 'client';
  service: string;
  name: string;
  startMs: number;
  endMs: number;
  attributes: Record<string, string>;
}

/** Writes spans into a store. */
export type Write = (spans: EmittedSpan[]) => Promise<void>;

/** What services wait before they export, ms. */
const BATCH_MS = 300;

const OTLP_KINDS = { server: 2, client: 3 };

export function otlpOf(spans: EmittedSpan[]): { resourceSpans: ResourceSpans[] } {
  const attribute = ([key, value]: [string, string]) => ({ key, value: { stringValue: value } });
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: [attribute(['service.name', span.service])] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
              name: span.name,
              kind: OTLP_KINDS[span.kind],
              startTimeUnixNano: `${span.startMs}000000`,
              endTimeUnixNano: `${span.endMs}000000`,
              attributes: Object.entries(span.attributes).map(attribute),
            },
          ],
        },
      ],
    })),
  };
}

async function post(url: string, body: string): Promise<void> {
  const { ok, status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!ok) throw new Error(`${url} answers ${status}`);
}

export function writeOtlp(endpoint: string): Write {
  return (spans) => post(`${endpoint}/v1/traces`, JSON.stringify(otlpOf(spans)));
}

export function writeZipkin(url: string): Write {
  return (spans) =>
    post(
      `${url}/api/v2/spans`,
      JSON.stringify(
        spans.map((span) => ({
          traceId: span.traceId,
          id: span.spanId,
          ...(span.parentSpanId === undefined ? {} : { parentId: span.parentSpanId }),
          kind: span.kind.toUpperCase(),
          name: span.name,
          timestamp: span.startMs * 1000,
          duration: Math.max(span.endMs - span.startMs, 1) * 1000,
          localEndpoint: { serviceName: span.service },
          tags: span.attributes,
        })),
      ),
    );
}

export function writeClickhouse(url: string): Write {
  const rowOf = (span: EmittedSpan) => ({
    Timestamp: new Date(span.startMs).toISOString().replace('T', ' ').replace('Z', '000000'),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId ?? '',
    SpanName: span.name,
    SpanKind: span.kind === 'server' ? 'Server' : 'SPAN_KIND_CLIENT',
    ServiceName: span.service,
    ResourceAttributes: { 'service.name': span.service },
    SpanAttributes: span.attributes,
    Duration: (span.endMs - span.startMs) * 1_000_000,
  });
  return (spans) =>
    post(
      `${url}/?query=${encodeURIComponent('INSERT INTO otel_traces FORMAT JSONEachRow')}`,
      spans.map((span) => JSON.stringify(rowOf(span))).join('\n'),
    );
}

export interface TwoServices {
  /** Whether checkout writes the context into its call. */
  injects: boolean;
  /** Writes a topology file whose spans come from such a source. */
  topology(source: object, more?: { deadline?: string; resolve?: Record<string, string> }): string;
  stop(): void;
}

/** checkout, which calls pricing. */
export async function twoServices(write: Write): Promise<TwoServices> {
  const folder = mkdtempSync(join(tmpdir(), 'tracegap-stores-'));
  const pricing = await listen((request) => {
    emit(serverSpan('pricing', request, Date.now()));
    return Promise.resolve();
  });
  const checkout = await listen(async (request) => {
    const startMs = Date.now();
    const span = serverSpan('checkout', request, startMs);
    const call: EmittedSpan = {
      ...{ traceId: span.traceId, spanId: newId(8), parentSpanId: span.spanId, kind: 'client', service: 'checkout' },
      ...{ name: 'GET', startMs, endMs: startMs },
      attributes: { 'server.address': '127.0.0.1', 'server.port': String(portOf(pricing)) },
    };
    const headers: Record<string, string> = self.injects ? { traceparent: `00-${call.traceId}-${call.spanId}-01` } : {};
    await fetch(`http://127.0.0.1:${portOf(pricing)}${request.url}`, { headers });
    emit({ ...call, endMs: Date.now() }, { ...span, endMs: Date.now() });
  });
  const emit = (...spans: EmittedSpan[]): void => {
    setTimeout(() => void write(spans).catch((error: unknown) => process.stderr.write(`${String(error)}\n`)), BATCH_MS);
  };
  const self: TwoServices = {
    injects: true,
    topology(source, { deadline = '20s', ...more } = {}) {
      const file = join(folder, 'tracegap.yaml');
      const url = (server: Server): string => `http://127.0.0.1:${portOf(server)}`;
      const text = {
        version: 1,
        name: 'two',
        ...more,
        sources: [source].flat(),
        nodes: { checkout: { url: url(checkout) }, pricing: { url: url(pricing) } },
        flows: {
          order: { send: { http: { path: `/orders/\${probe.id}` } }, through: 'checkout -> pricing', deadline },
        },
      };
      writeFileSync(file, JSON.stringify(text));
      return file;
    },
    stop() {
      for (const server of [checkout, pricing]) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(folder, { recursive: true });
    },
  };
  return self;
}

function newId(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function serverSpan(service: string, { headers, url = '' }: IncomingMessage, startMs: number): EmittedSpan {
  const [, traceId, parentSpanId] = /^00-(\w{32})-(\w{16})-/.exec(String(headers.traceparent)) ?? [];
  return {
    ...{ traceId: traceId ?? newId(16), spanId: newId(8), kind: 'server', service, name: 'GET', startMs },
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    endMs: startMs + 1,
    attributes: { 'url.path': url },
  };
}

async function listen(handle: (request: IncomingMessage) => Promise<void>): Promise<Server> {
  const server = createServer((request, response) => {
    void handle(request).then(
      () => response.end('ok'),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
