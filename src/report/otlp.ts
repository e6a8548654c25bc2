/** The audit itself as a trace: a span of the run, below it a span a hop, with its findings as events (OTLP/JSON). */
import type { Finding, HopReport, Report } from '../model/report.ts';
import { msOfTime } from '../model/time.ts';
import { digest } from './digest.ts';
import type { Format } from './format.ts';
import { closingOf, pathWords, safe } from './words.ts';

const SPAN_ID_DIGITS = 16;
const NS_PER_MS = 1_000_000n;

/** Of opentelemetry-proto: SPAN_KIND_INTERNAL, STATUS_CODE_OK, STATUS_CODE_ERROR. */
const INTERNAL = 1;
const OK = 1;
const ERROR = 2;

/** Attributes by name; what is undefined is left out. */
type Attributes = Record<string, string | number | boolean | string[] | undefined>;

/** One line, as the Collector's file receiver takes it; ids hang on the run's, so that a report is always one trace. */
export const otlp: Format = {
  name: 'otlp',
  render: (report) => `${JSON.stringify({ resourceSpans: [resourceSpansOf(report)] })}\n`,
};

function resourceSpansOf(report: Report): unknown {
  const { tool } = report;
  return {
    resource: { attributes: attributes({ 'service.name': tool.name, 'service.version': tool.version }) },
    scopeSpans: [
      {
        scope: { name: tool.name, version: tool.version },
        spans: [rootSpan(report), ...report.hops.map((hop) => hopSpan(report, hop))],
      },
    ],
  };
}

function rootSpan(report: Report): unknown {
  const { topology, run, summary, problems, notes = [] } = report;
  const end = msOfTime(run.startedAt) + run.durationMs;
  return {
    ...idsOf(report, ''),
    name: `audit ${safe(topology.name)}`,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(msOfTime(run.startedAt)),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributes({
      'tracegap.topology.name': topology.name,
      'tracegap.topology.file': topology.file,
      'tracegap.topology.sha256': topology.sha256,
      'tracegap.run.id': run.id,
      'tracegap.exit': summary.exit,
      'tracegap.hops': summary.hops,
      'tracegap.hops.broken': summary.broken,
      'tracegap.hops.inconclusive': summary.inconclusive,
      'tracegap.hops.unexercised': summary.unexercised,
      'tracegap.hops.degraded': summary.degraded,
      'tracegap.hops.waived': summary.waived,
      'tracegap.faults': summary.faults,
    }),
    events: [
      ...problems.map(({ part, name, message, hint }) => event('tracegap.problem', end, { part, name, message, hint })),
      ...notes.map(({ about, hop, message, hint }) => event('tracegap.note', end, { about, hop, message, hint })),
    ],
    status: summary.exit === 0 ? { code: OK } : { code: ERROR, message: closingOf(report) },
  };
}

/** From when the first probe of its flow was sent until the hop was waited for no longer. */
function hopSpan(report: Report, hop: HopReport): unknown {
  const probes = report.probes.filter(({ flow, purpose }) => flow === hop.flow && purpose === undefined);
  const start = msOfTime(probes[0]?.sentAt ?? report.run.startedAt);
  const end = start + hop.waited.ms;
  const [worst] = hop.findings;
  return {
    ...idsOf(report, hop.id),
    parentSpanId: idsOf(report, '').spanId,
    name: `hop ${pathWords(hop)}`,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributes({
      'tracegap.hop.id': hop.id,
      'tracegap.flow': hop.flow,
      'tracegap.hop.from': hop.from,
      'tracegap.hop.via': hop.via,
      'tracegap.hop.to': hop.to,
      'tracegap.hop.verdict': hop.verdict,
      'tracegap.hop.waived': hop.waived,
      'tracegap.hop.known': hop.known,
      'tracegap.hop.loss': hop.loss?.rate,
      'tracegap.cause': worst?.cause,
      'tracegap.culprit': worst?.culprit ?? undefined,
      'tracegap.probe.trace_ids': probes.map(({ traceId }) => traceId),
    }),
    events: hop.findings.map((finding) => findingEvent(finding, end)),
    status: statusOf(hop),
  };
}

function findingEvent(finding: Finding, at: number): unknown {
  return event('tracegap.finding', at, {
    cause: finding.cause,
    alternatives: finding.alternatives.length === 0 ? undefined : finding.alternatives,
    severity: finding.severity,
    culprit: finding.culprit ?? undefined,
    suspects: finding.suspects,
    certainty: finding.certainty,
    count: finding.count,
    fingerprint: finding.fingerprint,
    message: finding.message,
    known: finding.known,
  });
}

function event(name: string, at: number, values: Attributes): unknown {
  const named = Object.entries(values).map(([key, value]) => [`tracegap.${key}`, value] as const);
  return { timeUnixNano: nanoseconds(at), name, attributes: attributes(Object.fromEntries(named)) };
}

/** Only what is lost is an error; a doubt leaves the status unset. */
function statusOf({ verdict, waived, findings }: HopReport): unknown {
  if (verdict === 'broken' && !waived) return { code: ERROR, message: safe(findings[0]?.message ?? verdict) };
  return verdict === 'intact' || verdict === 'linked' ? { code: OK } : {};
}

function idsOf({ run, topology }: Report, hop: string): { traceId: string; spanId: string } {
  const trace = JSON.stringify([topology.sha256, run.id, run.startedAt]);
  return { traceId: digest(trace), spanId: digest(JSON.stringify([trace, hop])).slice(0, SPAN_ID_DIGITS) };
}

function attributes(values: Attributes): unknown[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

/** Integers are texts in OTLP/JSON, as in the JSON mapping of Protocol Buffers. */
function anyValue(value: string | number | boolean | string[]): unknown {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: safe(value) };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms)) * NS_PER_MS);
}
