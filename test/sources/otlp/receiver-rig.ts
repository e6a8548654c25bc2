/** A receiver on a free port, all that it hands over and says, and clients that decide on every byte. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import type { SpanRecord } from '../../../src/model/evidence.ts';
import type { Complaint } from '../../../src/model/problem.ts';
import type { ReceiverTlsConfig } from '../../../src/model/reach.ts';
import { type OtlpReceiver, openOtlpReceiver, type ReceiverLimits } from '../../../src/sources/otlp/receiver.ts';
import { IDS, requestWith, SPAN_ID, TRACE_ID } from './bytes.ts';
import { settingsFor } from './settings.ts';

const REPLIES = protobuf.parse(`
  syntax = "proto3";
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
  message Status { int32 code = 1; string message = 2; }
`).root;

/** One span of `checkout`, in both encodings. */
export const ONE_SPAN: Record<'protobuf' | 'json', Buffer> = {
  protobuf: requestWith(IDS),
  json: jsonWith({ traceId: TRACE_ID, spanId: SPAN_ID }),
};
export const CONTENT_TYPES: Record<'protobuf' | 'json', string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** A request in OTLP/JSON with these spans of `checkout`. */
export function jsonWith(...spans: object[]): Buffer {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] };
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }));
}

export interface Rig {
  /** `address` is that of OTLP/HTTP; '' where it was not asked for. */
  receiver: OtlpReceiver & { address: string };
  spans: SpanRecord[];
  problems: Complaint[];
  /** What could not be forwarded. */
  forwardProblems: Complaint[];
  send(sent: Sent): Promise<Answer>;
  /** A raw connection. */
  connect(): Promise<Socket>;
}

/** A request. Without anything, the protobuf of one span to `/v1/traces`. */
export interface Sent {
  method?: string;
  path?: string;
  /** `null` leaves a header out. */
  headers?: Record<string, string | null>;
  body?: Buffer;
  /** In pieces and without content-length. */
  isChunked?: boolean;
  agent?: Agent;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** By which connection it came. */
  localPort: number | undefined;
}

const open: (() => unknown)[] = [];

/** To be called after each test: closes what it opened. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

export function closeLater(close: () => unknown): void {
  open.push(close);
}

export async function openRig(
  given: {
    http?: string;
    grpc?: string;
    tls?: ReceiverTlsConfig;
    forward?: string;
    limits?: ReceiverLimits;
    clock?: () => number;
    services?: string[];
    onSpans?: () => void;
  } = {},
): Promise<Rig> {
  const spans: SpanRecord[] = [];
  const problems: Complaint[] = [];
  const forwardProblems: Complaint[] = [];
  const { needles } = settingsFor(given.services === undefined ? {} : { services: given.services });
  const sink = {
    spans: (batch: SpanRecord[]) => {
      spans.push(...batch);
      given.onSpans?.();
    },
    problem: (problem: Complaint, part = 'source') => {
      (part === 'source' ? problems : forwardProblems).push(problem);
    },
  };
  const { http, grpc, tls, forward } = given;
  const config = {
    name: 'main',
    ...(http === undefined && grpc !== undefined ? {} : { http: http ?? '127.0.0.1:0' }),
    ...(grpc === undefined ? {} : { grpc }),
    ...(tls === undefined ? {} : { tls }),
    ...(forward === undefined ? {} : { forward }),
  };
  const opened = await openOtlpReceiver(config, needles, new Set(), sink, given.clock, given.limits);
  const receiver = { ...opened, address: opened.http ?? '' };
  closeLater(receiver.close);
  return {
    receiver,
    spans,
    problems,
    forwardProblems,
    send: (sent) => send(receiver.address, sent),
    connect: () => connectTo(receiver.address),
  };
}

async function send(address: string, sent: Sent): Promise<Answer> {
  const { method = 'POST', path = '/v1/traces', body = ONE_SPAN.protobuf } = sent;
  const given = { 'content-type': CONTENT_TYPES.protobuf, ...sent.headers };
  const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Record<
    string,
    string
  >;
  const outgoing = request(`http://${address}${path}`, { method, headers, agent: sent.agent ?? false });
  const answered = once(outgoing, 'response');
  if (sent.isChunked === true) {
    const half = body.length >> 1;
    outgoing.write(body.subarray(0, half));
    outgoing.end(body.subarray(half));
  } else outgoing.end(body);
  const [incoming]: IncomingMessage[] = await answered;
  if (incoming === undefined) throw new Error('no answer');
  const { statusCode = 0, socket } = incoming;
  const { localPort } = socket;
  return { status: statusCode, headers: incoming.headers, body: await buffer(incoming), localPort };
}

/** A receiver that takes a connection, reads of it, and dies before it answers. */
export async function openDying(): Promise<{ address: string; died: Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      server.close();
      socket.resetAndDestroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => server.close());
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return { address: `127.0.0.1:${port}`, died: once(server, 'close').then(() => {}) };
}

/** One connection that is used again and again. */
export function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  closeLater(() => agent.destroy());
  return agent;
}

export async function connectTo(address: string): Promise<Socket> {
  const colon = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  });
  closeLater(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The head of a request to `/v1/traces` and nothing of its body. */
export function headOf(contentLength: number, ...headers: string[]): string {
  const lines = ['POST /v1/traces HTTP/1.1', 'Host: a', `Content-Type: ${CONTENT_TYPES.protobuf}`, ...headers];
  return `${[...lines, `Content-Length: ${contentLength}`].join('\r\n')}\r\n\r\n`;
}

/** All that comes until the other side ends. */
export function everything(socket: Socket): Promise<string> {
  return text(socket);
}

/** An answer's body: `google.rpc.Status` where it was refused, else `ExportTraceServiceResponse`. */
export function readReply({ status, headers, body }: Answer): unknown {
  if (headers['content-type'] === CONTENT_TYPES.json) return JSON.parse(body.toString());
  if (headers['content-type'] !== CONTENT_TYPES.protobuf) throw new Error(`answered ${headers['content-type']}`);
  const type = REPLIES.lookupType(status === 200 ? 'Response' : 'Status');
  return type.toObject(type.decode(body), { longs: String });
}
