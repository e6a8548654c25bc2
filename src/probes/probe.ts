/** The contract of a probe: it sends one request, record or message that carries known context. */
import type { HttpTarget } from '../clients/http.ts';
import type { CookieJar } from '../clients/http-cookies.ts';
import type { KafkaConnection, RabbitmqConnection, SaveFrom } from '../model/reach.ts';
import type { Saved } from './saved.ts';

export type { CookieJar };

/** Where the probes of a flow go; every template expanded. */
export type ProbeTarget =
  | ({ transport: 'http'; responseMs: number } & HttpTarget)
  | { transport: 'kafka'; connection: KafkaConnection; topic: string }
  | { transport: 'rabbitmq'; connection: RabbitmqConnection; exchange: string };

/** One thing to send, every template expanded. Context is already in `headers`, written by the engine. */
export interface ProbeMessage {
  method: string;
  /** HTTP: path and query. */
  path: string;
  /** In the order in which they are to stand on the wire; context headers among them. */
  headers: [string, string][];
  body?: Buffer;
  /** HTTP: cookies go along, and those of the answer are kept. */
  jar?: CookieJar;
  /** HTTP: what is kept of the answer. */
  save?: [name: string, from: SaveFrom][];
  /** Kafka */
  key?: string;
  /** RabbitMQ */
  routingKey: string;
  properties: Record<string, string>;
}

/** What came of sending it. A failure of the world is an `error` for a person, never an exception. */
export interface ProbeOutcome {
  /** HTTP status, or `acked`. */
  status?: string;
  /** Where the broker put the record. */
  partition?: number;
  offset?: string;
  error?: { message: string; hint: string };
  /** Of what the message asks to be kept. */
  saved?: Saved;
}

/** A probe with its connection open. */
export interface ProbeSender {
  send(message: ProbeMessage, signal: AbortSignal): Promise<ProbeOutcome>;
  close(): Promise<void>;
}
