/** Asks a server over HTTP and keeps the answer, bounded: connections are used again, a proxy comes from the environment. */
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { type Complaint, complaintError } from '../model/problem.ts';
import type { TlsConfig } from '../model/reach.ts';
import { basicOf, formatAddress } from './address.ts';
import { CONNECT_LIMIT_MS } from './dial.ts';
import { type HttpPlace, type HttpStage, httpFailure } from './http-failure.ts';
import { timeLimit } from './time-limit.ts';
import { readTls } from './tls.ts';

/** Whom queries go to; all templates expanded. */
export interface QueryTarget {
  /** A path in it stands before every query's path; userinfo becomes `Authorization`. */
  url: string;
  /** Sent with every query. */
  headers: [name: string, value: string][];
  /** Counts for an `https:` url; without it the system's trust store is used. */
  tls?: TlsConfig;
}

export interface QueryLimits {
  /** How long an answer may take, to the end of its body; ms. */
  ms: number;
  /** The longest body that is taken, decompressed; bytes. */
  bytes: number;
}

export interface Query {
  method: 'GET' | 'POST';
  path: string;
  /** Query parameters, not yet escaped. */
  parameters?: [name: string, value: string][];
  headers?: [name: string, value: string][];
  body?: string;
}

export interface QueryAnswer {
  status: number;
  contentType: string;
  /** `Retry-After`, as it was sent. */
  retryAfter?: string;
  body: Buffer;
}

export interface QueryClient {
  /** `host:port`, for people. */
  where: string;
  /** What came back, whatever its status; or why nothing did. Redirects are not followed. Never rejects. */
  ask(query: Query, signal: AbortSignal): Promise<QueryAnswer | { complaint: Complaint }>;
  /** Destroys what is open. */
  close(): Promise<void>;
}

/**
 * Reads TLS files and loads the library, connects to nothing yet.
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openQueryClient(target: QueryTarget, limits: QueryLimits): Promise<QueryClient> {
  const url = urlOf(target);
  const tls = readTls(url.protocol === 'https:' ? (target.tls ?? true) : undefined);
  const { EnvHttpProxyAgent } = await import('undici');
  const agent = new EnvHttpProxyAgent({
    connect: { ...tls, timeout: CONNECT_LIMIT_MS },
    ...(tls === undefined ? {} : { requestTls: tls }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const where = formatAddress({ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port });
  const place: HttpPlace = { where, host: url.hostname, tls: tls !== undefined, responseMs: limits.ms, of: 'source' };
  const closing = new AbortController();
  return {
    where,
    ask: (query, signal) => exchange({ agent, url, place, limits, target }, query, signal, closing.signal),
    close: async () => {
      closing.abort();
      await agent.destroy();
    },
  };
}

function urlOf({ url: text }: QueryTarget): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw complaintError({
    message: "the source's url is not an http:// or https:// url",
    hint: 'Write it as http://host:port; a variable in it may have expanded to something else.',
  });
}

interface Route {
  agent: Dispatcher;
  url: URL;
  place: HttpPlace;
  limits: QueryLimits;
  target: QueryTarget;
}

async function exchange(
  route: Route,
  query: Query,
  signal: AbortSignal,
  closing: AbortSignal,
): Promise<QueryAnswer | { complaint: Complaint }> {
  const { agent, place, limits } = route;
  const limit = timeLimit(limits.ms, signal, closing);
  let stage: HttpStage = 'waiting';
  try {
    const answer = await agent.request({ ...requestOf(route, query), signal: limit.signal });
    stage = 'reading';
    const { headers, statusCode, body } = answer;
    const bytes = await read(body, headers['content-encoding'] === 'gzip', limits.bytes);
    if (bytes === undefined) return { complaint: tooLarge(place, limits) };
    const { 'content-type': contentType = '', 'retry-after': retryAfter } = headers;
    return {
      status: statusCode,
      contentType: String(contentType),
      ...(retryAfter === undefined ? {} : { retryAfter: String(retryAfter) }),
      body: bytes,
    };
  } catch (error) {
    if (codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT') {
      return { complaint: httpFailure(limit.signal.reason ?? timeout(), 'connecting', place, false) };
    }
    return { complaint: httpFailure(error, stage, place, signal.aborted || closing.aborted) };
  } finally {
    limit.end();
  }
}

function timeout(): DOMException {
  return new DOMException('no connection in time', 'TimeoutError');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function requestOf({ url, target }: Route, query: Query): Dispatcher.RequestOptions {
  const parameters = new URLSearchParams(query.parameters ?? []).toString();
  const path = url.pathname.replace(/\/$/, '') + query.path;
  const headers = [
    ...credentialsOf(url, target),
    ...target.headers,
    ...(query.headers ?? []),
    ['accept-encoding', 'gzip'],
  ].flat();
  return {
    origin: url.origin,
    path: parameters === '' ? path : `${path}?${parameters}`,
    method: query.method,
    headers,
    body: query.body ?? null,
  };
}

/** What the url's userinfo says, unless the user declared an `Authorization`. */
function credentialsOf(url: URL, { headers }: QueryTarget): [string, string][] {
  const basic = basicOf(url);
  const declared = headers.some(([name]) => name.toLowerCase() === 'authorization');
  return declared || basic === undefined ? [] : [['authorization', basic]];
}

/** The body; nothing where it is too long. */
async function read(
  body: AsyncIterable<Buffer> & NodeJS.ReadableStream & { destroy(error?: Error): unknown },
  isGzip: boolean,
  most: number,
): Promise<Buffer | undefined> {
  const gunzip = isGzip ? createGunzip() : undefined;
  if (gunzip !== undefined) {
    body.on('error', (error) => gunzip.destroy(error));
    body.pipe(gunzip);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of gunzip ?? body) {
    size += chunk.length;
    if (size > most) {
      body.on('error', () => undefined).destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge({ where }: HttpPlace, { bytes }: QueryLimits): Complaint {
  return {
    message: `${where} answered with more than ${Math.round(bytes / 2 ** 20)} MiB`,
    hint: 'A trace of this size, or so many traces in the time of the run, cannot be taken in. Audit where less goes on.',
  };
}
