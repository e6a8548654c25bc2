/**
 * The declared system as everything behind the reader sees it. Names that judging matches on are expanded;
 * whatever may hold a secret (credentials, headers, bodies) stays the {@link Template} that the user wrote.
 */

/** Text in which `${…}` is not expanded yet. Expanded only to be sent, never saved or shown. */
export type Template = string;

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

/** TLS as the user set it; `true` is the system's trust store. */
export interface TlsConfig {
  caFile?: Template;
  certFile?: Template;
  keyFile?: Template;
  serverName?: Template;
  insecureSkipVerify?: boolean;
}

export interface SaslConfig {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  username: Template;
  password: Template;
}

/** Which address stands for which, and whom may be connected to (`resolve` and `allowHosts` of the topology). */
export interface Reach {
  /** `host:port` → the `host:port` to connect to in its place; the name stays what certificates must bear. */
  resolve: Record<string, string>;
  /** Host names and `*.domain`; absent: anything. */
  allowHosts?: string[];
}

/** How to reach a Kafka cluster. */
export interface KafkaConnection {
  brokers: string[];
  /** Counts for the brokers that the cluster names, too. */
  reach?: Reach;
  tls?: TlsConfig;
  sasl?: SaslConfig;
}

/** How to reach a RabbitMQ virtual host; the URL may hold credentials, hence a template. */
export interface RabbitmqConnection {
  url: Template;
  reach?: Reach;
  tls?: TlsConfig;
}

/** How to reach a node, beside what judging knows of it. Never saved. */
export interface NodeConnection {
  url?: Template;
  tls?: TlsConfig;
  /** An inline HTTP tap in front of the node. */
  httpTap?: { listen: string; host?: string };
  kafka?: KafkaConnection;
  rabbitmq?: RabbitmqConnection;
}

/** A JSON value whose strings may be templates and whose numbers keep their source text. */
export type JsonTemplate =
  | null
  | boolean
  | Template
  | { number: string }
  | { array: JsonTemplate[] }
  | { object: [Template, JsonTemplate][] };

/** Where in an answer a value stands: a header, or a JSON pointer (RFC 6901) into the body. */
export type SaveFrom = { header: string } | { json: string };

/** What a flow sends, before its templates are expanded. */
export interface SendConfig {
  transport: 'http' | 'kafka' | 'rabbitmq';
  to: string;
  /** HTTP */
  method?: string;
  path?: Template;
  /** HTTP and record headers, in the order written. */
  headers: [string, Template][];
  /** The body; at most one of these. */
  json?: JsonTemplate;
  form?: [string, Template][];
  text?: Template;
  base64?: Template;
  /** Path as written; counts from the topology file. */
  file?: string;
  /** HTTP: what is kept of the answer, by the name that `${saved.…}` calls it. */
  save?: [name: string, from: SaveFrom][];
  /** Kafka */
  key?: Template;
  /** RabbitMQ */
  routingKey?: Template;
  properties: [string, Template][];
}

export interface FlowConfig {
  /** Requests before each probe, without its context. */
  before: SendConfig[];
  send: SendConfig;
  /** Clean-up after each probe. */
  after: SendConfig[];
  /** The shortest time between two probes, ms; absent: none. */
  paceMs?: number;
  /** Probes a run. */
  repeat: number;
  /** How many probes are in flight together. */
  concurrency: number;
  /** Entries beside the probe's own. */
  baggage: [string, Template][];
  /** Whether one request without context is sent too. */
  control: boolean;
}

/** Files of the receiver's own certificate; with `caFile` a client must show one that this authority signed. */
export interface ReceiverTlsConfig {
  certFile: Template;
  keyFile: Template;
  caFile?: Template;
}

/** The OTLP receiver; `http` or `grpc` or both are there. */
export interface OtlpConfig {
  name: string;
  /** `host:port` to listen on. */
  http?: string;
  grpc?: string;
  tls?: ReceiverTlsConfig;
  /** URL to which every batch is sent on; it may hold credentials. */
  forward?: Template;
  delayMs?: number;
}

/** A trace store that is asked for spans, and how. */
export interface StoreConfig {
  kind: 'jaeger' | 'tempo' | 'zipkin' | 'clickhouse';
  name: string;
  url: Template;
  headers: [string, Template][];
  tls?: TlsConfig;
  /** Where a span can be written that must show in the store: OTLP over HTTP. */
  export?: Template;
  /** ClickHouse: where the spans are. */
  database?: string;
  table?: string;
  /** How long it takes until spans can be found, ms: deadlines count on top of it. */
  delayMs: number;
  /** It is not asked before so long after a probe's send, ms. */
  askAfterMs: number;
}

/** Where spans come from. */
export type SourceConfig =
  | ({ kind: 'otlp' } & OtlpConfig)
  | { kind: 'otlp-file'; name: string; path: string; delayMs?: number }
  | StoreConfig;

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
