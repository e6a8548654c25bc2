/** What was gathered: the one thing that judging reads. Written by `collect`, versioned, without secrets (SURFACE §4). */
import type { TopologyRecord } from './topology.ts';

export const EVIDENCE_VERSION = 1;

/** A context header or record header as it stood on the wire. */
export interface ContextField {
  /** As spelled by the sender. */
  name: string;
  /** As text; a value of type `bytes` is decoded as UTF-8. */
  value: string;
  /** Present where the carrier distinguishes text from bytes and these were bytes. */
  type?: 'bytes';
}

/** Where a probe's marker was found; the text around it is never kept. */
export interface MarkerTie {
  probe: string;
  /** `target`, `header:<name>`, `body`, `key`, `baggage`, `messageId`, `correlationId` … or a span's attribute key. */
  where: string;
}

/**
 * `isolation`: straight to a node, with known context; `canary`: the same, to see which headers a mediator drops;
 * `control`: as the main probe, without context; `conformance`: one case of the W3C specification.
 */
export type ProbePurpose = 'main' | 'isolation' | 'control' | 'canary' | 'conformance';

/** What a probe that is not a main one was sent for. */
export interface ProbeReason {
  /** Id of the hop that it is to clear up. */
  hop: string;
  /** The node that it is to show something of. */
  node: string;
  /** Why, for a person. */
  why: string;
  /** The id of the conformance case. */
  case?: string;
}

/** One synthetic request. It stands for a real root span: `traceId` and `spanId` are what its `traceparent` said. */
export interface ProbeRecord {
  /** Lower-case UUID whose first 8 digits are the run's. */
  id: string;
  flow: string;
  /** From 1, over the whole run. */
  number: number;
  /** From 0, within its flow. */
  index: number;
  purpose: ProbePurpose;
  /** Why it was sent; absent for `main`. */
  about?: ProbeReason;
  /** Nothing was sent: something else began this trace, with a root span whose id is not known (`spanId` is all zero). */
  given?: true;
  traceId: string;
  spanId: string;
  /** When it was sent and answered, ns since the epoch. */
  start: string;
  end?: string;
  sent: {
    /** The node that it was sent to. */
    to: string;
    transport: 'http' | 'kafka' | 'rabbitmq';
    /** `POST /checkout?ref=<id>`, the topic, or exchange and routing key. */
    target: string;
    context: ContextField[];
    /** Of a record that the broker acknowledged. */
    partition?: number;
    offset?: string;
    messageId?: string;
  };
  /** HTTP status, or `acked`. */
  status?: string;
  /** Why it could not be sent or was not answered, for a person. */
  error?: { message: string; hint: string };
}

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';

export type AttributeValue = string | number | boolean | string[];

export interface SpanLink {
  traceId: string;
  spanId: string;
  /** OTLP link flags, where the exporter sent them. */
  flags?: number;
}

/** A span that a service emitted, cut down to what judging needs. Ids are lower-case hex. */
export interface SpanRecord {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  links: SpanLink[];
  /** It came in a format without links: that it has none says nothing. */
  mayLackLinks?: true;
  /** OTLP span flags: bits 0-7 W3C, 0x100 "is remote" known, 0x200 parent remote. Absent or 0: unknown. */
  flags?: number;
  traceState?: string;
  kind: SpanKind;
  name: string;
  /** ns since the epoch. */
  start: string;
  end: string;
  service: string;
  resource: Record<string, AttributeValue>;
  /** Instrumentation scope name. */
  scope?: string;
  /** Only those that judging uses; query strings are cut down to the marker. */
  attributes: Record<string, AttributeValue>;
  /** Markers of this run in any attribute. */
  tie: MarkerTie[];
  /** ms since the epoch when a source handed it over. */
  receivedAt: number;
  sources: string[];
}

/** One request, record or message that a tap saw pass. */
export interface WireEvent {
  /** Unique in a run; a later event with the same id replaces the earlier (a request's answer came). */
  id: string;
  /** The node that it went into. */
  node: string;
  transport: 'http' | 'kafka' | 'rabbitmq';
  /** ns since the epoch: request head seen, or the broker's timestamp of the record where ours is not known. */
  at: string;
  /** ms since the epoch when the tap had it. */
  seenAt: number;
  /** HTTP: `METHOD /path`; Kafka: topic; RabbitMQ: `exchange:routingKey`. Query strings cut down to the marker. */
  target: string;
  /** Every context header, raw, in order, duplicates kept; [] looked and found none. */
  context: ContextField[];
  tie: MarkerTie[];
  /** The value of `x-tracegap` beside the context, where it came through: a canary for what drops all headers. */
  canary?: string;
  /** Context that stood in the body, in a field that is known to carry it; `name` is the path to it. */
  envelope?: ContextField[];
  /** HTTP: the exchange as far as it got. */
  http?: { status?: number; end?: string; upstreamPort: number; resend?: boolean };
  kafka?: { topic: string; partition: number; offset: string };
  rabbitmq?: { exchange: string; routingKey: string; messageId?: string; correlationId?: string };
}

/** A stretch, in ms since the epoch, in which a source or tap could not see. */
export interface Gap {
  from: number;
  until: number;
  reason: string;
  /** What was there to be seen will not come any more. */
  lost?: true;
}

/** What a source or tap could see, and from when to when. An absence is only as good as this. Times in ms since the epoch. */
export interface Sight {
  part: 'source' | 'tap';
  /** The source's name, or the tapped node. */
  name: string;
  from: number;
  until: number;
  /** Why it could never see (a broker that is down); then nothing else here counts. */
  blind?: string;
  /** Stretches in which it could not see. */
  gaps: Gap[];
  /** Events or spans that it met and could not keep. */
  dropped: number;
  /** Kafka: per partition, the first offset that it would see and the end that it has read to. */
  offsets?: Record<string, { from: string; until: string }>;
  /** RabbitMQ: the declared queue at the end of the run. */
  queue?: { name: string; messages: number; consumers: number };
  /** Kafka: by consumer group and partition, the offset that it will read next. */
  groups?: Record<string, Record<string, string>>;
}

/** Something in the world that was in the way; never a finding by itself. */
export interface Problem {
  part: 'source' | 'tap' | 'probe' | 'forward';
  name: string;
  /** Flows whose sight it impairs; empty: none. */
  flows: string[];
  message: string;
  hint: string;
}

/** How long the run waited for one hop of one probe, and for what. */
export interface WaitRecord {
  hop: string;
  probe: string;
  ms: number;
  for: string;
}

export interface EvidenceOptions {
  failOn: 'none' | 'broken' | 'inconclusive' | 'degraded';
  /** Flows and hops that were asked for; absent: all. */
  flows?: string[];
  hops?: string[];
  /** When isolation probes are sent; absent: `needed`. */
  isolate?: 'needed' | 'all' | 'none';
  /** Whether the conformance cases are sent. */
  conformance?: boolean;
  /** Ids of traces that something else began, by the flow that sends nothing itself. */
  traces?: Record<string, string[]>;
}

export interface Evidence {
  version: typeof EVIDENCE_VERSION;
  tool: { name: 'tracegap'; version: string };
  run: {
    id: string;
    startedAt: string;
    durationMs: number;
    interrupted?: boolean;
    /** When it was looked at again, each time without anything being sent. */
    resumedAt?: string[];
  };
  options: EvidenceOptions;
  topology: TopologyRecord;
  probes: ProbeRecord[];
  spans: SpanRecord[];
  wire: WireEvent[];
  sight: Sight[];
  waits: WaitRecord[];
  problems: Problem[];
}
