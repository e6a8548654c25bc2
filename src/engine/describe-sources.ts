/** Where spans come from and what is asked there, as a plan shows it; no credentials. */
import type { OtlpConfig, SourceConfig, StoreConfig } from '../model/reach.ts';
import { expandTemplate, written } from '../topology/template.ts';
import { withoutUserinfo } from './describe-targets.ts';

/** @param services names of all declared services */
export function describeSource(source: SourceConfig, services: readonly string[]): string[] {
  const { delayMs = 0 } = source;
  const late = delayMs > 0 ? `; deadlines count on top of ${seconds(delayMs)}` : '';
  switch (source.kind) {
    case 'otlp':
      return [`source ${source.name}: ${receiver(source)}${late}`];
    case 'otlp-file':
      return [`source ${source.name}: ${source.path}${late}`];
    default:
      return [
        `source ${source.name}: asks ${source.kind} at ${shownUrl(source.url)}${whenOf(source)}${late}`,
        ...source.headers.map(([name, value]) => `  ${name}: ${expandTemplate(value, written)}`),
        ...(source.export === undefined
          ? []
          : [`  first writes a span to ${shownUrl(source.export)}, and looks for it`]),
        ...asked(source, services).map((line) => `  ${line}`),
      ];
  }
}

function receiver({ http, grpc, tls, forward }: OtlpConfig): string {
  return [
    ...(http === undefined ? [] : [`OTLP/HTTP on ${http}`]),
    ...(grpc === undefined ? [] : [`OTLP/gRPC on ${grpc}`]),
    ...(tls === undefined ? [] : [tls.caFile === undefined ? 'with TLS' : 'with TLS and client certificates']),
    ...(forward === undefined ? [] : [`sends everything on to ${shownUrl(forward)}`]),
  ].join(', ');
}

function shownUrl(url: string): string {
  return withoutUserinfo(expandTemplate(url, written));
}

function whenOf({ askAfterMs }: StoreConfig): string {
  return askAfterMs > 0 ? `, from ${seconds(askAfterMs)} after a probe on` : '';
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function asked({ kind, database, table }: StoreConfig, services: readonly string[]): string[] {
  const each = `for each of ${services.join(', ')}`;
  switch (kind) {
    case 'jaeger':
      return [
        'GET /api/v3/traces/<trace id>, for each trace of a probe',
        `GET /api/v3/traces?query.serviceName=<service>&…, ${each}, in the time of the run`,
        'without API v3: GET /api/traces/<trace id> and GET /api/traces?service=<service>&…',
      ];
    case 'tempo':
      return [
        'GET /api/v2/traces/<trace id>, for each trace of a probe; without it GET /api/traces/<trace id>',
        `GET /api/search?q=<TraceQL>, for spans of ${services.join(', ')} and for the marker, in the time of the run`,
      ];
    case 'zipkin':
      return [
        'GET /api/v2/trace/<trace id>, for each trace of a probe',
        `GET /api/v2/traces?serviceName=<service>&…, ${each}, in the time of the run`,
      ];
    case 'clickhouse':
      return [
        `POST / one SELECT from ${database ?? 'default'}.${table ?? 'otel_traces'}: traces of the probes, spans of ${services.join(', ')} and of the marker, in the time of the run`,
      ];
  }
}
