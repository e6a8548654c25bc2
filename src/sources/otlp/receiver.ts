/** The OTLP/HTTP receiver that services send their spans to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { sayOnce } from '../say-once.ts';
import { sightKeeper } from '../sight-keeper.ts';
import type { Needles, OpenSource, SourceSink } from '../source.ts';
import { attributeFilter } from './attributes.ts';
import { answer, type Reception } from './exchange.ts';
import { jsonDecoder } from './json/request.ts';
import { listen } from './listen.ts';
import { memoryOf } from './memory.ts';
import { protobufDecoder } from './protobuf/request.ts';
import { wrongProtocol } from './wrong-protocol.ts';

const MIB = 2 ** 20;

/** In bytes. One body: what the OTLP specification recommends; all that are being read or decoded together. */
export interface ReceiverLimits {
  body: number;
  memory: number;
}

const LIMITS: ReceiverLimits = { body: 64 * MIB, memory: 256 * MIB };

/** Turns of the event loop in which a connection is accepted, its request read and its end seen; one is accepted a turn. */
const TURNS_TO_READ = 3;
/** How long catching up waits for a client that stopped in the middle of a body, or for the last of the new ones. */
const LONGEST_CATCH_UP_MS = 1000;

export interface OtlpReceiver extends OpenSource {
  /** `host:port` that it listens on. */
  address: string;
}

/**
 * Opens the receiver; resolves once it listens.
 * @param declaredAttributes names of attributes that the topology tells its nodes apart by
 * @param clock ms since the epoch
 * @throws InTheWayError where it cannot listen: the port is taken, the address is not of this machine
 */
export async function openOtlpReceiver(
  config: { name: string; http: string },
  needles: Needles,
  declaredAttributes: ReadonlySet<string>,
  sink: SourceSink,
  clock: () => number = Date.now,
  limits: ReceiverLimits = LIMITS,
): Promise<OtlpReceiver> {
  const settings = { source: config.name, needles, filter: attributeFilter(declaredAttributes) };
  const reception: Reception = {
    decode: { protobuf: protobufDecoder(settings), json: jsonDecoder(settings) },
    largestBody: limits.body,
    lease: memoryOf(limits.memory),
    sink,
    sayOnce: sayOnce(sink),
    keeper: sightKeeper(config.name, clock),
    clock,
  };
  // Exporters send every five seconds, which is when Node would close an idle connection under their hands.
  const server = createServer({ keepAliveTimeout: 0 });
  const address = await listen(server, config.http);
  const connections = serve(server, reception, address);
  return {
    address,
    sight: reception.keeper.sight,
    caughtUp: () => caughtUp(connections),
    close: async () => {
      reception.keeper.closed();
      await connections.close();
    },
  };
}

interface Connections {
  /** The exchanges that are going on, each with the promise of its end. */
  exchanges: ReadonlyMap<IncomingMessage, Promise<void>>;
  /** How many connections were accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

function serve(server: Server, reception: Reception, address: string): Connections {
  const sockets = new Set<Socket>();
  const exchanges = new Map<IncomingMessage, Promise<void>>();
  let accepted = 0;
  let isClosing = false;
  server.on('connection', (socket) => {
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
  const close = async (): Promise<void> => {
    isClosing = true;
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    const answering = new Set([...exchanges.keys()].filter(({ complete }) => complete).map(({ socket }) => socket));
    for (const socket of sockets) if (!answering.has(socket)) socket.destroy();
    await ended;
  };
  return { exchanges, accepted: () => accepted, close };
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

async function caughtUp({ exchanges, accepted }: Connections): Promise<void> {
  let isLate = false;
  const limit = new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_CATCH_UP_MS).unref();
  }).then(() => {
    isLate = true;
  });
  let before: number;
  do {
    before = accepted();
    for (let turns = 0; turns < TURNS_TO_READ; turns++) await turn();
  } while (accepted() > before && !isLate);
  await Promise.race([Promise.all(exchanges.values()), limit]);
}
