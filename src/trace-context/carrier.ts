/** Which header and property names carry trace context, in every format that is known here. All lower-case. */
import type { ContextField } from '../model/evidence.ts';

const W3C = ['traceparent', 'tracestate', 'baggage'];

const OTHER_FORMATS = [
  'b3',
  'uber-trace-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'grpc-trace-bin',
  'sentry-trace',
  'googclient_traceparent',
  'googclient_tracestate',
  'elastic-apm-traceparent',
  'elasticapmtraceparent',
  'diagnostic-id',
  'request-id',
  'newrelic',
  'sw8',
];

const PREFIXES = ['x-b3-', 'x-datadog-', 'x-instana-', 'ot-tracer-', 'uberctx-'];

const NAMES: ReadonlySet<string> = new Set([...W3C, ...OTHER_FORMATS]);

/** Whether a header of this name belongs to a trace context. Names compare without case. */
export function isContextName(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMES.has(lower) || PREFIXES.some((prefix) => lower.startsWith(prefix));
}

/** The values that stand under a name, in wire order; names compare without case. */
export function valuesOf(context: readonly ContextField[], name: string): string[] {
  return context.filter((field) => field.name.toLowerCase() === name).map((field) => field.value);
}
