/**
 * Kafka by kafkajs: how a connection is made, and writing. Reading without a consumer group is in `kafka-reader.ts`.
 * Nothing here creates a topic, and kafkajs prints nothing.
 */
import { connect, isIP, Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs, KafkaConfig, SASLOptions } from 'kafkajs';
import { isAllowedHost } from '../model/hosts.ts';
import { complaintError } from '../model/problem.ts';
import type { KafkaConnection, Reach } from '../model/reach.ts';
import { formatAddress, parseAddress } from './address.ts';
import { readTls } from './tls.ts';

/** The longest that a broker may take to accept a connection, ms. */
export const CONNECT_LIMIT_MS = 3000;

/** Code of the error for a broker that `allowHosts` does not have. */
export const NOT_ALLOWED = 'EHOSTNOTALLOWED';

/** The longest that a broker may take to answer a request, ms. */
export const REQUEST_LIMIT_MS = 5000;

/** All that kafkajs needs of a connection; the templates in it are expanded. */
export type KafkaOptions = Required<
  Pick<KafkaConfig, 'clientId' | 'connectionTimeout' | 'authenticationTimeout' | 'requestTimeout' | 'retry'>
> & {
  brokers: string[];
  socketFactory: ISocketFactory;
  ssl?: NonNullable<KafkaConfig['ssl']>;
  sasl?: SASLOptions;
};

/** Options for one client, and the end of all its connections. */
export interface KafkaClientOptions {
  options: KafkaOptions;
  /** Destroys every socket at once, waits for no answer, and lets no new one be opened. */
  destroy(): void;
}

/**
 * Options for kafkajs with short, explicit limits; they hold whatever `NODE_ENV` is, on which its own defaults depend.
 * An abort of `signal` destroys all sockets, too.
 * @throws ComplaintError that names a TLS file which cannot be read
 */
export async function clientOptions(
  { brokers, tls, sasl, reach }: KafkaConnection,
  signal: AbortSignal,
): Promise<KafkaClientOptions> {
  const ssl = await readTls(tls);
  const sockets = trackedSockets(signal, reach);
  const options: KafkaOptions = {
    clientId: 'tracegap',
    brokers,
    socketFactory: sockets.open,
    connectionTimeout: CONNECT_LIMIT_MS,
    authenticationTimeout: REQUEST_LIMIT_MS,
    requestTimeout: REQUEST_LIMIT_MS,
    // A seed that cannot be reached counts as a try, so every one gets its turn and none a second.
    retry: { retries: brokers.length - 1, initialRetryTime: 50, maxRetryTime: 50, factor: 0, multiplier: 1 },
  };
  if (ssl !== undefined) options.ssl = ssl;
  if (sasl !== undefined) options.sasl = { ...sasl };
  return { options, destroy: sockets.destroy };
}

/** kafkajs ends a connection only after its last answer; a long poll is not worth that wait. */
function trackedSockets(signal: AbortSignal, reach: Reach | undefined): { open: ISocketFactory; destroy: () => void } {
  const sockets = new Set<Socket>();
  let closed = signal.aborted;
  // kafkajs clears the timers of a connection only when it ends or fails.
  const end = (socket: Socket): Socket => socket.destroy(new Error('closed by tracegap'));
  const destroy = (): void => {
    closed = true;
    signal.removeEventListener('abort', destroy);
    for (const socket of sockets) end(socket);
  };
  signal.addEventListener('abort', destroy);
  return {
    open(to) {
      const socket = openSocket(to, reach);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return closed ? end(socket) : socket;
    },
    destroy,
  };
}

/** Brokers come by the names that the cluster gives them, too: those are resolved and allowed as the file's own. */
function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs, reach: Reach | undefined): Socket {
  if (reach?.allowHosts !== undefined && !isAllowedHost(reach.allowHosts, host)) return refused();
  const resolved = reach?.resolve[formatAddress({ host, port })];
  const to = resolved === undefined ? { host, port } : parseAddress(resolved);
  if (!ssl) return connect(to, onConnect).setNoDelay(true);
  const expected = ssl.servername ?? host;
  // An IP address may not stand in the handshake (RFC 6066 §3), yet the certificate is checked against it.
  const name = isIP(expected) === 0 ? { servername: expected } : { servername: '' };
  const check: ConnectionOptions = {
    checkServerIdentity: (_host, certificate) => checkServerIdentity(expected, certificate),
  };
  return connectTls({ ...ssl, ...to, ...name, ...check }, onConnect).setNoDelay(true);
}

/** A connection that is not made, with the error by which it is told. */
function refused(): Socket {
  return new Socket().destroy(Object.assign(new Error('not among allowHosts'), { code: NOT_ALLOWED }));
}

/** A record to write. A header's value is written as UTF-8; a key or value that is null is none. */
export interface OutgoingRecord {
  topic: string;
  key: string | null;
  value: Buffer | null;
  headers: [name: string, value: string][];
}

/** Where the broker put a record. */
export interface StoredRecord {
  partition: number;
  offset: string;
}

/**
 * Resolves when all in-sync replicas have the record. It is sent once, whatever goes wrong.
 * @throws what kafkaComplaint can put into words; when it took too long, the record may have been stored nevertheless
 */
export type WriteRecord = (record: OutgoingRecord) => Promise<StoredRecord>;

/**
 * Connects for writing. An abort of `signal` destroys the connections at once.
 * @throws what kafkaComplaint can put into words
 */
export async function openWriter(connection: KafkaConnection, signal: AbortSignal): Promise<WriteRecord> {
  const { options, destroy } = await clientOptions(connection, signal);
  const { Kafka, Partitioners, logLevel } = await import('kafkajs');
  const kafka = new Kafka({ ...options, logLevel: logLevel.NOTHING, logCreator: () => () => undefined });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    // The default, named so that kafkajs does not warn of it.
    createPartitioner: Partitioners.DefaultPartitioner,
    // A send that timed out may have been stored: sent again it would be there twice.
    retry: { retries: 0 },
  });
  try {
    await producer.connect();
  } catch (error) {
    destroy();
    throw error;
  }
  return async ({ topic, key, value, headers }) => {
    const messages = [{ key, value, headers: groupedHeaders(headers) }];
    const [stored] = await producer.send({ topic, messages, acks: -1, timeout: REQUEST_LIMIT_MS });
    // kafkajs resolves to nothing when it found no partition for the record, and drops it.
    if (stored?.baseOffset === undefined) {
      throw complaintError({
        message: `${connection.brokers.join(', ')} acknowledged no record on topic ${topic}`,
        hint: 'The record was not stored. Check that the partitions of the topic have leaders, then try again.',
      });
    }
    return { partition: stored.partition, offset: stored.baseOffset };
  };
}

/** kafkajs takes a repeated header as a list under its name, at the place where the name stood first. */
function groupedHeaders(headers: OutgoingRecord['headers']): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(values);
}
