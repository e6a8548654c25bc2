/** The shape of the topology as evidence holds it: enough to judge, nothing that could be a secret. */
import { z } from 'zod';
import type { FlowRecord, Hop, HopPolicy, NodeRecord, Position, TopologyRecord, Waiver } from '../model/topology.ts';
import { type Fields, text } from './schema-parts.ts';

const position = z
  .strictObject({ line: z.int().positive(), column: z.int().positive() } satisfies Fields<Position>)
  .meta({ id: 'Position', description: 'In the topology file; both count from 1.' });

const attributeTexts = z.record(text, text);

const node = z
  .strictObject({
    kind: z.enum(['service', 'proxy', 'kafka', 'rabbitmq', 'channel', 'external']),
    services: z.array(text).meta({ description: 'The `service.name`s that are this node.' }),
    resource: attributeTexts,
    span: attributeTexts,
    spans: z.enum(['expected', 'none']).meta({ description: '`none`: emits no spans, is judged as a mediator.' }),
    sampling: z.number().min(0).max(1).meta({ description: 'The share of traces that it keeps.' }).exactOptional(),
    software: text.exactOptional(),
    addresses: z.array(text).meta({ description: '`host:port` by which senders name it.' }),
    tapped: z.boolean(),
    topic: text.exactOptional(),
    exchange: text.exactOptional(),
    binding: text.exactOptional(),
    queue: text.exactOptional(),
    at: position,
  } satisfies Fields<NodeRecord>)
  .meta({ id: 'Node' });

const flow = z
  .strictObject({
    sendTo: text,
    transport: z.enum(['http', 'kafka', 'rabbitmq']),
    send: z.literal('none').meta({ description: 'Nothing is sent: something else begins its traces.' }).exactOptional(),
    chains: z.array(z.array(text)),
    at: position,
  } satisfies Fields<FlowRecord>)
  .meta({ id: 'Flow' });

const waiver = z.strictObject({
  causes: z.array(text).meta({ description: 'Ids of causes, or `any`.' }),
  reason: text,
  until: text
    .regex(/^\d{4}-\d\d-\d\d$/, 'a date like 2027-01-31')
    .meta({ description: 'The last day that it holds, UTC.' })
    .exactOptional(),
} satisfies Fields<Waiver>);

const carried = z.enum(['required', 'wanted', 'ignored']);

const policy = z
  .strictObject({
    relation: z.enum(['child', 'link', 'either']),
    restart: z.enum(['forbidden', 'allowed']),
    deadlineMs: z.number().nonnegative(),
    waive: z.array(waiver),
    carry: z.strictObject({ tracestate: carried, baggage: carried }),
    group: text.meta({ description: "The receiver's Kafka consumer group." }).exactOptional(),
  } satisfies Fields<HopPolicy>)
  .meta({ id: 'HopPolicy' });

const hop = z
  .strictObject({
    id: text.meta({ description: '`flow: from -> via -> to`' }),
    flow: text,
    from: text,
    via: z.array(text),
    to: text,
    at: position,
    policy,
    optional: z.boolean().meta({ description: 'Its end need not be reached.' }).exactOptional(),
  } satisfies Fields<Hop>)
  .meta({ id: 'Hop' });

/** {@link TopologyRecord}, closed. */
export const topologyRecord: z.ZodType<TopologyRecord> = z
  .strictObject({
    name: text,
    file: text,
    sha256: text.regex(/^[0-9a-f]{64}$/, '64 hex digits'),
    resource: attributeTexts.meta({ description: 'What every service must carry.' }),
    nodes: z.record(text, node),
    flows: z.record(text, flow),
    hops: z.array(hop).meta({ description: 'In topology order.' }),
  } satisfies Fields<TopologyRecord>)
  .meta({ id: 'Topology' });
