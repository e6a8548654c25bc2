/** Header names that the probe writes itself, so that no file may: trace context in every format (all lower-case). */

/** The same list as `trace-context/carrier.ts`, which this folder may not import; a test holds them together. */
const NAMES: ReadonlySet<string> = new Set([
  'traceparent',
  'tracestate',
  'baggage',
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
]);

const PREFIXES = ['x-b3-', 'x-datadog-', 'x-instana-', 'ot-tracer-', 'uberctx-'];

/** Whether a header of this name carries trace context; names compare without case. */
export function carriesContext(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMES.has(lower) || PREFIXES.some((prefix) => lower.startsWith(prefix));
}
