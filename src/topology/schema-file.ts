/**
 * The one definition of the topology file's shape: the reader checks files against it, and editors get it as JSON
 * Schema. What concerns more than one place of a file (a chain and the nodes it names) is not here.
 */
import { z } from 'zod';
import { CAUSES } from '../model/report.ts';
import type { FlowFile, PolicyFile, SourceFile, TopologyFile } from './file.ts';
import { node, receiverTls, tls } from './schema-nodes.ts';
import { step, transport } from './schema-sends.ts';
import {
  chain,
  duration,
  exactlyOne,
  form,
  headers,
  hostPort,
  literally,
  optional,
  required,
  scalar,
  scalars,
  selector,
  someOf,
  struct,
  text,
} from './terms.ts';

const anySource = {
  name: optional(text, 'Its name in reports; its kind unless said.'),
  delay: optional(duration, 'How long it takes until spans can be found; deadlines count on top of it.'),
};

const store = {
  url: required(text, 'Where to ask.'),
  headers: optional(headers, 'Headers to ask with.'),
  tls: optional(tls, 'TLS towards it.'),
  export: optional(text, 'URL that takes OTLP over HTTP: a span written there must show in the store.'),
  ...anySource,
};

const source: z.ZodType<SourceFile> = exactlyOne({
  otlp: optional(
    struct({
      http: optional(hostPort, 'Where to listen for OTLP over HTTP; 127.0.0.1:4318 if grpc is not said either.'),
      grpc: optional(hostPort, 'Where to listen for OTLP over gRPC.'),
      forward: optional(text, 'URL of the real pipeline, to which everything is passed on over OTLP/HTTP.'),
      tls: optional(receiverTls, 'TLS of the receiver, for HTTP and gRPC.'),
      ...anySource,
    }).nullable(),
    'Receives spans from services or a Collector.',
  ),
  'otlp-file': optional(
    struct({ path: required(text, 'The file.'), ...anySource }),
    "Reads what the Collector's file exporter writes.",
  ),
  jaeger: optional(struct(store), 'Asks Jaeger.'),
  tempo: optional(struct(store), 'Asks Tempo.'),
  zipkin: optional(struct(store), 'Asks Zipkin.'),
  clickhouse: optional(
    struct({ ...store, database: optional(text, 'Database.'), table: optional(text, 'Table of spans.') }),
    'Asks ClickHouse.',
  ),
});

const causes = ['any', ...Object.keys(CAUSES)];

const carried = z.enum(['required', 'wanted', 'ignored']);

const policy: z.ZodType<PolicyFile> = struct({
  relation: optional(
    z.enum(['child', 'link', 'either']),
    'What continues the trace here: child unless said; over kafka, rabbitmq and channel: either.',
  ),
  restart: optional(
    z.enum(['forbidden', 'allowed']),
    'allowed: a trust boundary, where the receiver may begin a trace.',
  ),
  deadline: optional(duration, 'The longest that absence is waited for.'),
  group: optional(text, 'Consumer group of the receiver.'),
  carry: optional(
    struct({
      tracestate: optional(carried, 'What its loss means.'),
      baggage: optional(carried, 'What its loss means.'),
    }),
    'required: its loss is broken; wanted: degraded; ignored.',
  ),
  waive: optional(
    struct({
      cause: required(z.union([z.enum(causes), z.array(z.enum(causes)).min(1)]), 'The causes that it covers, or any.'),
      reason: required(text, 'Why, such as a ticket.'),
      until: optional(z.iso.date('a date such as 2027-01-31'), 'Last day that it holds, UTC; for good unless said.'),
    }),
    'A known fault that does not fail the gate.',
  ),
}).meta({ id: 'policy' });

const policies = z.record(selector, policy);

/** Names of entries are tokens (W3C Baggage §3.2.1.2); values are escaped when they are sent. */
const baggage = z.record(literally(form(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a baggage entry')), scalar);

const count = z.int().min(1);

const flow: z.ZodType<FlowFile> = struct({
  before: optional(z.array(step), "Requests before each probe, without the probe's context."),
  send: required(z.union([z.literal('none'), transport]), 'What is sent; none: something else begins the trace.'),
  after: optional(z.array(step), 'Clean-up after each probe.'),
  through: required(z.union([chain, z.array(chain).min(1)]), 'Where context passes through: one chain, or several.'),
  deadline: optional(duration, 'The longest that absence is waited for; 30s unless said.'),
  repeat: optional(count, 'Probes a run; 1 unless said.'),
  concurrency: optional(count, 'How many probes are in flight together; 1 unless said.'),
  rate: optional(form(/^\d+(?:\.\d+)?\/(?:s|m|h)$/, 'a rate such as 2/s'), 'Probes are sent no faster.'),
  control: optional(z.boolean(), 'true: also one request without context.'),
  baggage: optional(baggage, "Baggage beside the probe's own entry."),
  hops: optional(policies, 'Policies for hops of this flow; they win over those of the whole file.'),
});

/** A whole topology file, as it is written: variables still stand in it. */
export const topologyFile: z.ZodType<TopologyFile> = struct({
  version: required(z.literal(1), 'Version of this language.'),
  name: optional(text, 'Name of the system in reports.'),
  resource: optional(scalars, 'Resource attributes that every service carries.'),
  sources: optional(z.array(source).min(1), 'Where spans come from; one OTLP receiver on 127.0.0.1:4318 unless said.'),
  nodes: required(someOf('node', node.nullable()), 'Everything that context passes through, by its name in reports.'),
  flows: required(someOf('flow', flow), 'What is sent, and where context passes through then.'),
  hops: optional(policies, 'Policies for hops: checkout -> billing, "* -> billing", checkout -> orders -> billing.'),
  resolve: optional(z.record(hostPort, hostPort), 'Addresses to use in place of others.'),
  allowHosts: optional(z.array(text), 'The only hosts that anything is sent to.'),
});
