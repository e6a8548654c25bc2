/** A way to the broker that can be cut, or that speaks TLS; the broker's own address in its answers is replaced. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface BrokerProxy {
  address: string;
  /** How many connections were made to it so far. */
  connections: number;
  /** Ends what is open and whatever is opened until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/**
 * @param brokerPort on 127.0.0.1
 * @param options.advertise the port that clients are told instead of the broker's; default: the proxy's
 */
export async function startProxy(
  brokerPort: number,
  options: { tls?: TlsOptions; advertise?: number } = {},
): Promise<BrokerProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  const join = (client: Socket): void => {
    proxy.connections++;
    if (isCut) {
      client.destroy();
      return;
    }
    const broker = connect(brokerPort, '127.0.0.1');
    for (const [from, to] of [
      [client, broker],
      [broker, client],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
    client.on('data', (bytes) => broker.write(bytes));
    broker.on('data', (bytes) => client.write(readdressed(bytes, brokerPort, options.advertise ?? port)));
  };
  const server = options.tls ? createTlsServer(options.tls, join) : createServer(join);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  const proxy: BrokerProxy = {
    address: `127.0.0.1:${port}`,
    connections: 0,
    cut,
    mend() {
      isCut = false;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function readdressed(bytes: Buffer, from: number, to: number): Buffer {
  const place = (port: number): Buffer => {
    const number = Buffer.alloc(4);
    number.writeInt32BE(port);
    return Buffer.concat([Buffer.from('127.0.0.1'), number]);
  };
  const at = bytes.indexOf(place(from));
  if (at === -1) return bytes;
  return Buffer.concat([bytes.subarray(0, at), place(to), bytes.subarray(at + place(to).length)]);
}
