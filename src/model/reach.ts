/** How the declared system is reached and what is sent to it. Never saved: whatever may hold a secret is a {@link Template}. */

/** Text in which `${…}` is not expanded yet. Expanded only to be sent, never saved or shown. */
export type Template = string;

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
  /** Counts for `url` and `export`. */
  resolve?: Reach['resolve'];
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
