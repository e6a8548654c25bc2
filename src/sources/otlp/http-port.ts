/** The port for OTLP/HTTP, with or without TLS. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ServerTlsOptions } from '../../clients/tls.ts';
import type { Port } from './caught-up.ts';
import { answer } from './exchange.ts';
import { listen } from './listen.ts';
import type { Reception } from './reception.ts';
import { tlsFailure, wrongProtocol } from './wrong-protocol.ts';

/**
 * Opens the port; resolves once it listens.
 * @throws InTheWayError where it cannot listen: the port is taken, the address is not of this machine
 */
export async function openHttpPort(
  address: string,
  tls: ServerTlsOptions | undefined,
  reception: Reception,
): Promise<Port> {
  // Exporters send every five seconds, which is when Node would close an idle connection under their hands.
  const options = { keepAliveTimeout: 0 };
  const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls });
  const bound = await listen(server, address, 'http');
  return { address: bound, ...serve(server, reception, bound) };
}

function serve(server: Server, reception: Reception, address: string): Omit<Port, 'address'> {
  const sockets = new Set<Socket>();
  const exchanges = new Map<IncomingMessage, Promise<void>>();
  let accepted = 0;
  let isClosing = false;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    const done = exchange(request, response, reception).finally(() => {
      exchanges.delete(request);
      if (isClosing) request.socket.destroySoon();
    });
    exchanges.set(request, done);
  });
  server.on('error', (error) => {
    reception.sayOnce('server', { message: `the OTLP receiver on ${address}: ${error.message}`, hint: 'Start again.' });
  });
  server.on('clientError', (error, socket) => {
    const complaint = wrongProtocol(error, address);
    if (complaint !== undefined) reception.sayOnce(complaint.message, complaint);
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    const complaint = tlsFailure(error, socket, address);
    if (complaint !== undefined) reception.sayOnce(complaint.message, complaint);
  });
  const close = async (): Promise<void> => {
    isClosing = true;
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    const complete = [...exchanges.keys()].filter((request) => request.complete);
    const answering = new Set(complete.map(({ socket }) => peerOf(socket)));
    for (const socket of sockets) if (!answering.has(peerOf(socket))) socket.destroy();
    await ended;
  };
  return { exchanges: () => exchanges.values(), accepted: () => accepted, close };
}

/** With TLS a request's socket is another object than the one that was accepted. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

async function exchange(request: IncomingMessage, response: ServerResponse, reception: Reception): Promise<void> {
  const reply = await answer(request, reception);
  // Of a client that did not wait for it nothing more would be heard.
  if (reply === undefined || response.destroyed) return;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
  await new Promise<void>((resolve) => {
    response.on('close', resolve);
    response.end(reply.body, resolve);
  });
}
