/** Context in formats other than W3C's: which one, and the ids in it as W3C would write them. */
import type { ContextField } from '../model/evidence.ts';
import { valuesOf } from './carrier.ts';

export interface ForeignContext {
  /** As users know it: `b3`, `b3multi`, `jaeger`, `xray`, `datadog` … */
  format: string;
  /** 32 hex digits where the format has them, else undefined. */
  traceId?: string;
  spanId?: string;
  sampled?: boolean;
}

type Reader = (context: readonly ContextField[]) => ForeignContext | undefined;

const TRACE_ID_LENGTH = 32;
const SPAN_ID_LENGTH = 16;

/** Every foreign format of which at least the main header is there. */
export function readForeignFormats(context: readonly ContextField[]): ForeignContext[] {
  return READERS.map((read) => read(context)).filter((found) => found !== undefined);
}

const READERS: readonly Reader[] = [
  b3Single,
  b3Multi,
  jaeger,
  xray,
  datadog,
  googleCloud,
  only('sentry', 'sentry-trace', /^([0-9a-f]{32})-([0-9a-f]{16})(?:-([01]))?$/i),
  only('pubsub', 'googclient_traceparent', /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f](\d)/i),
  only('elastic', 'elastic-apm-traceparent', /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f](\d)/i),
  only('elastic', 'elasticapmtraceparent', /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f](\d)/i),
  only('request-id', 'request-id', /^\|([0-9a-f]{32})\.([0-9a-f]{16})/i),
  only('diagnostic-id', 'diagnostic-id', /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f](\d)/i),
  only('opentracing', 'ot-tracer-traceid', /^([0-9a-f]{16,32})$/i),
  only('instana', 'x-instana-t', /^([0-9a-f]{16,32})$/i),
  only('opencensus', 'grpc-trace-bin', /./),
  only('skywalking', 'sw8', /./),
  only('newrelic', 'newrelic', /./),
];

function ids(format: string, traceId = '', spanId = '', sampled?: boolean): ForeignContext {
  const found: ForeignContext = { format };
  if (/^[0-9a-f]{1,32}$/i.test(traceId)) found.traceId = traceId.toLowerCase().padStart(TRACE_ID_LENGTH, '0');
  if (/^[0-9a-f]{1,16}$/i.test(spanId)) found.spanId = spanId.toLowerCase().padStart(SPAN_ID_LENGTH, '0');
  if (sampled !== undefined) found.sampled = sampled;
  return found;
}

/** One header whose pattern captures trace id, span id and sampled digit. */
function only(format: string, name: string, pattern: RegExp): Reader {
  return (context) => {
    const value = valuesOf(context, name)[0];
    if (value === undefined) return undefined;
    const match = pattern.exec(value);
    // `request-id: 42` is a request id and no context.
    if (match === null) return undefined;
    return ids(format, match[1], match[2], match[3] === undefined ? undefined : Number(match[3]) % 2 === 1);
  };
}

function b3Single(context: readonly ContextField[]): ForeignContext | undefined {
  const value = valuesOf(context, 'b3')[0];
  if (value === undefined) return undefined;
  const [traceId, spanId, sampled] = value.split('-');
  return ids('b3', traceId, spanId, sampled === undefined ? undefined : sampled !== '0');
}

function b3Multi(context: readonly ContextField[]): ForeignContext | undefined {
  const traceId = valuesOf(context, 'x-b3-traceid')[0];
  if (traceId === undefined) return undefined;
  const sampled = valuesOf(context, 'x-b3-sampled')[0];
  return ids(
    'b3multi',
    traceId,
    valuesOf(context, 'x-b3-spanid')[0],
    sampled === undefined ? undefined : sampled !== '0',
  );
}

function jaeger(context: readonly ContextField[]): ForeignContext | undefined {
  const value = valuesOf(context, 'uber-trace-id')[0];
  if (value === undefined) return undefined;
  const [traceId, spanId, , flags = ''] = value.replaceAll(/%3a/gi, ':').split(':');
  return ids('jaeger', traceId, spanId, Number.parseInt(flags, 16) % 2 === 1);
}

function xray(context: readonly ContextField[]): ForeignContext | undefined {
  const value = valuesOf(context, 'x-amzn-trace-id')[0];
  if (value === undefined) return undefined;
  const root = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/i.exec(value);
  const parent = /Parent=([0-9a-f]{16})/i.exec(value);
  const sampled = /Sampled=([01])/i.exec(value);
  const traceId = root === null ? undefined : `${root[1]}${root[2]}`;
  return ids('xray', traceId, parent?.[1], sampled === null ? undefined : sampled[1] === '1');
}

function datadog(context: readonly ContextField[]): ForeignContext | undefined {
  const low = decimalToHex(valuesOf(context, 'x-datadog-trace-id')[0]);
  if (low === undefined) return undefined;
  const high = /_dd\.p\.tid=([0-9a-f]{16})/i.exec(valuesOf(context, 'x-datadog-tags')[0] ?? '')?.[1] ?? '';
  const priority = valuesOf(context, 'x-datadog-sampling-priority')[0];
  const parent = decimalToHex(valuesOf(context, 'x-datadog-parent-id')[0]);
  return ids('datadog', high + low, parent, priority === undefined ? undefined : Number(priority) >= 1);
}

function googleCloud(context: readonly ContextField[]): ForeignContext | undefined {
  const value = valuesOf(context, 'x-cloud-trace-context')[0];
  if (value === undefined) return undefined;
  const match = /^([0-9a-f]{32})(?:\/(\d+))?(?:;o=([01]))?/i.exec(value);
  const sampled = match?.[3];
  return ids('gcp', match?.[1], decimalToHex(match?.[2]), sampled === undefined ? undefined : sampled === '1');
}

function decimalToHex(decimal: string | undefined): string | undefined {
  if (decimal === undefined || !/^\d{1,20}$/.test(decimal)) return undefined;
  return BigInt(decimal).toString(16).padStart(SPAN_ID_LENGTH, '0');
}
