/** Writes the context of a probe with OpenTelemetry's own propagators, as real instrumentations do. */
import { defaultTextMapSetter, propagation, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { CompositePropagator, TraceState, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';

export interface ProbeContext {
  /** The probe's id; it travels in baggage as `tracegap.probe`. */
  probe: string;
  traceId: string;
  spanId: string;
  /** Entries beside the probe's own. */
  baggage?: [key: string, value: string][];
}

/** The key of the probe's own baggage entry. */
const BAGGAGE_KEY = 'tracegap.probe';

/** Two members, so that lost order or a lost half shows (W3C Trace Context §3.5). */
const SECOND_MEMBER = 'rojo=00f067aa0ba902b7';

const propagator = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});

/** The headers `traceparent`, `tracestate` and `baggage` of a probe, in this order. */
export function injectContext({ probe, traceId, spanId, baggage: entries = [] }: ProbeContext): [string, string][] {
  const spanContext = {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: false,
    traceState: new TraceState(`tracegap=${spanId},${SECOND_MEMBER}`),
  };
  const own: [string, string] = [BAGGAGE_KEY, probe];
  const baggage = propagation.createBaggage(
    Object.fromEntries([own, ...entries].map(([key, value]) => [key, { value }])),
  );
  const carrier: Record<string, string> = {};
  const context = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, spanContext), baggage);
  propagator.inject(context, carrier, defaultTextMapSetter);
  return Object.entries(carrier);
}
