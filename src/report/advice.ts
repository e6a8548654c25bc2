/** What to do about each cause, in one line; its page under docs/causes tells it for each technology. */
import type { Cause } from '../model/report.ts';

/** For broken and degraded causes how to mend it, for the others what to check so that a verdict can be had. */
export const ADVICE: Record<Cause, string> = {
  malformed: 'Write traceparent as 00-<32 hex>-<16 hex>-<2 hex>, lower case, as plain text; let the SDK inject it.',
  duplicated: 'Let one party inject: drop the second instrumentation or agent, or set the header instead of adding it.',
  truncated: 'Keep all 128 bits of the trace id: look for a 64-bit tracer, exporter or header format on the way.',
  'wrong-format': 'Set OTEL_PROPAGATORS to a list that both sides speak, tracecontext,baggage first.',
  'not-injected': 'Instrument the client library that makes this call, and register the W3C propagator globally.',
  'lost-in-process':
    'Carry the context over the queue, pool, thread or callback between the inbound and outbound side.',
  stripped: 'Let the mediator pass traceparent, tracestate and baggage on: look for an allow-list or a header reset.',
  restarted: 'Continue the incoming trace (propagate, not inject), or declare the boundary with `restart: allowed`.',
  'not-extracted':
    'Instrument the receiving library, with tracecontext in OTEL_PROPAGATORS, before its first server or consumer starts.',
  bypassed: 'Inject from the current span instead of copying the inbound headers to the outbound call.',
  'ghost-parent': 'Make whoever rewrites the parent id export its spans, or let it pass the header on untouched.',
  'wrong-parent': 'Make the headers anew for each call or message, and activate the span around the call.',
  'cross-talk': 'Keep the context with each request: bind callbacks of pools and queues, and share no headers object.',
  unsampled: 'Respect the incoming sampled flag (a parentbased sampler), and mend whoever first writes 00.',
  silent: 'Check that the SDK is loaded, that its exporter points at a source, and that OTEL_SDK_DISABLED is not set.',
  'export-lost':
    'Check that its exporter points at a source, flush it on shutdown and after a fork, look for span filters and drops.',
  'tracestate-lost': 'Pass tracestate on wherever traceparent is passed on: both are one context.',
  'baggage-lost': 'Add baggage to OTEL_PROPAGATORS and to the allow-list of each proxy on the way.',
  'flag-changed': 'Change the sampled flag only together with a new parent id, and never from 01 to 00 half-way.',
  nonconforming: 'Upgrade the SDK or propagator, or replace hand-written parsing of traceparent and tracestate.',
  'undeclared-caller': 'Declare the service that really calls: put it into the chain between the two.',
  'trail-lost': 'Mend the broken hop before it first; then this one can be judged.',
  'nothing-seen':
    'Check that the service runs and consumes, that its spans go to a source of the topology, and in time.',
  'source-down': 'Check that the source of spans can be reached and that its credentials are right.',
  'tap-down': 'Check that the broker or listener of the tap can be reached and that its credentials are right.',
  'probe-failed': 'Check that the first node runs, that its url is right, and that it takes this request.',
  'not-reached':
    'Check why the sender did not go on: its answer, its log, or a condition that the request does not meet.',
};
