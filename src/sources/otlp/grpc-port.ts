/** The port for OTLP/gRPC, with or without TLS. The one place that knows @grpc/grpc-js. */
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { type ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServerTlsOptions } from '../../clients/tls.ts';
import type { Port } from './caught-up.ts';
import { openCalls } from './grpc-calls.ts';
import { listen } from './listen.ts';
import type { Reception } from './reception.ts';
import { tlsFailure, wrongAtGrpc } from './wrong-protocol.ts';

/** Calls on one connection at once. */
const MOST_STREAMS = 32;
/** Turns of the event loop in which an answer that was given goes out. */
const TURNS_TO_ANSWER = 3;

/**
 * Opens the port; resolves once it listens. Connections are accepted here and handed to the library, so that a taken
 * port, TLS and clients that speak another protocol are told of in the same words as with HTTP.
 * @param memory bytes that all bodies may take; half of it is for calls
 * @throws InTheWayError where it cannot listen: the port is taken, the address is not of this machine
 */
export async function openGrpcPort(
  address: string,
  tls: ServerTlsOptions | undefined,
  reception: Reception,
  memory: number,
): Promise<Port> {
  const most = Math.max(1, Math.floor(memory / 2 / reception.largestBody));
  const calls = openCalls(reception, most);
  const grpc = new Server({
    'grpc.max_receive_message_length': reception.largestBody,
    'grpc.max_concurrent_streams': MOST_STREAMS,
    'grpc.enable_channelz': 0,
    interceptors: [calls.interceptor],
  });
  calls.register(grpc);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const server = tls === undefined ? createServer() : createTlsServer({ ...tls, ALPNProtocols: ['h2'] });
  const bound = await listen(server, address, 'grpc');
  const connections = serve(server, tls !== undefined, injector, reception, bound);
  return {
    address: bound,
    accepted: connections.accepted,
    exchanges: calls.underWay,
    close: async () => {
      await connections.close();
      grpc.forceShutdown();
    },
  };
}

function serve(
  server: NetServer,
  isTls: boolean,
  injector: ConnectionInjector,
  reception: Reception,
  address: string,
): Pick<Port, 'accepted' | 'close'> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // What breaks off a connection is the client's business; the calls on it end by themselves.
    socket.on('error', () => {});
    if (!isTls) injectAfterFirstBytes(socket, injector, reception, address);
  });
  server.on('secureConnection', (socket: Socket) => {
    socket.on('error', () => {});
    injector.injectConnection(socket);
  });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    const complaint = tlsFailure(error, socket, address);
    if (complaint !== undefined) reception.sayOnce(complaint.message, complaint);
  });
  server.on('error', (error) => {
    const message = `the OTLP/gRPC receiver on ${address}: ${error.message}`;
    reception.sayOnce('grpc server', { message, hint: 'Start again.' });
  });
  const close = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    for (let turns = 0; turns < TURNS_TO_ANSWER; turns++) await turn();
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  return { accepted: () => accepted, close };
}

/** A client that speaks another protocol would only be met with silence. */
function injectAfterFirstBytes(
  socket: Socket,
  injector: ConnectionInjector,
  reception: Reception,
  address: string,
): void {
  socket.once('readable', () => {
    const bytes: unknown = socket.read();
    if (!Buffer.isBuffer(bytes)) return void socket.destroy();
    const complaint = wrongAtGrpc(bytes, address);
    if (complaint === undefined) {
      socket.unshift(bytes);
      injector.injectConnection(socket);
    } else {
      reception.sayOnce(complaint.message, complaint);
      socket.end('HTTP/1.1 415 Unsupported Media Type\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      socket.resume();
    }
  });
}
