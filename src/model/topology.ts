/**
 * The declared system as everything behind the reader sees it. Names that judging matches on are expanded;
 * whatever may hold a secret (credentials, headers, bodies) stays the template that the user wrote.
 */
import type { FlowConfig, NodeConnection, Reach, SendConfig, SourceConfig } from './reach.ts';

/** Where something stands in the topology file; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

/** Whether a parent, a link or both count as continuing the trace over a hop. */
export type Relation = 'child' | 'link' | 'either';

/** A broken hop that the team knows of and does not gate on until `until` has passed. */
export interface Waiver {
  /** Ids of the causes that it covers, or `any`. */
  causes: string[];
  reason: string;
  /** Last day that it holds, `YYYY-MM-DD`, UTC, inclusive; absent: no end. */
  until?: string;
}

/** `required`: its loss is broken; `wanted`: degraded; `ignored`: nothing. */
export type Carried = 'required' | 'wanted' | 'ignored';

/** How a hop is judged and waited for, after all policies that match it were laid over one another. */
export interface HopPolicy {
  relation: Relation;
  /** `allowed` where the receiver may begin a trace of its own (a declared trust boundary). */
  restart: 'forbidden' | 'allowed';
  /** How long absence is waited for, in ms from a probe's send. */
  deadlineMs: number;
  waive: Waiver[];
  /** What the loss of what travels beside the context means. */
  carry: { tracestate: Carried; baggage: Carried };
  /** The receiver's Kafka consumer group, whose offsets prove what it consumed. */
  group?: string;
}

/** Two services that follow each other on a chain, with every mediator between them. */
export interface Hop {
  /** `flow: from -> via -> to` */
  id: string;
  flow: string;
  /** A service, or `probe`. */
  from: string;
  via: string[];
  /** A service; or a mediator or external node where the chain ends. */
  to: string;
  /** The chain in the topology file that declares it. */
  at: Position;
  policy: HopPolicy;
  /** Its end need not be reached (`?`): then it is unexercised, which never gates. */
  optional?: boolean;
}

export type NodeKind = 'service' | 'proxy' | 'kafka' | 'rabbitmq' | 'channel' | 'external';

/** What judging needs to know of a node; part of the evidence. */
export interface NodeRecord {
  kind: NodeKind;
  /** The `service.name`s that are this node. */
  services: string[];
  /** Further resource attributes that a span of it must carry. */
  resource: Record<string, string>;
  /** Span attributes that a span of it must carry. */
  span: Record<string, string>;
  /** `none`: emits no spans and is judged as a mediator. */
  spans: 'expected' | 'none';
  /** Declared head sampling: the share of traces that it keeps, 0 to 1; absent: all. */
  sampling?: number;
  /** What it is made of, for advice: nginx, envoy, sqs … */
  software?: string;
  /** `host:port` pairs by which senders name it (its own and its tap's). */
  addresses: string[];
  /** Whether what goes into it is watched by a tap. */
  tapped: boolean;
  topic?: string;
  exchange?: string;
  binding?: string;
  queue?: string;
  at: Position;
}

/** What judging needs to know of a flow; part of the evidence. */
export interface FlowRecord {
  /** The node that the probes are sent to. */
  sendTo: string;
  transport: 'http' | 'kafka' | 'rabbitmq';
  /** Nothing is sent: something else begins the traces that are judged. */
  send?: 'none';
  /** The chains as declared; a last `&` is written out as several chains. */
  chains: string[][];
  at: Position;
}

/** The topology as it is saved in the evidence: enough to judge, nothing that could be a secret. */
export interface TopologyRecord {
  name: string;
  /** As given on the command line. */
  file: string;
  /** Of the file's bytes, hex. */
  sha256: string;
  /** Resource attributes that every service must carry. */
  resource: Record<string, string>;
  nodes: Record<string, NodeRecord>;
  flows: Record<string, FlowRecord>;
  /** In topology order. */
  hops: Hop[];
}

/** Everything the reader makes of a topology file. Only `record` is ever saved. */
export interface Topology {
  record: TopologyRecord;
  connections: Record<string, NodeConnection>;
  /** Those that send something. */
  flows: Record<string, FlowConfig>;
  /** What may be sent straight to a node, for the nodes that consent. */
  isolation: Record<string, SendConfig>;
  sources: SourceConfig[];
  reach: Reach;
  /** What the files hold that it names, by the path as written; empty until whoever may open them has read them. */
  files: Record<string, Uint8Array>;
}
