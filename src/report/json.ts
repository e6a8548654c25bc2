/** The report as JSON, keys in the order of SURFACE §3, whatever order they were made in. */
import type { ContextField, Problem } from '../model/evidence.ts';
import type {
  BaselineSummary,
  ConformanceResult,
  Finding,
  HopReport,
  HopWaiver,
  Note,
  Proof,
  Report,
  Summary,
  Verdict,
} from '../model/report.ts';
import type { Format } from './format.ts';

/** Every field of a type in the order in which it is written; a field that is left out does not compile. */
type Layout<T> = { [K in keyof T]-?: ((value: NonNullable<T[K]>) => unknown) | typeof asIs };

const asIs = null;

const contextField: Layout<ContextField> = { name: asIs, value: asIs, type: asIs };
const inOrder = (fields: ContextField[]): unknown => fields.map((field) => arrange(field, contextField));

type ProofOf<Kind extends Proof['kind']> = Extract<Proof, { kind: Kind }>;

const span: Layout<ProofOf<'span'>> = {
  kind: asIs,
  node: asIs,
  probe: asIs,
  traceId: asIs,
  spanId: asIs,
  parentSpanId: asIs,
  links: (links) => links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  name: asIs,
  spanKind: asIs,
  start: asIs,
  end: asIs,
};
const wire: Layout<ProofOf<'wire'>> = {
  kind: asIs,
  node: asIs,
  probe: asIs,
  target: asIs,
  at: asIs,
  status: asIs,
  context: inOrder,
};
const record: Layout<ProofOf<'record'>> = {
  kind: asIs,
  node: asIs,
  probe: asIs,
  topic: asIs,
  partition: asIs,
  offset: asIs,
  exchange: asIs,
  routingKey: asIs,
  messageId: asIs,
  at: asIs,
  context: inOrder,
};
const response: Layout<ProofOf<'response'>> = { kind: asIs, node: asIs, probe: asIs, status: asIs, message: asIs };
const isolation: Layout<ProofOf<'isolation'>> = {
  kind: asIs,
  node: asIs,
  probe: asIs,
  traceId: asIs,
  target: asIs,
  status: asIs,
  message: asIs,
};
const absence: Layout<ProofOf<'absence'>> = { kind: asIs, node: asIs, probe: asIs, message: asIs, sight: asIs };

function arrangeProof(proof: Proof): Record<string, unknown> {
  switch (proof.kind) {
    case 'span':
      return arrange(proof, span);
    case 'wire':
      return arrange(proof, wire);
    case 'record':
      return arrange(proof, record);
    case 'isolation':
      return arrange(proof, isolation);
    case 'response':
      return arrange(proof, response);
    case 'absence':
      return arrange(proof, absence);
  }
}

const finding: Layout<Finding> = {
  cause: asIs,
  alternatives: asIs,
  severity: asIs,
  culprit: asIs,
  certainty: asIs,
  suspects: asIs,
  samples: asIs,
  count: asIs,
  fingerprint: asIs,
  message: asIs,
  proof: (facts) => facts.map(arrangeProof),
  follows: ({ what, value }) => ({ what, value }),
  known: asIs,
  explain: asIs,
};

const verdicts: Layout<Record<Verdict, number>> = {
  intact: asIs,
  linked: asIs,
  broken: asIs,
  degraded: asIs,
  unexercised: asIs,
  inconclusive: asIs,
};

const samples: Layout<HopReport['samples']> = { seen: asIs, ...verdicts };

const waiver: Layout<HopWaiver> = { state: asIs, reason: asIs, until: asIs };

const hop: Layout<HopReport> = {
  id: asIs,
  flow: asIs,
  from: asIs,
  via: asIs,
  to: asIs,
  at: ({ line, column }) => ({ line, column }),
  verdict: asIs,
  waived: asIs,
  waiver: (value) => arrange(value, waiver),
  known: asIs,
  samples: (counts) => arrange(counts, samples),
  optional: asIs,
  loss: ({ lost, of, rate, low, high }) => ({ lost, of, rate, low, high }),
  waited: ({ ms, for: what }) => ({ ms, for: what }),
  findings: (findings) => findings.map((each) => arrange(each, finding)),
};

const baseline: Layout<BaselineSummary> = { file: asIs, run: asIs, known: asIs, new: asIs, mended: asIs };
const summary: Layout<Summary> = {
  exit: asIs,
  hops: asIs,
  ...verdicts,
  waived: asIs,
  faults: asIs,
  baseline: (value) => arrange(value, baseline),
};

const topology: Layout<Report['topology']> = { name: asIs, file: asIs, sha256: asIs, nodes: asIs, flows: asIs };
const probe: Layout<Report['probes'][number]> = {
  id: asIs,
  flow: asIs,
  traceId: asIs,
  sentAt: asIs,
  purpose: asIs,
  status: asIs,
};
const conformance: Layout<ConformanceResult> = {
  node: asIs,
  case: asIs,
  section: asIs,
  sent: asIs,
  asked: asIs,
  did: asIs,
  outcome: asIs,
};
const undeclared: Layout<Report['undeclared'][number]> = { service: asIs, spans: asIs, nearest: asIs };
const problem: Layout<Problem> = { part: asIs, name: asIs, flows: asIs, message: asIs, hint: asIs };
const note: Layout<Note> = { about: asIs, hop: asIs, message: asIs, hint: asIs };

const report: Layout<Report> = {
  version: asIs,
  mode: asIs,
  tool: ({ name, version }) => ({ name, version }),
  topology: (value) => arrange(value, topology),
  run: ({ id, startedAt, durationMs }) => ({ id, startedAt, durationMs }),
  probes: (probes) => probes.map((each) => arrange(each, probe)),
  summary: (value) => arrange(value, summary),
  hops: (hops) => hops.map((each) => arrange(each, hop)),
  undeclared: (services) => services.map((each) => arrange(each, undeclared)),
  conformance: (results) => results.map((each) => arrange(each, conformance)),
  problems: (problems) => problems.map((each) => arrange(each, problem)),
  notes: (notes) => notes.map((each) => arrange(each, note)),
};

function arrange<T extends object>(value: T, layout: Layout<T>): Record<string, unknown> {
  const arranged: Record<string, unknown> = {};
  for (const key in layout) {
    const field = value[key];
    if (field === undefined) continue;
    const inner = layout[key];
    arranged[key] = inner === asIs || field === null ? field : inner(field);
  }
  return arranged;
}

/** For machines: indented by 2, keys in a fixed order, so that two reports can be compared as text. */
export const json: Format = {
  name: 'json',
  render: (value) => `${JSON.stringify(arrange(value, report), null, 2)}\n`,
};
