/** The shape of saved evidence (SURFACE §4), for `judge` and for editors; `schemas/evidence.schema.json` is made from it. */
import { z } from 'zod';
import type {
  AttributeValue,
  ContextField,
  Evidence,
  EvidenceOptions,
  MarkerTie,
  ProbeReason,
  ProbeRecord,
  Problem,
  Sight,
  SpanLink,
  SpanRecord,
  WaitRecord,
  WireEvent,
} from '../model/evidence.ts';
import { EVIDENCE_VERSION } from '../model/evidence.ts';
import { count, type Fields, text } from './schema-parts.ts';
import { topologyRecord } from './topology-schema.ts';

const traceId = z.string().regex(/^[0-9a-f]{32}$/, '32 hex digits');
const spanId = z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits');
const probeId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a lower-case UUID')
  .meta({ id: 'ProbeId', description: "A lower-case UUID whose first 8 digits are the run's." });
const ns = z
  .string()
  .regex(/^\d+$/, 'nanoseconds since the epoch, as text')
  .meta({ id: 'Nanoseconds', description: 'Since the epoch, as decimal text.' });
const ms = z.number().meta({ description: 'Milliseconds since the epoch.' });
const time = text.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'a UTC time like 2026-11-23T10:00:00.000Z');
const bits = z
  .int('a whole number')
  .nonnegative('a number of at least 0')
  .max(0xffffffff, 'a number of at most 4294967295');
const transport = z.enum(['http', 'kafka', 'rabbitmq']);

const contextField = z
  .strictObject({
    name: text.meta({ description: 'As spelled by the sender.' }),
    value: text.meta({ description: 'As it stood; bytes are decoded as UTF-8.' }),
    type: z.literal('bytes').exactOptional(),
  } satisfies Fields<ContextField>)
  .meta({ id: 'ContextField' });

const context = z.array(contextField).meta({
  description: 'Every context header, raw, in order, duplicates kept; empty: looked and found none.',
});

const tie = z.array(
  z
    .strictObject({
      probe: probeId,
      where: text.meta({ description: '`target`, `header:<name>`, `body`, `key`, `baggage` … or an attribute key.' }),
    } satisfies Fields<MarkerTie>)
    .meta({ id: 'MarkerTie', description: "Where a probe's marker stood; the text around it is never kept." }),
);

const probe = z
  .strictObject({
    id: probeId,
    flow: text,
    number: z.int().positive().meta({ description: 'From 1, over the whole run.' }),
    index: count.meta({ description: 'From 0, within its flow.' }),
    purpose: z.enum(['main', 'isolation', 'control', 'canary', 'conformance']),
    about: z
      .strictObject({ hop: text, node: text, why: text, case: text.exactOptional() } satisfies Fields<ProbeReason>)
      .meta({ description: 'Why it was sent; absent for `main`.' })
      .exactOptional(),
    given: z
      .literal(true)
      .meta({ description: 'Nothing was sent: something else began this trace; `spanId` is all zero.' })
      .exactOptional(),
    traceId,
    spanId,
    start: ns,
    end: ns.exactOptional(),
    sent: z.strictObject({
      to: text,
      transport,
      target: text,
      context,
      partition: count.exactOptional(),
      offset: text.exactOptional(),
      messageId: text.exactOptional(),
    } satisfies Fields<ProbeRecord['sent']>),
    status: text.meta({ description: 'HTTP status, or `acked`.' }).exactOptional(),
    error: z.strictObject({ message: text, hint: text }).exactOptional(),
  } satisfies Fields<ProbeRecord>)
  .meta({ id: 'Probe', description: 'One synthetic request; it stands for a real root span.' });

const attributeValue = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
    error: 'a text, number, boolean or list of texts',
  })
  .meta({ id: 'AttributeValue' }) satisfies z.ZodType<AttributeValue>;
const attributes = z.record(text, attributeValue);

const span = z
  .strictObject({
    traceId,
    spanId,
    parentSpanId: spanId.exactOptional(),
    links: z.array(z.strictObject({ traceId, spanId, flags: bits.exactOptional() } satisfies Fields<SpanLink>)),
    mayLackLinks: z
      .literal(true)
      .meta({ description: 'It came in a format without links: that it has none says nothing.' })
      .exactOptional(),
    flags: bits
      .meta({ description: 'OTLP: bits 0-7 W3C, 0x100 "is remote" known, 0x200 parent remote.' })
      .exactOptional(),
    traceState: text.exactOptional(),
    kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer', 'unspecified']),
    name: text,
    start: ns,
    end: ns,
    service: text,
    resource: attributes,
    scope: text.exactOptional(),
    attributes: attributes.meta({ description: 'Only those that judging uses.' }),
    tie,
    receivedAt: ms,
    sources: z.array(text),
  } satisfies Fields<SpanRecord>)
  .meta({ id: 'Span', description: 'A span that a service emitted, cut down to what judging needs.' });

const http = z.strictObject({
  status: z.int().exactOptional(),
  end: ns.exactOptional(),
  upstreamPort: count,
  resend: z.boolean().exactOptional(),
} satisfies Fields<NonNullable<WireEvent['http']>>);

const rabbitmq = z.strictObject({
  exchange: text,
  routingKey: text,
  messageId: text.exactOptional(),
  correlationId: text.exactOptional(),
} satisfies Fields<NonNullable<WireEvent['rabbitmq']>>);

const wireEvent = z
  .strictObject({
    id: text,
    node: text.meta({ description: 'The node that it went into.' }),
    transport,
    at: ns,
    seenAt: ms,
    target: text,
    context,
    tie,
    canary: text.meta({ description: 'The value of `x-tracegap`, where it came through.' }).exactOptional(),
    envelope: z
      .array(contextField)
      .meta({ description: 'Context in a known field of the body; `name` is the path to it.' })
      .exactOptional(),
    http: http.exactOptional(),
    kafka: z.strictObject({ topic: text, partition: count, offset: text }).exactOptional(),
    rabbitmq: rabbitmq.exactOptional(),
  } satisfies Fields<WireEvent>)
  .meta({ id: 'WireEvent', description: 'One request, record or message that a tap saw pass.' });

const gap = z.strictObject({
  from: ms,
  until: ms,
  reason: text,
  lost: z.literal(true).meta({ description: 'What was there to be seen will not come any more.' }).exactOptional(),
});

const sight = z
  .strictObject({
    part: z.enum(['source', 'tap']),
    name: text,
    from: ms,
    until: ms,
    blind: text.meta({ description: 'Why it could never see.' }).exactOptional(),
    gaps: z.array(gap),
    dropped: count,
    offsets: z.record(text, z.strictObject({ from: text, until: text })).exactOptional(),
    queue: z.strictObject({ name: text, messages: count, consumers: count }).exactOptional(),
    groups: z
      .record(text, z.record(text, text))
      .meta({ description: 'By consumer group and partition, the offset that it will read next.' })
      .exactOptional(),
  } satisfies Fields<Sight>)
  .meta({ id: 'Sight', description: 'What a source or tap could see, and when; an absence is only as good as this.' });

const problem = z
  .strictObject({
    part: z.enum(['source', 'tap', 'probe', 'forward']),
    name: text,
    flows: z.array(text),
    message: text,
    hint: text,
  } satisfies Fields<Problem>)
  .meta({ id: 'Problem', description: 'Something in the world that was in the way; never a finding by itself.' });

const options = z.strictObject({
  failOn: z.enum(['none', 'broken', 'inconclusive', 'degraded']),
  flows: z.array(text).exactOptional(),
  hops: z.array(text).exactOptional(),
  isolate: z.enum(['needed', 'all', 'none']).exactOptional(),
  conformance: z.boolean().exactOptional(),
  traces: z
    .record(text, z.array(traceId))
    .meta({ description: 'Ids of traces that something else began, by flow.' })
    .exactOptional(),
} satisfies Fields<EvidenceOptions>);

const wait = z.strictObject({
  hop: text,
  probe: probeId,
  ms: z.number().nonnegative(),
  for: text,
} satisfies Fields<WaitRecord>);

/** Whole evidence. Closed: an unknown key is refused, so that a typo or a file of another kind shows. */
export const evidenceSchema: z.ZodType<Evidence> = z
  .strictObject({
    version: z.literal(EVIDENCE_VERSION),
    tool: z.strictObject({ name: z.literal('tracegap'), version: text }),
    run: z.strictObject({
      id: text.regex(/^[0-9a-f]{8}$/, '8 hex digits'),
      startedAt: time,
      durationMs: z.number().nonnegative(),
      interrupted: z.boolean().exactOptional(),
      resumedAt: z.array(time).meta({ description: 'When it was looked at again.' }).exactOptional(),
    } satisfies Fields<Evidence['run']>),
    options,
    topology: topologyRecord,
    probes: z.array(probe),
    spans: z.array(span),
    wire: z.array(wireEvent),
    sight: z.array(sight),
    waits: z.array(wait),
    problems: z.array(problem),
  } satisfies Fields<Evidence>)
  .meta({
    title: 'tracegap evidence',
    description: 'What `tracegap collect` gathers and `tracegap judge` reads. Holds no secrets.',
  });
