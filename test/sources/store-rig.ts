/** Small servers that answer as trace stores do (their published APIs, replayed), and the source that asks them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SpanRecord } from '../../src/model/evidence.ts';
import type { Complaint } from '../../src/model/problem.ts';
import type { StoreConfig } from '../../src/model/reach.ts';
import { openSource } from '../../src/sources/index.ts';
import type { OpenSource } from '../../src/sources/source.ts';
import { PROBE, RUN } from './otlp/settings.ts';

export type Kind = StoreConfig['kind'];

export const KINDS: readonly Kind[] = ['jaeger', 'tempo', 'zipkin', 'clickhouse'];

/** The probe's trace, and one that was begun anew. */
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const ORPHAN = '00000000000000000af7651916cd43dd';
const PROBE_SPAN = '00f067aa0ba902b7';
const [SERVER, CLIENT, CONSUMER] = ['b7ad6b7169203331', '0af7651916cd43dd', '0000000000c0ffee'];
/** 2026-11-23T10:00:00.123456Z */
export const START_MS = 1_795_428_000_123;
const START_NS = `${START_MS}456000`;
const END_NS = `${START_MS}956000`;

interface Sketch {
  trace: string;
  id: string;
  parent?: string;
  kind: 'server' | 'client' | 'consumer';
  service: string;
  link?: { trace: string; id: string };
  attributes: Record<string, string>;
}

export const SKETCHES: readonly Sketch[] = [
  { trace: TRACE, id: SERVER, parent: PROBE_SPAN, kind: 'server', service: 'Checkout', attributes: {} },
  { trace: TRACE, id: CLIENT, parent: SERVER, kind: 'client', service: 'Checkout', attributes: { 'server.port': '1' } },
  {
    trace: ORPHAN,
    id: CONSUMER,
    kind: 'consumer',
    service: 'billing',
    link: { trace: TRACE, id: CLIENT },
    attributes: { 'messaging.message.id': PROBE, secret: 'hunter2' },
  },
];

/** What every store must make of them, as far as each keeps it. */
export function essence({ traceId, spanId, parentSpanId, kind, service, start, end, links, tie }: SpanRecord): string {
  const times = [start, end].map((time) => (time === START_NS || time === END_NS ? '' : time)).join('');
  const linked = links.map((link) => `${link.traceId}:${link.spanId}`).join();
  return [traceId, spanId, parentSpanId ?? '-', kind, service, times, linked, tie.map(({ where }) => where)].join(' ');
}

export const ESSENCES: readonly string[] = [
  `${TRACE} ${SERVER} ${PROBE_SPAN} server Checkout   `,
  `${TRACE} ${CLIENT} ${SERVER} client Checkout   `,
  `${ORPHAN} ${CONSUMER} - consumer billing  ${TRACE}:${CLIENT} messaging.message.id`,
];

const OTLP_KINDS = { server: 2, client: 3, consumer: 5 };

/** TracesData, a resource a span. */
function otlp(sketches: readonly Sketch[], spelling: 'hex' | 'base64'): { resourceSpans: object[] } {
  const id = (hex: string): string => (spelling === 'hex' ? hex : Buffer.from(hex, 'hex').toString('base64'));
  const attribute = ([key, value]: [string, string]) => ({ key, value: { stringValue: value } });
  return {
    resourceSpans: sketches.map((span) => ({
      resource: { attributes: [attribute(['service.name', span.service])] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: id(span.trace),
              spanId: id(span.id),
              ...(span.parent === undefined ? {} : { parentSpanId: id(span.parent) }),
              kind: spelling === 'hex' ? OTLP_KINDS[span.kind] : `SPAN_KIND_${span.kind.toUpperCase()}`,
              startTimeUnixNano: START_NS,
              endTimeUnixNano: END_NS,
              ...(span.link === undefined
                ? {}
                : { links: [{ traceId: id(span.link.trace), spanId: id(span.link.id) }] }),
              attributes: Object.entries(span.attributes).map(attribute),
            },
          ],
        },
      ],
    })),
  };
}

function legacyTrace(sketches: readonly Sketch[]): object {
  const reference = (refType: string, traceID: string, spanID: string) => ({ refType, traceID, spanID });
  return {
    traceID: sketches[0]?.trace,
    processes: Object.fromEntries(sketches.map(({ service }) => [service, { serviceName: service, tags: [] }])),
    spans: sketches.map(({ trace, id, parent, kind, service, link, attributes }) => ({
      // Old stores leave leading zeros out.
      traceID: trace.replace(/^0+/, ''),
      spanID: id.replace(/^0+/, ''),
      operationName: kind,
      references: [
        ...(link === undefined ? [] : [reference('FOLLOWS_FROM', link.trace, link.id)]),
        ...(parent === undefined ? [] : [reference('CHILD_OF', trace, parent)]),
      ],
      startTime: Number(START_NS.slice(0, -3)),
      duration: 500,
      processID: service,
      tags: [
        { key: 'span.kind', type: 'string', value: kind },
        ...Object.entries(attributes).map(([key, value]) => ({ key, type: 'string', value })),
      ],
    })),
  };
}

export function zipkinSpans(sketches: readonly Sketch[]): object[] {
  return sketches.map(({ trace, id, parent, kind, service, link, attributes }) => ({
    traceId: trace.replace(/^0{16}/, ''),
    id,
    ...(parent === undefined ? {} : { parentId: parent }),
    kind: kind.toUpperCase(),
    timestamp: Number(START_NS.slice(0, -3)),
    duration: 500,
    localEndpoint: { serviceName: service.toLowerCase() },
    tags: { ...attributes, ...(link === undefined ? {} : { 'otlp.link.0': `${link.trace}|${link.id}||{}|0` }) },
  }));
}

function clickhouseRow({ trace, id, parent, kind, service, link, attributes }: Sketch): object {
  return {
    TraceId: trace,
    SpanId: id,
    ParentSpanId: parent ?? '',
    SpanKind: kind === 'server' ? 'SPAN_KIND_SERVER' : kind.replace(/^./, (letter) => letter.toUpperCase()),
    ServiceName: service,
    ResourceAttributes: {},
    SpanAttributes: attributes,
    LinkTraceIds: link === undefined ? [] : [link.trace],
    LinkSpanIds: link === undefined ? [] : [link.id],
    Start: START_NS,
    Nanos: '500000',
  };
}

export interface Answer {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: string | object;
  /** Cuts the connection after the body. */
  cut?: boolean;
  /** Never answers. */
  hang?: boolean;
}

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  at: number;
}

export interface Replay {
  url: string;
  asked: Asked[];
  /** Answers in place of the store from now on. */
  answer: ((asked: Asked) => Answer | undefined) | undefined;
  close(): void;
}

const open: (() => unknown)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

/** A server that answers like a store; what it does not know is a 404. */
export async function replay(store: (asked: Asked) => Answer | undefined, base = ''): Promise<Replay> {
  const server = createServer((request, response) => void handle(request, response));
  const self: Replay = { url: '', asked: [], answer: undefined, close: () => server.closeAllConnections() };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://store');
    const asked = {
      method: request.method ?? '',
      path: pathname.startsWith(base) ? pathname.slice(base.length) : `not below ${base}`,
      query: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      at: Date.now(),
    };
    self.asked.push(asked);
    respond(response, (self.answer ?? store)(asked) ?? { status: 404, type: 'text/plain', body: '404 page not found' });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`;
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return self;
}

function respond(response: ServerResponse, { status = 200, type = 'application/json', ...rest }: Answer): void {
  const { headers = {}, body = '', cut = false, hang = false } = rest;
  if (hang) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': type,
    ...(cut ? { 'content-length': Buffer.byteLength(text) + 100 } : {}),
    ...headers,
  });
  if (cut) response.write(text, () => response.destroy());
  else response.end(text);
}

/** Each store with these spans in it. */
export const STORES: Record<
  Kind | 'jaeger legacy' | 'tempo v1',
  (has: readonly Sketch[]) => (asked: Asked) => Answer | undefined
> = {
  jaeger: (has) => (asked) => {
    const { path, query } = asked;
    if (path === '/api/v3/services') return { body: { services: [] } };
    const wanted = path.startsWith('/api/v3/traces/')
      ? has.filter(({ trace }) => path.endsWith(trace))
      : whole(has, ({ service }) => service === query.get('query.serviceName'));
    if (!path.startsWith('/api/v3/traces')) return undefined;
    const absent = { error: { httpCode: 404, message: 'No traces found' } };
    return wanted.length === 0 ? { status: 404, body: absent } : { body: { result: otlp(wanted, 'hex') } };
  },
  'jaeger legacy':
    (has) =>
    ({ path, query }) => {
      // An older server answers any path that it does not know with the page of its user interface.
      if (path.startsWith('/api/v3')) return { type: 'text/html', body: '<!doctype html><html></html>' };
      if (path === '/api/services') return { body: { data: [] } };
      const isById = path.startsWith('/api/traces/');
      const wanted = isById
        ? has.filter(({ trace }) => path.endsWith(trace))
        : whole(has, ({ service }) => service === query.get('service'));
      if (isById && wanted.length === 0)
        return { status: 404, body: { errors: [{ code: 404, msg: 'trace not found' }] } };
      return path.startsWith('/api/traces')
        ? { body: { data: wanted.length === 0 ? [] : [legacyTrace(wanted)] } }
        : undefined;
    },
  tempo:
    (has) =>
    ({ path, query }) => {
      if (path === '/api/search') return { body: { traces: tempoFound(has, query.get('q') ?? '') } };
      const wanted = has.filter(({ trace }) => path === `/api/v2/traces/${trace}`);
      if (!path.startsWith('/api/v2/traces/')) return undefined;
      return {
        body: wanted.length === 0 ? { trace: {}, metrics: {} } : { trace: otlp(wanted, 'base64'), metrics: {} },
      };
    },
  'tempo v1':
    (has) =>
    ({ path, query }) => {
      if (path === '/api/search') return { body: { traces: tempoFound(has, query.get('q') ?? '') } };
      const wanted = has.filter(({ trace }) => path === `/api/traces/${trace}`);
      if (path.startsWith('/api/v2/')) return undefined;
      return wanted.length === 0 ? { status: 404 } : { body: { batches: otlp(wanted, 'base64').resourceSpans } };
    },
  zipkin:
    (has) =>
    ({ path, query }) => {
      if (path === '/api/v2/services') return { body: [] };
      const id = path.replace('/api/v2/trace/', '').padStart(32, '0');
      const wanted = has.filter(({ trace }) => trace === id);
      if (path.startsWith('/api/v2/trace/')) {
        return wanted.length === 0
          ? { status: 404, type: 'text/plain', body: `${id} not found` }
          : { body: zipkinSpans(wanted) };
      }
      const found = whole(has, ({ service }) => service.toLowerCase() === query.get('serviceName'));
      return path === '/api/v2/traces' ? { body: found.length === 0 ? [] : [zipkinSpans(found)] } : undefined;
    },
  clickhouse:
    (has) =>
    ({ body, query }) => {
      if (body.includes('LIMIT 0')) return { body: '' };
      const wanted = has.filter(
        ({ trace, service }) =>
          query.get('param_traces')?.includes(`'${trace}'`) || query.get('param_services')?.includes(`'${service}'`),
      );
      return {
        type: 'application/x-ndjson',
        body: wanted.map((span) => `${JSON.stringify(clickhouseRow(span))}\n`).join(''),
      };
    },
};

function whole(has: readonly Sketch[], wanted: (span: Sketch) => boolean): Sketch[] {
  const traces = new Set(has.filter(wanted).map(({ trace }) => trace));
  return has.filter(({ trace }) => traces.has(trace));
}

function tempoFound(has: readonly Sketch[], q: string): object[] {
  const found = whole(has, ({ service }) => q.includes(`resource.service.name = "${service}"`));
  return [...new Set(found.map(({ trace }) => trace))].map((trace) => ({
    traceID: trace.replace(/^0+/, ''),
    durationMs: 1,
    spanSets: [{ matched: found.filter((span) => span.trace === trace).length }],
  }));
}

export interface OpenStore {
  source: OpenSource;
  spans: SpanRecord[];
  problems: Complaint[];
  needles: { traceIds: Set<string>; sent: { first?: number; last?: number } };
  /** Says that a probe was sent now. */
  probe(): void;
}

/** Opens the source; a probe was sent unless `idle`. */
export async function openStore(
  kind: Kind,
  url: string,
  { idle = false, ...more }: Partial<StoreConfig> & { idle?: boolean } = {},
): Promise<OpenStore> {
  const spans: SpanRecord[] = [];
  const problems: Complaint[] = [];
  const needles = {
    runId: RUN,
    traceIds: new Set([TRACE]),
    services: new Set(['Checkout', 'billing']),
    sent: {} as { first?: number; last?: number },
  };
  const probe = (): void => {
    needles.sent.last = Date.now();
    needles.sent.first ??= needles.sent.last;
  };
  if (!idle) probe();
  const config: StoreConfig = { kind, name: 'main', url, headers: [], delayMs: 0, askAfterMs: 0, ...more };
  const sink = {
    spans: (batch: SpanRecord[]) => void spans.push(...batch),
    problem: (problem: Complaint) => void problems.push(problem),
  };
  const source = await openSource(config, needles, new Set(), sink, new AbortController().signal);
  open.push(() => source.close());
  return { source, spans, problems, needles, probe };
}
