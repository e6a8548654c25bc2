/** Pairs the requests and answers of one connection and makes them wire events, from a copy of both directions. */
import type { ContextField, MarkerTie, WireEvent } from '../../model/evidence.ts';
import { isContextName } from '../../trace-context/carrier.ts';
import { findMarkers, withoutSecrets } from '../../trace-context/marker.ts';
import { canaryOf, isCanary } from '../canary.ts';
import { envelopeSearch } from './body-envelope.ts';
import { bodyMarkerSearch } from './body-markers.ts';
import {
  checkRequestBegun,
  checkStatusBegun,
  headerValues,
  parseRequestLine,
  parseStatusLine,
  requestBodyEnd,
  responseBodyEnd,
} from './framing.ts';
import type { Instant } from './instant.ts';
import { createMessageReader, type HeaderLine, type MessageListener } from './message.ts';

/** Requests of one connection that may wait for their answers at a time; no client pipelines more. */
const PENDING_LIMIT = 256;

export interface ConnectionContext {
  node: string;
  runId: string;
  /** Its number among the tap's connections. */
  connection: number;
  /** Local port of the tap's own connection to the node. */
  upstreamPort: number;
  event(event: WireEvent): void;
}

/**
 * The reading of one connection. Its first three functions throw an Error once nothing more can be read;
 * the message says why, for a person.
 */
export interface Exchanges {
  fromClient(chunk: Buffer, now: Instant): void;
  fromServer(chunk: Buffer, now: Instant): void;
  serverEnded(now: Instant): void;
  /** ms since the epoch when the request began that was not understood; undefined where there is none. */
  unreadSince(): number | undefined;
}

/** One request and as much of its answer as came. */
interface Exchange {
  method: string;
  id: string;
  began: Instant;
  target: string;
  context: ContextField[];
  tie: MarkerTie[];
  canary?: string;
  envelope?: ContextField[];
  status?: number;
  end?: string;
}

interface Connection {
  context: ConnectionContext;
  now: Instant;
  count: number;
  /** When the request began whose head is still coming. */
  began?: Instant | undefined;
  /** Without an answer yet, oldest first. */
  pending: Exchange[];
  /** What the next event says more than the last one of its id. */
  changed: Set<Exchange>;
}

export function createExchanges(context: ConnectionContext): Exchanges {
  const connection: Connection = { context, now: { ns: '0', ms: 0 }, count: 0, pending: [], changed: new Set() };
  const requests = createMessageReader(requestListener(connection));
  const answers = createMessageReader(answerListener(connection));

  function read(now: Instant, reading: () => void): void {
    connection.now = now;
    try {
      reading();
    } finally {
      emitChanged(connection);
    }
  }
  return {
    fromClient: (chunk, now) => read(now, () => requests.push(chunk)),
    fromServer: (chunk, now) => read(now, () => answers.push(chunk)),
    serverEnded: (now) => read(now, () => answers.finish()),
    unreadSince: () => connection.began?.ms,
  };
}

function requestListener(connection: Connection): MessageListener {
  const { runId } = connection.context;
  let line = { method: '', target: '' };
  let current: Exchange | undefined;
  let search = bodyMarkerSearch(runId);
  let envelope = envelopeSearch();
  return {
    starting(part) {
      connection.began ??= connection.now;
      checkRequestBegun(part);
    },
    startLine(text) {
      connection.began ??= connection.now;
      line = parseRequestLine(text);
    },
    headers(headers) {
      current = beginExchange(connection, line, headers);
      search = bodyMarkerSearch(runId);
      envelope = envelopeSearch();
      return requestBodyEnd(headers);
    },
    body(bytes) {
      envelope.piece(bytes);
      for (const probe of search(bytes)) {
        current?.tie.push({ probe, where: 'body' });
        if (current) connection.changed.add(current);
      }
    },
    end() {
      const found = envelope.end();
      if (current && found.envelope) connection.changed.add(Object.assign(current, found));
      current = undefined;
    },
  };
}

function beginExchange(
  connection: Connection,
  { method, target }: { method: string; target: string },
  headers: readonly HeaderLine[],
): Exchange {
  const { node, runId, connection: number } = connection.context;
  if (connection.pending.length === PENDING_LIMIT) {
    throw new Error(`more than ${PENDING_LIMIT} requests on one connection that wait for an answer`);
  }
  connection.count += 1;
  const exchange: Exchange = {
    method,
    id: `${node}:${number}:${connection.count}`,
    began: connection.began ?? connection.now,
    target: `${method} ${withoutSecrets(target, runId)}`,
    context: headers.filter(({ name }) => isContextName(name)).map(({ name, value }) => ({ name, value })),
    tie: tiesOf(target, headers, runId),
    ...canaryOf(headers.find(({ name }) => isCanary(name))?.value),
  };
  connection.began = undefined;
  connection.pending.push(exchange);
  connection.changed.add(exchange);
  return exchange;
}

/** Where markers of the run stand in a request's head, each place and probe once. */
function tiesOf(target: string, headers: readonly HeaderLine[], runId: string): MarkerTie[] {
  const places = [{ where: 'target', text: target }, ...headers.map(placeOf)];
  const ties = new Map<string, MarkerTie>();
  for (const { where, text } of places) {
    for (const probe of findMarkers(text, runId)) ties.set(`${where} ${probe}`, { probe, where });
  }
  return [...ties.values()];
}

function placeOf({ name, value }: HeaderLine): { where: string; text: string } {
  const lower = name.toLowerCase();
  return { where: lower === 'baggage' ? lower : `header:${lower}`, text: value };
}

function answerListener(connection: Connection): MessageListener {
  let status = 0;
  return {
    starting: checkStatusBegun,
    startLine(line) {
      status = parseStatusLine(line);
    },
    headers(headers) {
      const [answered] = connection.pending;
      const method = answered?.method ?? 'GET';
      if (answered && !isInterim(status)) {
        answered.status = status;
        connection.changed.add(answered);
      }
      refuseOtherProtocol(method, status, headers);
      return responseBodyEnd(method, status, headers);
    },
    body() {},
    end() {
      if (isInterim(status)) return;
      const answered = connection.pending.shift();
      if (answered === undefined) return;
      answered.end = connection.now.ns;
      connection.changed.add(answered);
    },
  };
}

/** An answer that another one follows (RFC 9110 §15.2); 101 is the last that is HTTP/1.1. */
function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

function refuseOtherProtocol(method: string, status: number, headers: readonly HeaderLine[]): void {
  if (status === 101) {
    const protocol = headerValues(headers, 'upgrade').join(', ').slice(0, 40);
    throw new Error(`upgraded to ${protocol || 'another protocol'}, which the tap does not read`);
  }
  if (method === 'CONNECT' && status < 300) throw new Error('a tunnel (CONNECT), which the tap does not read');
}

function emitChanged({ context, changed }: Connection): void {
  const exchanges = [...changed];
  changed.clear();
  for (const { id, began, target, context: fields, tie, canary, envelope, status, end } of exchanges) {
    context.event({
      id,
      node: context.node,
      transport: 'http',
      at: began.ns,
      seenAt: began.ms,
      target,
      context: [...fields],
      tie: [...tie],
      ...(canary !== undefined && { canary }),
      ...(envelope && { envelope }),
      http: {
        ...(status !== undefined && { status }),
        ...(end !== undefined && { end }),
        upstreamPort: context.upstreamPort,
      },
    });
  }
}
