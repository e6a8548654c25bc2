/** The shape of nodes, kind by kind (SURFACE §1). */
import { z } from 'zod';
import type { NodeFile, ReceiverTlsFile, TlsFile } from './file.ts';
import { transport } from './schema-sends.ts';
import { hostPort, optional, required, scalars, struct, text } from './terms.ts';

/** TLS of any node or source. */
export const tls: z.ZodType<boolean | TlsFile> = z
  .union([
    z.boolean(),
    struct({
      caFile: optional(text, 'PEM file of the authorities to trust.'),
      certFile: optional(text, 'PEM file of the client certificate.'),
      keyFile: optional(text, 'PEM file of the key of the client certificate.'),
      serverName: optional(text, 'Name that the certificate must bear, where the address has another.'),
      insecureSkipVerify: optional(z.boolean(), 'Take any certificate.'),
    }),
  ])
  .meta({ id: 'tls', description: 'TLS; true: trust what the system trusts.' });

/** TLS of a port that others connect to. */
export const receiverTls: z.ZodType<ReceiverTlsFile> = struct({
  certFile: required(text, 'PEM file of its certificate.'),
  keyFile: required(text, 'PEM file of the key of its certificate.'),
  caFile: optional(text, 'PEM file of the authorities that must have signed the certificate of every client.'),
});

const identity = {
  service: optional(
    z.union([text, z.array(text).min(1)]),
    'Its service.name, one or several; the name of the node unless said.',
  ),
  resource: optional(scalars, 'More resource attributes that a span of it carries.'),
  span: optional(scalars, 'Span attributes that a span of it carries.'),
  software: optional(text, 'What it is made of, for advice: nginx, envoy, sqs.'),
  sampling: optional(
    z.union([z.enum(['always', 'off']), z.number().min(0).max(1)]),
    'Head sampling that it is known to do: always, off or a ratio.',
  ),
  isolate: optional(
    transport,
    'What may be sent straight to it, with context, to tell it from the mediator before it.',
  ),
};

const reached = {
  url: optional(text, 'Where a probe or a tap can reach it.'),
  tls: optional(tls, 'TLS towards it.'),
  tap: optional(
    z.union([
      z.literal(false),
      struct({
        listen: required(hostPort, 'Where the tap listens; senders are pointed there.'),
        host: optional(text, 'Host header by which taps that share one `listen` are told apart.'),
      }),
    ]),
    'An inline HTTP tap in front of it.',
  ),
};

const sasl = struct({
  mechanism: required(z.enum(['plain', 'scram-sha-256', 'scram-sha-512']), 'SASL mechanism.'),
  username: required(text, 'User name.'),
  password: required(text, 'Password; a secret of the environment, not the word itself.'),
});

const kinds = [
  struct({
    kind: optional(z.literal('service'), 'A service emits spans.'),
    spans: optional(z.enum(['expected', 'none']), 'none: it has no tracing, and is judged as a mediator.'),
    ...identity,
    ...reached,
  }),
  struct({ kind: required(z.literal('proxy'), 'A proxy may or may not emit spans.'), ...identity, ...reached }),
  struct({ kind: required(z.literal('external'), 'Outside: a chain may end there.'), ...identity, ...reached }),
  struct({
    kind: required(z.literal('kafka'), 'A Kafka topic.'),
    brokers: required(z.array(hostPort).min(1), 'Brokers to begin with.'),
    topic: required(text, 'The topic.'),
    ...identity,
    tls: optional(tls, 'TLS towards the brokers.'),
    sasl: optional(sasl, 'Who we are to the brokers.'),
    tap: optional(z.boolean(), 'Whether the topic is watched; true unless said.'),
  }),
  struct({
    kind: required(z.literal('rabbitmq'), 'A RabbitMQ exchange.'),
    url: required(text, 'amqp:// or amqps://, with user and virtual host.'),
    exchange: optional(text, 'The exchange; the default exchange, which no tap can watch, unless said.'),
    binding: optional(text, 'Binding key of the messages that are meant.'),
    queue: optional(text, 'The queue that they end up in.'),
    ...identity,
    tls: optional(tls, 'TLS towards the broker.'),
    tap: optional(z.boolean(), 'Whether the exchange is watched; true unless said.'),
  }),
  struct({ kind: required(z.literal('channel'), 'Any other asynchronous carrier.'), ...identity }),
] as const;

/** A thing that context passes through. */
export const node: z.ZodType<NodeFile> = z.discriminatedUnion('kind', kinds);

/** The kinds of node that know a key: `topic` is for kafka. */
export function kindsWith(key: string): string[] {
  return kinds.filter(({ shape }) => Object.hasOwn(shape, key)).flatMap(({ shape }) => kindOf(shape.kind));
}

function kindOf(kind: (typeof kinds)[number]['shape']['kind']): string[] {
  return [...(kind instanceof z.ZodExactOptional ? kind.unwrap() : kind).values];
}
