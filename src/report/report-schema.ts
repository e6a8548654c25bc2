/** The shape of a saved report (SURFACE §3), for `render` and for editors; `schemas/report.schema.json` is made from it. */
import { z } from 'zod';
import type { ContextField, ProbePurpose, Problem } from '../model/evidence.ts';
import type { ConformanceResult, Finding, HopReport, Proof, Report, Summary, Verdict } from '../model/report.ts';
import { CAUSES, type Cause, REPORT_VERSION, VERDICTS } from '../model/report.ts';
import type { NodeKind, Position } from '../model/topology.ts';
import { baseline, note, waiver } from './gate-schema.ts';
import { count, type Fields, text } from './schema-parts.ts';

const traceId = z.string().regex(/^[0-9a-f]{32}$/, '32 hex digits');
const spanId = z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits');
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'a UTC time like 2026-11-23T10:00:00.000Z')
  .meta({ description: 'UTC, ISO 8601.' });

const causeNames = Object.keys(CAUSES) as [Cause, ...Cause[]];
const cause = z.enum(causeNames).meta({ id: 'Cause', description: '`tracegap explain <cause>` tells what it means.' });
const verdict = z.enum(VERDICTS).meta({ id: 'Verdict', description: 'Worst first.' });

const contextField = z
  .strictObject({
    name: text.meta({ description: 'As spelled by the sender.' }),
    value: text.meta({ description: 'As it stood; bytes are decoded as UTF-8.' }),
    type: z.literal('bytes').exactOptional(),
  } satisfies Fields<ContextField>)
  .meta({ id: 'ContextField' });

const context = z
  .array(contextField)
  .meta({ description: 'Raw, in order. Empty: looked and found none. Absent: not looked.' })
  .exactOptional();

const position = z
  .strictObject({ line: z.int().positive(), column: z.int().positive() } satisfies Fields<Position>)
  .meta({ id: 'Position', description: 'In the topology file; both count from 1.' });

const problem = z
  .strictObject({
    part: z.enum(['source', 'tap', 'probe', 'forward']),
    name: text.meta({ description: 'Of the source, node or flow that it concerns.' }),
    flows: z.array(text).meta({ description: 'Flows whose sight it impairs.' }),
    message: text.meta({ description: 'What is wrong, and why.' }),
    hint: text.meta({ description: 'How to mend it.' }),
  } satisfies Fields<Problem>)
  .meta({ id: 'Problem', description: 'Something in the world that was in the way; never a finding by itself.' });

const purpose: z.ZodType<ProbePurpose> = z.enum(['main', 'isolation', 'control', 'canary', 'conformance']);

const seenAt = {
  node: text.meta({ description: 'Whose fact it is.' }),
  probe: text.meta({ description: "The probe's id." }),
};
const link = z.strictObject({ traceId, spanId });
type ProofOf<Kind extends Proof['kind']> = Fields<Extract<Proof, { kind: Kind }>>;

const proof = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('span'),
      ...seenAt,
      traceId,
      spanId,
      parentSpanId: spanId.meta({ description: 'Absent for a root.' }).exactOptional(),
      links: z.array(link).meta({ description: 'What it links to.' }).exactOptional(),
      name: text,
      spanKind: text.meta({ description: '`server`, `consumer` …' }),
      start: time,
      end: time,
    } satisfies ProofOf<'span'>),
    z.strictObject({
      kind: z.literal('wire'),
      ...seenAt,
      target: text.meta({ description: 'Method and path; the query only down to the marker.' }),
      at: time,
      status: text.exactOptional(),
      context,
    } satisfies ProofOf<'wire'>),
    z.strictObject({
      kind: z.literal('record'),
      ...seenAt,
      topic: text.exactOptional(),
      partition: count.exactOptional(),
      offset: text.exactOptional(),
      exchange: text.exactOptional(),
      routingKey: text.exactOptional(),
      messageId: text.exactOptional(),
      at: time,
      context,
    } satisfies ProofOf<'record'>),
    z.strictObject({
      kind: z.literal('isolation'),
      ...seenAt,
      traceId,
      target: text,
      status: text.exactOptional(),
      message: text.meta({ description: 'What came of it.' }),
    } satisfies ProofOf<'isolation'>),
    z.strictObject({
      kind: z.literal('response'),
      ...seenAt,
      status: text.exactOptional(),
      message: text,
    } satisfies ProofOf<'response'>),
    z.strictObject({
      kind: z.literal('absence'),
      ...seenAt,
      message: text,
      sight: z.array(text).meta({ description: 'The sources and taps that it rests on.' }),
    } satisfies ProofOf<'absence'>),
  ])
  .meta({ id: 'Proof', description: 'A fact that supports a finding.' });

const finding = z
  .strictObject({
    cause,
    alternatives: z.array(cause).meta({ description: 'Other causes that the same evidence would leave possible.' }),
    severity: z
      .enum(['broken', 'inconclusive', 'unexercised', 'degraded'])
      .meta({ description: 'What it makes of the hop; follows from the cause.' }),
    culprit: text.nullable().meta({ description: "A node's name, `probe`, or null where it cannot be told." }),
    certainty: z.enum(['proved', 'inferred']).meta({ description: 'Absent when inconclusive.' }).exactOptional(),
    suspects: z.array(text).meta({ description: 'Everyone whom the evidence leaves possible, in path order.' }),
    samples: z.array(text).meta({ description: 'Ids of the probes that show it, at most 10.' }),
    count: count.meta({ description: 'How many probes show it.' }),
    fingerprint: text.meta({ description: 'Stable over runs: flow, hop, cause, culprit.' }),
    message: text.meta({ description: 'The finding in one sentence.' }),
    proof: z.array(proof).meta({ description: 'In the order that convinces.' }),
    follows: z
      .strictObject({ what: text, value: text })
      .meta({ description: 'What all probes that lost it have in common and no other has.' })
      .exactOptional(),
    known: z.literal(true).meta({ description: 'With a baseline: it was there before.' }).exactOptional(),
    explain: text.meta({ description: 'The command that tells more.' }),
  } satisfies Fields<Finding>)
  .meta({ id: 'Finding' });

const verdictCounts = {
  intact: count.meta({ description: 'The receiver went on in the trace.' }),
  linked: count.meta({ description: 'It began a trace that links back, where that is enough.' }),
  broken: count.meta({ description: 'Context was lost.' }),
  degraded: count.meta({ description: 'The trace goes on, something beside it was lost.' }),
  unexercised: count.meta({ description: 'Nothing came through.' }),
  inconclusive: count.meta({ description: 'Could not be judged; the finding says why.' }),
} satisfies Fields<Record<Verdict, number>>;

const share = z.number().min(0).max(1);

const hop = z
  .strictObject({
    id: text.meta({ description: '`flow: from -> via -> to`' }),
    flow: text.meta({ description: 'The flow that declares it.' }),
    from: text.meta({ description: 'A service, or `probe`.' }),
    via: z.array(text).meta({ description: 'Mediators between the two, in path order.' }),
    to: text.meta({ description: 'The service, mediator or external node that it ends at.' }),
    at: position,
    verdict,
    waived: z.boolean().meta({ description: 'Broken, by causes that a waiver covers: it does not fail the gate.' }),
    waiver: z.exactOptional(waiver),
    known: z
      .literal(true)
      .meta({ description: 'With a baseline: what its verdict rests on was there before; it does not gate.' })
      .exactOptional(),
    samples: z.strictObject({ seen: count, ...verdictCounts }).meta({ description: 'Probes by what they showed.' }),
    optional: z.boolean().meta({ description: 'Its end need not be reached.' }).exactOptional(),
    loss: z
      .strictObject({ lost: count, of: count, rate: share, low: share, high: share })
      .meta({ description: 'Of several probes: how many lost context, and the 95 % Wilson interval of the rate.' })
      .exactOptional(),
    waited: z
      .strictObject({ ms: z.number().nonnegative(), for: text })
      .meta({ description: 'How long the run waited until it was decided, and what for.' }),
    findings: z.array(finding).meta({ description: 'Worst first; none where the hop is intact or linked.' }),
  } satisfies Fields<HopReport>)
  .meta({ id: 'Hop' });

const summary = z
  .strictObject({
    exit: z.int().meta({ description: 'The exit status of the run that made it.' }),
    hops: count.meta({ description: 'All of them.' }),
    ...verdictCounts,
    waived: count.meta({ description: 'Broken and waived; not counted as broken.' }),
    faults: count.meta({ description: 'Distinct (cause, culprit, place) among broken findings.' }),
    baseline: z.exactOptional(baseline),
  } satisfies Fields<Summary>)
  .meta({ id: 'Summary' });

const conformance = z
  .strictObject({
    node: text,
    case: text.meta({ description: 'Its id; the list is on the page about conformance.' }),
    section: text.meta({ description: 'Of the W3C Trace Context specification.' }),
    sent: text.meta({ description: 'What was sent.' }),
    asked: text.meta({ description: 'What the specification asks for.' }),
    did: text.meta({ description: 'What it did; absent where nothing was seen of it.' }).exactOptional(),
    outcome: z.enum(['conforms', 'differs', 'unseen']),
  } satisfies Fields<ConformanceResult>)
  .meta({ id: 'ConformanceResult' });

const nodeKind: z.ZodType<NodeKind> = z.enum(['service', 'proxy', 'kafka', 'rabbitmq', 'channel', 'external']);

/** A whole report. Closed: an unknown key is refused, so that a typo or a file of another kind shows. */
export const reportSchema: z.ZodType<Report> = z
  .strictObject({
    version: z.literal(REPORT_VERSION).meta({ description: 'Of this format.' }),
    mode: z.literal('audit'),
    tool: z.strictObject({ name: z.literal('tracegap'), version: text }).meta({ description: 'What made the report.' }),
    topology: z
      .strictObject({
        name: text.meta({ description: '`name` of the file.' }),
        file: text.meta({ description: 'As it was named.' }),
        sha256: text.regex(/^[0-9a-f]{64}$/, '64 hex digits').meta({ description: 'Of the file as read.' }),
        nodes: z.record(text, z.strictObject({ kind: nodeKind })),
        flows: z.record(text, z.strictObject({ chains: z.array(z.array(text)) })),
      } satisfies Fields<Report['topology']>)
      .meta({ description: 'What was declared.' }),
    run: z
      .strictObject({
        id: text.meta({ description: 'The first 8 digits of every probe id of the run.' }),
        startedAt: time,
        durationMs: z.number().nonnegative(),
      })
      .meta({ description: 'When, and how long.' }),
    probes: z.array(
      z.strictObject({
        id: text.meta({ description: 'The id by which its request can be found again.' }),
        flow: text,
        traceId,
        sentAt: time,
        purpose: purpose.meta({ description: 'Absent for main probes.' }).exactOptional(),
        status: text.meta({ description: 'HTTP status, or `acked`.' }).exactOptional(),
      } satisfies Fields<Report['probes'][number]>),
    ),
    summary,
    hops: z.array(hop).meta({ description: 'In topology order.' }),
    undeclared: z
      .array(
        z.strictObject({
          service: text.meta({ description: 'Its `service.name`.' }),
          spans: count.meta({ description: 'How many came of it.' }),
          nearest: text.meta({ description: 'The declared node with the most similar name.' }).exactOptional(),
        } satisfies Fields<Report['undeclared'][number]>),
      )
      .meta({ description: "Services in the probes' traces that no node is." }),
    conformance: z
      .array(conformance)
      .meta({ description: 'With `--conformance`: what each service did with each case of the specification.' })
      .exactOptional(),
    problems: z.array(problem),
    notes: z.array(note).meta({ description: 'Waivers that end, a baseline of something else.' }).exactOptional(),
  } satisfies Fields<Report>)
  .meta({ title: 'tracegap report', description: 'What `tracegap audit --format json` and `tracegap judge` write.' });
