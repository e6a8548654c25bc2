/** Sends one HTTP/1.1 request, exactly as it is given, once. Undici is known here and in `http-forward.ts` only. */
import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import { type Complaint, complaintError } from '../model/problem.ts';
import type { TlsConfig } from '../model/reach.ts';
import { type Address, basicOf, formatAddress, parseAddress } from './address.ts';
import { CONNECT_LIMIT_MS, dial } from './dial.ts';
import { type HttpPlace, type HttpStage, httpFailure } from './http-failure.ts';
import { timeLimit } from './time-limit.ts';
import { readTls, type TlsOptions } from './tls.ts';

/** More of a response body than this is not read. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** Whom requests go to; all templates expanded. */
export interface HttpTarget {
  /** Its host is what `Host` says. A path in it stands before every request's path; userinfo becomes `Authorization`. */
  url: string;
  /** Counts for an `https:` url; without it the system's trust store is used. */
  tls?: true | TlsConfig;
  /** `host:port` that is connected to instead of the url's: the tap in front. */
  dialTo?: string;
  /** The tap in front speaks TLS to the node itself, and reads what comes to it plain. */
  plainToTap?: boolean;
  /** `host:port` that stands for the url's own (`resolve`); the name in `Host` and certificate stays. */
  resolved?: string;
}

/** How long an answer may take, from the connection to the end of its body; ms. A connection may take 3 s. */
export interface HttpLimits {
  responseMs: number;
}

export interface HttpRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** `[name, value, name, value, …]`: written as given, in this order, duplicates and case kept. */
  headers: string[];
  body?: Buffer;
  /** Whether headers and body of the answer are wanted. */
  keep?: boolean;
}

/** What came of a request. Both are there where an answer began and was cut off. */
export interface HttpAnswer {
  status?: number;
  /** Where it is wanted: headers by lower-case name, and at most 16 MiB of the body. */
  kept?: { headers: Record<string, string | string[] | undefined>; body: Buffer };
  complaint?: Complaint;
}

export interface HttpClient {
  /**
   * Sends on a connection of its own, never twice; redirects are not followed, the body is read, and forgotten unless it is wanted.
   * Adds nothing but `host`, `connection`, `content-length` and the url's credentials. Never rejects.
   */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Destroys what is open. */
  close(): Promise<void>;
}

/**
 * Reads TLS files and loads the library, connects to nothing yet.
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openHttpClient(target: HttpTarget, limits: HttpLimits): Promise<HttpClient> {
  const route = routeTo(target, limits);
  const library = await import('undici');
  const closing = new AbortController();
  return {
    request: (request, signal) =>
      exchange(route, withCredentials(request, route.url), AbortSignal.any([signal, closing.signal]), library.Client),
    close: async () => closing.abort(),
  };
}

/**
 * Connects, with TLS where the url says so, and sends nothing.
 * @throws ComplaintError that says what was in the way
 */
export async function connectHttp(target: HttpTarget, signal: AbortSignal): Promise<void> {
  const { url, to, tls, place } = routeTo(target, { responseMs: CONNECT_LIMIT_MS });
  try {
    const socket = await dial(to, tls && { ...tls, expectedName: unbracketed(url) }, signal);
    socket.destroy();
  } catch (error) {
    throw complaintError(httpFailure(error, 'connecting', place, signal.aborted));
  }
}

interface Route {
  url: URL;
  to: Address;
  tls: TlsOptions | undefined;
  place: HttpPlace;
}

function routeTo({ url: text, tls, dialTo, plainToTap, resolved }: HttpTarget, { responseMs }: HttpLimits): Route {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw complaintError({
      message: "the node's url is not an http:// or https:// url",
      hint: 'Write it as http://host:port; a variable in it may have expanded to something else.',
    });
  }
  const secure = url.protocol === 'https:';
  const own = { host: unbracketed(url), port: Number(url.port) || (secure ? 443 : 80) };
  const other = dialTo ?? resolved;
  const to = other === undefined ? own : parseAddress(other);
  const role = dialTo === undefined ? 'where `resolve` sends' : 'the tap in front of';
  const where = formatAddress(to) + (other === undefined ? '' : ` (${role} ${formatAddress(own)})`);
  return {
    url,
    to,
    tls: secure && plainToTap !== true ? readTls(tls ?? true) : undefined,
    place: { where, host: to.host, tls: secure && plainToTap !== true, responseMs, of: 'node' },
  };
}

/** Adds what the url's userinfo says, unless the user declared an `Authorization`. */
function withCredentials(request: HttpRequest, url: URL): HttpRequest {
  const declared = request.headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization');
  const basic = basicOf(url);
  if (declared || basic === undefined) return request;
  return { ...request, headers: [...request.headers, 'authorization', basic] };
}

async function exchange(
  { url, to, tls, place }: Route,
  request: HttpRequest,
  signal: AbortSignal,
  Library: typeof Client,
): Promise<HttpAnswer> {
  const limit = timeLimit(place.responseMs, signal);
  const opened: { destroy(): unknown }[] = [];
  let stage: HttpStage = 'connecting';
  let status: number | undefined;
  try {
    const socket = await dial(to, tls && { ...tls, expectedName: unbracketed(url) }, limit.signal);
    opened.push(socket);
    stage = 'waiting';
    const client = clientOn(socket, url, Library);
    opened.push(client);
    const answer = await client.request({ ...asWritten(request, url), signal: limit.signal });
    stage = 'reading';
    status = answer.statusCode;
    const body = await drain(answer.body, request.keep === true);
    return request.keep === true ? { status, kept: { headers: answer.headers, body } } : { status };
  } catch (error) {
    const complaint = httpFailure(error, stage, place, signal.aborted);
    return status === undefined ? { complaint } : { status, complaint };
  } finally {
    limit.end();
    for (const each of opened.reverse()) await each.destroy();
  }
}

/**
 * A client that has this one connection: were it lost before the answer, nothing is sent a second time.
 * It expects its callback in a later turn; called at once, the request would wait for ever.
 */
function clientOn(socket: Socket, url: URL, Library: typeof Client): Client {
  let given = false;
  return new Library(url.origin, {
    connect: (_options, callback) => {
      const lost = given ? Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' }) : undefined;
      given = true;
      queueMicrotask(() => (lost ? callback(lost, null) : callback(null, socket)));
    },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Header values and paths that are not ASCII go out as UTF-8; undici writes a character as the byte of its number. */
function asWritten({ method, path, headers, body }: HttpRequest, url: URL): Dispatcher.RequestOptions {
  return {
    method,
    path: utf8Bytes(url.pathname.replace(/\/$/, '') + path),
    headers: headers.map(utf8Bytes),
    body: body ?? null,
  };
}

function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

async function drain(body: AsyncIterable<Buffer>, keep: boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of body) {
    read += chunk.length;
    if (read > BODY_LIMIT) break;
    if (keep) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unbracketed({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
