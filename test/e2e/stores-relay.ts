/** Takes a Collector's OTLP/JSON and writes it as the exporters of other stores do, whose programs are not to be had. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { closeAll, replay } from '../sources/store-rig.ts';

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  links?: { traceId: string; spanId: string; traceState?: string }[];
}

export interface ResourceSpans {
  resource: { attributes?: KeyValue[] };
  scopeSpans: { scope?: { name?: string } | undefined; spans: OtlpSpan[] }[];
}

/** Writes spans into a store. */
export type WriteResources = (resources: ResourceSpans[]) => Promise<void> | void;

/** Listens for a Collector's `otlp_http` exporter with `encoding: json`. */
export async function startRelay(writers: readonly WriteResources[]): Promise<{ url: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const { resourceSpans } = JSON.parse(json.toString()) as { resourceSpans: ResourceSpans[] };
    try {
      for (const write of writers) await write(resourceSpans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() };
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/**
 * As Zipkin exporters translate: attributes of span and resource are tags.
 * @param writer the Collector's makes tags of links too; those of the SDKs leave them out
 */
export function intoZipkin(url: string, writer: 'Collector' | 'SDK'): WriteResources {
  return (resources) => {
    const spans = flat(resources).map(({ span, resource, scope }) => {
      const kind = KINDS[span.kind ?? 0] ?? '';
      const start = Number(BigInt(span.startTimeUnixNano) / 1000n);
      const end = Number(BigInt(span.endTimeUnixNano) / 1000n);
      const { 'service.name': serviceName = '', ...rest } = resource;
      return {
        traceId: span.traceId,
        id: span.spanId,
        ...(span.parentSpanId ? { parentId: span.parentSpanId } : {}),
        ...(span.kind === undefined || span.kind < 2 ? {} : { kind }),
        name: span.name,
        timestamp: start,
        duration: Math.max(end - start, 1),
        localEndpoint: { serviceName },
        tags: {
          ...rest,
          ...textsOf(span.attributes),
          ...(writer === 'Collector' ? linkTags(span) : {}),
          ...(span.traceState ? { 'w3c.tracestate': span.traceState } : {}),
          'otel.scope.name': scope,
        },
      };
    });
    return post(`${url}/api/v2/spans`, JSON.stringify(spans));
  };
}

function linkTags({ links = [] }: OtlpSpan): Record<string, string> {
  return Object.fromEntries(
    links.map(({ traceId, spanId, traceState = '' }, index) => [
      `otlp.link.${index}`,
      `${traceId}|${spanId}|${traceState}|{}|0`,
    ]),
  );
}

/** As the Collector's ClickHouse exporter fills its columns. */
export function intoClickhouse(url: string): WriteResources {
  return (resources) => {
    const rows = flat(resources).map(({ span, resource, scope }) => {
      const start = BigInt(span.startTimeUnixNano);
      const kind = (KINDS[span.kind ?? 0] ?? '').toLowerCase();
      return {
        Timestamp: `${new Date(Number(start / 1_000_000_000n) * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${String(start % 1_000_000_000n).padStart(9, '0')}`,
        TraceId: span.traceId,
        SpanId: span.spanId,
        ParentSpanId: span.parentSpanId ?? '',
        TraceState: span.traceState ?? '',
        SpanName: span.name,
        SpanKind: kind.charAt(0).toUpperCase() + kind.slice(1),
        ServiceName: resource['service.name'] ?? '',
        ResourceAttributes: resource,
        ScopeName: scope,
        SpanAttributes: textsOf(span.attributes),
        Duration: Number(BigInt(span.endTimeUnixNano) - start),
        'Links.TraceId': (span.links ?? []).map(({ traceId }) => traceId),
        'Links.SpanId': (span.links ?? []).map(({ spanId }) => spanId),
        'Links.TraceState': (span.links ?? []).map(({ traceState }) => traceState ?? ''),
        'Links.Attributes': (span.links ?? []).map(() => ({})),
      };
    });
    const query = encodeURIComponent('INSERT INTO otel_traces FORMAT JSONEachRow');
    return post(`${url}/?query=${query}`, rows.map((row) => JSON.stringify(row)).join('\n'));
  };
}

export interface TempoReplay {
  url: string;
  write: WriteResources;
  stop(): void;
}

/** Answers as Tempo's published API does, for one tenant, `shop`: ids in base64, leading zeros left out in a search. */
export async function startTempoReplay(): Promise<TempoReplay> {
  const kept: ResourceSpans[] = [];
  const ofTrace = (id: string): ResourceSpans[] => only(kept, (span) => span.traceId === id);
  const { url } = await replay(({ path, query, headers }) => {
    if (headers['x-scope-orgid'] !== 'shop') return { status: 401, type: 'text/plain', body: 'no org id' };
    if (path === '/api/search') {
      const q = query.get('q') ?? '';
      const found = flat(kept).filter(({ resource }) =>
        q.includes(`resource.service.name = "${resource['service.name']}"`),
      );
      const traces = [...new Set(found.map(({ span }) => span.traceId))].map((id) => ({
        traceID: id.replace(/^0+/, ''),
        durationMs: 1,
        spanSets: [{ matched: found.filter(({ span }) => span.traceId === id).length }],
      }));
      return { body: { traces } };
    }
    if (!path.startsWith('/api/v2/traces/')) return undefined;
    const wanted = ofTrace(path.slice('/api/v2/traces/'.length));
    return { body: { trace: wanted.length === 0 ? {} : { resourceSpans: wanted.map(inBase64) } } };
  }, '/tempo');
  return { url, write: (resources) => void kept.push(...resources), stop: closeAll };
}

function inBase64({ resource, scopeSpans }: ResourceSpans): ResourceSpans {
  const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
  const spelled = (span: OtlpSpan): OtlpSpan => ({
    ...span,
    traceId: base64(span.traceId),
    spanId: base64(span.spanId),
    ...(span.parentSpanId ? { parentSpanId: base64(span.parentSpanId) } : {}),
    ...(span.links === undefined
      ? {}
      : {
          links: span.links.map((link) => ({ ...link, traceId: base64(link.traceId), spanId: base64(link.spanId) })),
        }),
  });
  return { resource, scopeSpans: scopeSpans.map(({ scope, spans }) => ({ scope, spans: spans.map(spelled) })) };
}

function only(resources: ResourceSpans[], wanted: (span: OtlpSpan) => boolean): ResourceSpans[] {
  return resources
    .map(({ resource, scopeSpans }) => ({
      resource,
      scopeSpans: scopeSpans.map(({ scope, spans }) => ({ scope, spans: spans.filter(wanted) })),
    }))
    .filter(({ scopeSpans }) => scopeSpans.some(({ spans }) => spans.length > 0));
}

function flat(resources: ResourceSpans[]): { span: OtlpSpan; resource: Record<string, string>; scope: string }[] {
  return resources.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({ span, resource: textsOf(resource.attributes), scope: scope?.name ?? '' })),
    ),
  );
}

/** Stores that keep texts only get the value's text. */
function textsOf(attributes: KeyValue[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [text] = Object.values(value);
      return [key, typeof text === 'object' ? JSON.stringify(text) : String(text)];
    }),
  );
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
}
