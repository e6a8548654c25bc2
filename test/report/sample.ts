/** Reports about a small shop, built from what its hops showed. */
import type { ContextField, ProbePurpose, Problem } from '../../src/model/evidence.ts';
import type { Cause, Finding, HopReport, Proof, Report, Severity, Summary, Verdict } from '../../src/model/report.ts';
import { CAUSES, VERDICTS } from '../../src/model/report.ts';
import type { NodeKind } from '../../src/model/topology.ts';

export const PROBE = '7c1e09d4-52f3-4b0a-9d5e-3c8a61f0b7aa';
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const OTHER_TRACE = 'a0c1d2e3f405162738495a6b7c8d9e0f';
export const TRACEPARENT: string = `00-${TRACE}-00f067aa0ba902b7-01`;

const AT = '2026-11-23T10:00:00.120Z';

const NODES: Record<string, { kind: NodeKind }> = {
  edge: { kind: 'proxy' },
  checkout: { kind: 'service' },
  pricing: { kind: 'service' },
  legacy: { kind: 'service' },
  catalog: { kind: 'service' },
  orders: { kind: 'kafka' },
  billing: { kind: 'service' },
  stock: { kind: 'service' },
  invoices: { kind: 'rabbitmq' },
  mailer: { kind: 'service' },
};

const CHAINS = [
  'edge checkout pricing legacy catalog',
  'checkout orders billing invoices mailer',
  'checkout orders stock',
];

const HOPS = [
  'probe -> edge -> checkout',
  'checkout -> pricing',
  'pricing -> legacy -> catalog',
  'checkout -> orders -> billing',
  'billing -> invoices -> mailer',
  'checkout -> orders -> stock',
];

/** What a hop showed; what is not said is intact. */
export interface Outcome {
  verdict?: Verdict;
  waived?: boolean;
  findings?: Finding[];
  seen?: number;
  waited?: { ms: number; for: string };
  optional?: boolean;
  waiver?: HopReport['waiver'];
  known?: true;
  loss?: HopReport['loss'];
}

/** What differs from a healthy run of the shop. */
export interface Difference {
  hops?: Record<string, Outcome>;
  /** Hops that were asked for. */
  only?: string[];
  exit?: number;
  faults?: number;
  /** Of the probe's answer; null where there was none. */
  status?: string | null;
  undeclared?: Report['undeclared'];
  problems?: Problem[];
  /** Main probes of each flow. */
  repeat?: number;
  /** Traces of probes beside the main ones, with what each was sent for. */
  beside?: Record<string, ProbePurpose>;
  conformance?: Report['conformance'];
  baseline?: Summary['baseline'];
  notes?: Report['notes'];
}

/** A report about the shop. */
export function shop(difference: Difference = {}): Report {
  const names = difference.only ?? HOPS;
  const hops = names.map((name, index) => hopOf('place-order', name, 41 + index, difference.hops?.[name] ?? {}));
  return reportOf({ 'place-order': { chains: CHAINS.map((chain) => chain.split(' ')) } }, NODES, hops, difference);
}

/** A report about so many services that each call the next, some of them in vain. */
export function longChain(length: number, broken: ReadonlySet<number>): Report {
  const services = Array.from({ length: length + 1 }, (_, index) => `service-${index}`);
  const hops = services.slice(1).map((to, index) => {
    const from = `service-${index}`;
    const message = `${from} called ${to} without any trace context`;
    const findings = broken.has(index)
      ? [finding('not-injected', from, { message, proof: [wire(to, [], `GET /${to}`)] })]
      : [];
    return hopOf('walk', `${from} -> ${to}`, 9 + index, { findings });
  });
  const chains = services.slice(1).map((to, index) => [`service-${index}`, to]);
  const nodes = Object.fromEntries(services.map((name) => [name, { kind: 'service' as const }]));
  return reportOf({ walk: { chains } }, nodes, hops, { faults: broken.size });
}

/** A report about two flows that meet at one topic. */
export function twoFlows(): Report {
  const message = 'billing was handed a valid traceparent and began a trace of its own';
  const lost = finding('not-extracted', 'billing', {
    message,
    proof: [record([{ name: 'traceparent', value: TRACEPARENT }])],
  });
  const hops = [
    hopOf('place-order', 'probe -> checkout', 12, {}),
    hopOf('place-order', 'checkout -> orders -> billing', 12, { findings: [lost] }),
    hopOf('reorder', 'probe -> orders -> billing', 16, { findings: [lost] }),
  ];
  const flows = {
    'place-order': { chains: [['checkout', 'orders', 'billing']] },
    reorder: { chains: [['orders', 'billing']] },
  };
  return reportOf(flows, NODES, hops, {});
}

function reportOf(
  flows: Report['topology']['flows'],
  nodes: Report['topology']['nodes'],
  hops: HopReport[],
  difference: Difference,
): Report {
  const { status = '200' } = difference;
  return {
    version: 1,
    mode: 'audit',
    tool: { name: 'tracegap', version: '0.1.0' },
    topology: { name: 'shop-dev', file: 'tracegap.yaml', sha256: 'e3b0c442'.repeat(8), nodes, flows },
    run: { id: '7c1e09d4', startedAt: '2026-11-23T10:00:00.000Z', durationMs: 812 },
    probes: Object.keys(flows).flatMap((flow) => {
      const probe = { id: PROBE, flow, sentAt: AT, ...(status === null ? {} : { status }) };
      const main = Array.from({ length: difference.repeat ?? 1 }, () => ({ ...probe, traceId: TRACE }));
      const others = Object.entries(difference.beside ?? {});
      return [...main, ...others.map(([traceId, purpose]) => ({ ...probe, traceId, purpose }))];
    }),
    summary: summaryOf(hops, difference),
    hops,
    undeclared: difference.undeclared ?? [],
    ...(difference.conformance === undefined ? {} : { conformance: difference.conformance }),
    problems: difference.problems ?? [],
    ...(difference.notes === undefined ? {} : { notes: difference.notes }),
  };
}

function summaryOf(hops: HopReport[], { exit, faults, baseline }: Difference): Summary {
  const count = (verdict: Verdict): number => hops.filter((hop) => hop.verdict === verdict && !hop.waived).length;
  const counts = zero();
  for (const verdict of VERDICTS) counts[verdict] = count(verdict);
  const skipped = hops.filter((hop) => hop.optional === true && hop.verdict === 'unexercised').length;
  const open = counts.inconclusive + counts.unexercised - skipped > 0 ? 3 : 0;
  return {
    exit: exit ?? (counts.broken > 0 ? 1 : open),
    hops: hops.length,
    ...counts,
    waived: hops.filter((hop) => hop.waived).length,
    faults: faults ?? (counts.broken > 0 ? 1 : 0),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function hopOf(flow: string, name: string, line: number, outcome: Outcome): HopReport {
  const [from = '', ...rest] = name.split(' -> ');
  const to = rest.at(-1) ?? '';
  const findings = outcome.findings ?? [];
  const verdict = outcome.verdict ?? findings[0]?.severity ?? 'intact';
  const seen = outcome.seen ?? 1;
  return {
    id: `${flow}: ${name}`,
    flow,
    from,
    via: rest.slice(0, -1),
    to,
    at: { line, column: 9 },
    verdict,
    waived: outcome.waived ?? false,
    ...(outcome.waiver === undefined ? {} : { waiver: outcome.waiver }),
    ...(outcome.known === undefined ? {} : { known: outcome.known }),
    samples: { seen, ...zero(), [verdict]: seen },
    ...(outcome.optional === undefined ? {} : { optional: outcome.optional }),
    ...(outcome.loss === undefined ? {} : { loss: outcome.loss }),
    waited: outcome.waited ?? { ms: 230, for: `${to}'s entry span` },
    findings,
  };
}

function zero(): Record<Verdict, number> {
  return { intact: 0, linked: 0, broken: 0, degraded: 0, unexercised: 0, inconclusive: 0 };
}

/** A finding; proved and without alternatives unless said otherwise. */
export function finding(cause: Cause, culprit: string | null, rest: Partial<Finding> & { message: string }): Finding {
  const severity: Severity = CAUSES[cause];
  const certain = severity !== 'inconclusive' && severity !== 'unexercised';
  return {
    cause,
    alternatives: [],
    severity,
    culprit,
    ...(certain ? { certainty: 'proved' as const } : {}),
    suspects: culprit === null ? [] : [culprit],
    samples: [PROBE],
    count: 1,
    fingerprint: `${cause}/${culprit ?? '-'}`,
    proof: [],
    explain: `tracegap explain ${cause}`,
    ...rest,
  };
}

/** A span as proof, of the probe's trace unless said otherwise. */
export function span(
  node: string,
  name: string,
  ids: {
    spanId: string;
    parentSpanId?: string;
    traceId?: string;
    kind?: string;
    links?: { traceId: string; spanId: string }[];
  },
): Proof {
  const { kind = 'server', traceId = TRACE, ...rest } = ids;
  return { kind: 'span', node, probe: PROBE, traceId, name, spanKind: kind, start: AT, end: AT, ...rest };
}

/** A request that a tap saw, as proof. */
export function wire(node: string, context: ContextField[] | undefined, target: string, status = '200'): Proof {
  return { kind: 'wire', node, probe: PROBE, target, at: AT, status, ...(context === undefined ? {} : { context }) };
}

/** The record in the shop's topic, as proof. */
export function record(context: ContextField[]): Proof {
  return {
    kind: 'record',
    node: 'orders',
    probe: PROBE,
    topic: 'dev.orders',
    partition: 0,
    offset: '17',
    at: AT,
    context,
  };
}
