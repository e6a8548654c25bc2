/** The fixtures' RabbitMQ with types, and a user's own connection to it. */
import { type Channel, type ChannelModel, type ConfirmChannel, connect, type Options } from 'amqplib';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { startRabbitmq as start } from '../../fixtures/parts/rabbitmq.mjs';

export interface Broker {
  url: string;
  host: string;
  port: number;
  dataDir: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
  ctl(...args: string[]): Promise<string>;
}

/** A broker that comes back after `kill` is started with the same port and data folder. */
export const startRabbitmq: (options?: { port?: number; dataDir?: string }) => Promise<Broker> = start;

/** The broker's URL for another user, virtual host or port. */
export function urlOf(
  broker: Broker,
  change: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port'>>,
): string {
  return Object.assign(new URL(broker.url), change).href;
}

export interface User {
  model: ChannelModel;
  channel: Channel;
  /** Resolves when the broker has confirmed it. */
  publish(exchange: string, routingKey: string, body?: string | Buffer, options?: Options.Publish): Promise<void>;
  close(): Promise<void>;
}

/** A connection such as the user's services have: declares, publishes, consumes. */
export async function connectUser(broker: Broker): Promise<User> {
  const model = await connect(broker.url);
  const channel = await model.createChannel();
  const confirms: ConfirmChannel = await model.createConfirmChannel();
  // What goes wrong is what the call at hand rejects with; without a listener amqplib would end the whole connection.
  for (const emitter of [model, channel, confirms]) emitter.on('error', () => undefined);
  return {
    model,
    channel,
    publish: (exchange, routingKey, body = '', options = {}) =>
      new Promise((resolve, reject) => {
        confirms.publish(exchange, routingKey, Buffer.from(body), options, (error: unknown) =>
          error === null ? resolve() : reject(error),
        );
      }),
    close: () => model.close(),
  };
}
