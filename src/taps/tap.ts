/** The contract of a tap: it watches what goes into a node and changes nothing of it. */
import type { Problem, Sight, WireEvent } from '../model/evidence.ts';
import type { KafkaConnection, RabbitmqConnection, TlsConfig } from '../model/reach.ts';

/** What a tap watches; every template expanded. */
export type TapTarget =
  | ({ transport: 'http' } & HttpTapTarget)
  /** `groups`: consumer groups whose offsets are looked at, never joined. */
  | { transport: 'kafka'; connection: KafkaConnection; topic: string; groups?: string[] }
  | { transport: 'rabbitmq'; connection: RabbitmqConnection; exchange: string; binding?: string; queue?: string };

/** An inline tap in front of a node. */
export interface HttpTapTarget {
  /** `host:port` that senders are pointed at; port 0 takes a free one. */
  listen: string;
  /** The host by which senders mean this node, where several taps share one `listen`. */
  host?: string;
  /** `host:port` that is connected to. */
  to: string;
  /** Of a node that speaks TLS; `name` is the `host:port` of its url, whose host its certificate must bear. */
  tls?: { settings: true | TlsConfig; name: string };
}

export interface TapSink {
  /** An event with an id that was given before replaces it. Called synchronously. */
  event(event: WireEvent): void;
  problem(problem: Omit<Problem, 'part' | 'name' | 'flows'>): void;
}

export interface TapContext {
  /** The tapped node's name. */
  node: string;
  /** First 8 hex digits of every probe id of this run. */
  runId: string;
  sink: TapSink;
  /** What it saw in an earlier run: where it can, it goes on from there. */
  before?: Sight;
}

export interface OpenTap {
  sight(): Sight;
  /** Resolves once the tap has read past the end that was there when it was called (or within a short time limit). */
  caughtUp(): Promise<void>;
  /** Destroys what is open and leaves nothing behind. */
  close(): Promise<void>;
}
