/** The one place that knows amqplib: connections and channels with time limits, and their ends in our words. */
import { isIP } from 'node:net';
import { unescape as percentDecoded } from 'node:querystring';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity } from 'node:tls';
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { RabbitmqConnection } from '../model/reach.ts';
import { type Address, formatAddress, parseAddress } from './address.ts';
import {
  brokerError,
  connectError,
  endedError,
  interrupted,
  type NamedBroker,
  type RabbitmqError,
  timedOut,
} from './rabbitmq-error.ts';
import { readRabbitmqUrl } from './rabbitmq-url.ts';
import { readTls, type TlsOptions } from './tls.ts';

export type RabbitmqChannel = Channel;
export type RabbitmqConfirmChannel = ConfirmChannel;
/** A message as it was delivered. Header values are as decoded: text, Buffer, number, array … */
export type RabbitmqMessage = ConsumeMessage;

const CONNECT_LIMIT_MS = 3_000;
/** How long the broker may take to answer one step. */
const OPERATION_LIMIT_MS = 5_000;
/** A mute broker is found out, and a mute client's queue removed, after two to three of these. */
const HEARTBEAT_S = 10;
/** How long a polite goodbye may take before the socket is destroyed. */
const GOODBYE_MS = 100;

/** An open channel. Whatever the broker refuses on it closes it. */
export interface OpenChannel<C> {
  channel: C;
  /** Resolves once the channel is gone, with amqplib's error, which is for `brokerError` or `endedError`. */
  closed: Promise<unknown>;
}

/** An open connection to one virtual host. */
export interface RabbitmqLink extends NamedBroker {
  /** Resolves with the reason once the connection is gone; after `close` too. */
  ended: Promise<RabbitmqError>;
  /** A channel to keep. */
  open(): Promise<OpenChannel<RabbitmqChannel>>;
  openConfirm(): Promise<OpenChannel<RabbitmqConfirmChannel>>;
  /**
   * One step on a channel that is kept, with a time limit.
   * @param step what it is, to follow "does not permit this user to"
   * @throws RabbitmqError
   */
  step<T>(step: string, work: () => Promise<T>): Promise<T>;
  /**
   * Does one thing on a channel of its own, so that a refusal harms nothing else; otherwise as {@link step}.
   */
  aside<T>(step: string, work: (channel: RabbitmqChannel) => Promise<T>): Promise<T>;
  /** Says goodbye, and destroys the socket if that takes longer than a moment. */
  close(): Promise<void>;
}

/**
 * Connects and logs in, within 3 s.
 * @param connection with its templates expanded
 * @param signal destroys the socket, at any time
 * @throws RabbitmqError or ComplaintError that says what to check
 */
export async function connectRabbitmq(connection: RabbitmqConnection, signal?: AbortSignal): Promise<RabbitmqLink> {
  const tls = readTls(connection.tls);
  const { protocol, address, username, password, vhost } = readRabbitmqUrl(connection.url, tls !== undefined);
  const named = { address: formatAddress(address), vhost: percentDecoded(vhost) };
  const socket = new AbortController();
  const options = {
    ...identityOf(address, tls),
    noDelay: true,
    signal: signal === undefined ? socket.signal : AbortSignal.any([signal, socket.signal]),
    clientProperties: { connection_name: 'tracegap' },
  };
  const limit = setTimeout(() => socket.abort(), CONNECT_LIMIT_MS);
  try {
    const { connect } = await import('amqplib');
    const resolved = connection.reach?.resolve[named.address];
    const to = resolved === undefined ? address : parseAddress(resolved);
    const login = { protocol, hostname: to.host, port: to.port, username, password, vhost };
    const model = await connect({ ...login, heartbeat: HEARTBEAT_S }, options);
    return linkOver(model, named, () => socket.abort());
  } catch (error) {
    if (signal?.aborted) throw interrupted(named.address);
    if (socket.signal.aborted) throw timedOut(named.address, 'connecting and logging in', CONNECT_LIMIT_MS);
    throw connectError(error, named);
  } finally {
    clearTimeout(limit);
  }
}

type Identity = TlsOptions & { checkServerIdentity: typeof checkServerIdentity };

/** The name that the certificate must bear is the URL's, wherever `resolve` leads. */
function identityOf({ host }: Address, tls: TlsOptions | undefined): Identity {
  const expected = tls?.servername ?? host;
  return {
    ...tls,
    ...(isIP(expected) === 0 ? { servername: expected } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(expected, certificate),
  };
}

function linkOver(model: ChannelModel, named: NamedBroker, destroy: () => void): RabbitmqLink {
  const { address } = named;
  let lastError: unknown;
  // `error` comes before `close`, and only it carries the reason when the socket broke.
  model.on('error', (error) => {
    lastError = error;
  });
  const ended = new Promise<RabbitmqError>((resolve) => {
    model.on('close', (error) => resolve(endedError(lastError ?? error ?? 'it was closed', address)));
  });
  const opened = async <C extends Channel>(create: () => Promise<C>): Promise<OpenChannel<C>> => {
    const channel = await limited(address, 'open a channel', create);
    return { channel, closed: endOf(channel, () => lastError) };
  };
  return {
    ...named,
    ended,
    open: () => opened(() => model.createChannel()),
    openConfirm: () => opened(() => model.createConfirmChannel()),
    step: (step, work) => limited(address, step, work),
    async aside(step, work) {
      const { channel, closed } = await opened(() => model.createChannel());
      const result = await limited(address, step, () => work(channel));
      // Nobody waits for the goodbye; it fails only where the channel is gone already.
      channel.close().then(undefined, () => closed);
      return result;
    },
    async close() {
      await Promise.race([model.close().then(undefined, () => ended), sleep(GOODBYE_MS)]);
      destroy();
    },
  };
}

function endOf(channel: Channel, connectionError: () => unknown): Promise<unknown> {
  let reason: unknown;
  channel.on('error', (error) => {
    reason = error;
  });
  return new Promise((resolve) => {
    channel.on('close', () => resolve(reason ?? connectionError() ?? new Error('the channel was closed')));
  });
}

async function limited<T>(address: string, step: string, work: () => Promise<T>): Promise<T> {
  const timer = new AbortController();
  const expired = sleep(OPERATION_LIMIT_MS, undefined, { signal: timer.signal }).then(() => {
    throw timedOut(address, step, OPERATION_LIMIT_MS);
  });
  try {
    return await Promise.race([expired, Promise.resolve().then(work)]);
  } catch (error) {
    throw brokerError(error, address, step);
  } finally {
    timer.abort();
  }
}
