/** The topology file as its author wrote it, once its shape is known to be right (SURFACE §1). Variables still stand in it. */
import type { Template } from '../model/reach.ts';
import type { Carried, Relation } from '../model/topology.ts';

/** A scalar whose source text is what is meant: read it with `Reading.text`, since a number here has lost its zeros. */
export type Scalar = string | number | boolean;

/** Names of attributes, headers or properties, and what they are set to. */
export type Scalars = Record<string, Scalar>;

export interface TopologyFile {
  version: 1;
  name?: string;
  resource?: Scalars;
  sources?: SourceFile[];
  nodes: Record<string, NodeFile | null>;
  flows: Record<string, FlowFile>;
  hops?: Record<string, PolicyFile>;
  resolve?: Record<string, string>;
  allowHosts?: string[];
}

export interface TlsFile {
  caFile?: Template;
  certFile?: Template;
  keyFile?: Template;
  serverName?: Template;
  insecureSkipVerify?: boolean;
}

export interface ReceiverTlsFile {
  certFile: Template;
  keyFile: Template;
  caFile?: Template;
}

interface AnySourceFile {
  name?: string;
  delay?: string;
}

export interface OtlpFile extends AnySourceFile {
  http?: string;
  grpc?: string;
  forward?: Template;
  tls?: ReceiverTlsFile;
}

export interface OtlpFileFile extends AnySourceFile {
  path: string;
}

export interface StoreFile extends AnySourceFile {
  url: Template;
  headers?: Scalars;
  tls?: boolean | TlsFile;
  export?: Template;
}

export interface ClickhouseFile extends StoreFile {
  database?: string;
  table?: string;
}

/** One source, under the one key that says of which kind it is. */
export interface SourceFile {
  otlp?: OtlpFile | null;
  'otlp-file'?: OtlpFileFile;
  jaeger?: StoreFile;
  tempo?: StoreFile;
  zipkin?: StoreFile;
  clickhouse?: ClickhouseFile;
}

/** What every kind of node may say. */
export interface AnyNodeFile {
  service?: string | string[];
  resource?: Scalars;
  span?: Scalars;
  software?: string;
  sampling?: 'always' | 'off' | number;
  isolate?: TransportFile;
}

export interface HttpTapFile {
  listen: string;
  host?: string;
}

/** A node that is reached over HTTP. */
export interface HttpNodeFile extends AnyNodeFile {
  url?: Template;
  tls?: boolean | TlsFile;
  tap?: false | HttpTapFile;
}

export interface ServiceFile extends HttpNodeFile {
  kind?: 'service';
  spans?: 'expected' | 'none';
}

export interface ProxyFile extends HttpNodeFile {
  kind: 'proxy';
}

export interface ExternalFile extends HttpNodeFile {
  kind: 'external';
}

export interface KafkaFile extends AnyNodeFile {
  kind: 'kafka';
  brokers: string[];
  topic: string;
  tls?: boolean | TlsFile;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: Template; password: Template };
  tap?: boolean;
}

export interface RabbitmqFile extends AnyNodeFile {
  kind: 'rabbitmq';
  url: Template;
  exchange?: string;
  binding?: string;
  queue?: string;
  tls?: boolean | TlsFile;
  tap?: boolean;
}

export interface ChannelFile extends AnyNodeFile {
  kind: 'channel';
}

export type NodeFile = ServiceFile | ProxyFile | ExternalFile | KafkaFile | RabbitmqFile | ChannelFile;

/** A body: at most one of these. */
export interface BodyFile {
  json?: unknown;
  form?: Scalars;
  text?: Scalar;
  base64?: string;
  file?: string;
}

export interface HttpFile extends BodyFile {
  to?: string;
  method?: string;
  path?: Template;
  headers?: Scalars;
  save?: Record<string, { header: string } | { json: string }>;
}

export interface KafkaSendFile extends BodyFile {
  to?: string;
  key?: Scalar;
  headers?: Scalars;
}

export interface RabbitmqSendFile extends BodyFile {
  to?: string;
  routingKey?: Scalar;
  headers?: Scalars;
  properties?: Scalars;
}

/** One thing to send, under the one key that says over what. */
export interface TransportFile {
  http?: HttpFile;
  kafka?: KafkaSendFile;
  rabbitmq?: RabbitmqSendFile;
}

export interface FlowFile {
  before?: TransportFile[];
  send: 'none' | TransportFile;
  after?: TransportFile[];
  through: string | string[];
  deadline?: string;
  repeat?: number;
  concurrency?: number;
  rate?: string;
  control?: boolean;
  baggage?: Scalars;
  hops?: Record<string, PolicyFile>;
}

export interface WaiverFile {
  cause: string | string[];
  reason: string;
  until?: string;
}

export interface PolicyFile {
  relation?: Relation;
  restart?: 'forbidden' | 'allowed';
  deadline?: string;
  group?: string;
  carry?: { tracestate?: Carried; baggage?: Carried };
  waive?: WaiverFile;
}
