/** Asks a server over HTTP; the answer is bounded, kept or taken as it comes: connections are used again, a proxy comes from the environment. */
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { type Complaint, complaintError } from '../model/problem.ts';
import type { Reach, TlsConfig } from '../model/reach.ts';
import { basicOf, formatAddress, parseAddress } from './address.ts';
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
  /** Which `host:port` is connected to in place of another, where no proxy is in between. */
  resolve?: Reach['resolve'];
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

export interface QueryHead {
  status: number;
  contentType: string;
  /** `Retry-After`, as it was sent. */
  retryAfter?: string;
}

export interface QueryAnswer extends QueryHead {
  /** Empty where it was taken as it came. */
  body: Buffer;
}

/** Says who takes the body of an answer, decompressed, piece by piece; it is kept whole where nobody does. */
export type BodyTaking = (head: QueryHead) => ((bytes: Buffer) => void) | undefined;

export interface QueryClient {
  /** `host:port`, for people. */
  where: string;
  /**
   * What came back, whatever its status; or why nothing did, or not all of it. Redirects are not followed.
   * @throws only what the taker throws
   */
  ask(query: Query, signal: AbortSignal, taking?: BodyTaking): Promise<QueryAnswer | { complaint: Complaint }>;
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
  const { EnvHttpProxyAgent, buildConnector } = await import('undici');
  const own = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
  };
  const resolved = target.resolve?.[formatAddress(own)];
  const to = resolved === undefined ? own : parseAddress(resolved);
  const connect = buildConnector({ ...tls, timeout: CONNECT_LIMIT_MS });
  const agent = new EnvHttpProxyAgent({
    connect: (options, connected) => connect({ ...options, hostname: to.host, port: String(to.port) }, connected),
    ...(tls === undefined ? {} : { requestTls: tls }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const where = formatAddress(to) + (resolved === undefined ? '' : ` (where \`resolve\` sends ${formatAddress(own)})`);
  const place: HttpPlace = { where, host: to.host, tls: tls !== undefined, responseMs: limits.ms, of: 'source' };
  const closing = new AbortController();
  return {
    where,
    ask: (query, signal, taking = keepIt) =>
      exchange({ agent, url, place, limits, target }, { query, taking }, signal, closing.signal),
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

interface Asking {
  query: Query;
  taking: BodyTaking;
}

function keepIt(): undefined {
  return undefined;
}

async function exchange(
  route: Route,
  { query, taking }: Asking,
  signal: AbortSignal,
  closing: AbortSignal,
): Promise<QueryAnswer | { complaint: Complaint }> {
  const { agent, place, limits } = route;
  const limit = timeLimit(limits.ms, signal, closing);
  let stage: HttpStage = 'waiting';
  let refusal: { error: unknown } | undefined;
  try {
    const answer = await agent.request({ ...requestOf(route, query), signal: limit.signal });
    stage = 'reading';
    const head = headOf(answer);
    const kept: Buffer[] = [];
    const take = taking(head) ?? ((bytes: Buffer) => void kept.push(bytes));
    const isWhole = await read(answer.body, answer.headers['content-encoding'] === 'gzip', limits.bytes, (bytes) => {
      try {
        take(bytes);
      } catch (error) {
        refusal = { error };
        throw error;
      }
    });
    return isWhole ? { ...head, body: Buffer.concat(kept) } : { complaint: tooLarge(place, limits) };
  } catch (error) {
    if (refusal !== undefined) throw refusal.error;
    if (codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT') {
      return { complaint: httpFailure(limit.signal.reason ?? timeout(), 'connecting', place, false) };
    }
    return { complaint: httpFailure(error, stage, place, signal.aborted || closing.aborted) };
  } finally {
    limit.end();
  }
}

function headOf({ statusCode, headers }: Dispatcher.ResponseData): QueryHead {
  const { 'content-type': contentType = '', 'retry-after': retryAfter } = headers;
  return {
    status: statusCode,
    contentType: String(contentType),
    ...(retryAfter === undefined ? {} : { retryAfter: String(retryAfter) }),
  };
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

/** Hands the body over as it comes; false where it is too long. */
async function read(
  body: AsyncIterable<Buffer> & NodeJS.ReadableStream & { destroy(error?: Error): unknown },
  isGzip: boolean,
  most: number,
  take: (bytes: Buffer) => void,
): Promise<boolean> {
  const gunzip = isGzip ? createGunzip() : undefined;
  if (gunzip !== undefined) {
    body.on('error', (error) => gunzip.destroy(error));
    body.pipe(gunzip);
  }
  let size = 0;
  try {
    for await (const chunk of gunzip ?? body) {
      size += chunk.length;
      if (size > most) return false;
      take(chunk);
    }
    return true;
  } finally {
    body.on('error', () => undefined).destroy();
  }
}

function tooLarge({ where }: HttpPlace, { bytes }: QueryLimits): Complaint {
  return {
    message: `${where} answered with more than ${Math.round(bytes / 2 ** 20)} MiB`,
    hint: 'A trace of this size, or so many traces in the time of the run, cannot be taken in. Audit where less goes on.',
  };
}
