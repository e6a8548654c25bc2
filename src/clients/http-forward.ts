/** Sends bodies on to another HTTP server: one attempt each, bounded, never waited for. */
import type { Pool } from 'undici';
import { complaintError } from '../model/problem.ts';
import { basicOf } from './address.ts';
import { type HttpPlace, httpFailure } from './http-failure.ts';
import { timeLimit } from './time-limit.ts';

/** How much may be on its way at once, and for how long, in ms. */
export interface ForwardLimits {
  requests: number;
  bytes: number;
  answerMs: number;
  /** How long closing waits for what is on its way. */
  closingMs: number;
}

const FORWARD_LIMITS: ForwardLimits = {
  requests: 64,
  bytes: 16 * 2 ** 20,
  answerMs: 10_000,
  closingMs: 1000,
};

/** What became of the bodies. */
export interface Forwarded {
  /** `host:port` that they were sent to. */
  to: string;
  /** How many there were. */
  total: number;
  /** How many of them did not arrive, by reason. */
  lost: ReadonlyMap<string, number>;
}

export interface HttpForward {
  /** Sends a body by POST to a path below the url; whatever comes of it is only counted. */
  send(path: string, contentType: string, body: Buffer): void;
  /** One more body that did not arrive, for a reason that is not the target's. */
  lose(reason: string): void;
  /** Waits shortly for what is on its way, destroys the rest, and says what became of all. */
  close(): Promise<Forwarded>;
}

/** Connections at once; a pipeline that is slower than that is too slow. */
const CONNECTIONS = 8;

/**
 * Loads the library, connects to nothing yet. An `https:` url is checked against the system's trust store.
 * @param text its userinfo becomes `Authorization`; it is never shown
 * @throws ComplaintError for a url that cannot be used
 */
export async function openHttpForward(text: string, limits: ForwardLimits = FORWARD_LIMITS): Promise<HttpForward> {
  const url = urlOf(text);
  const { Pool: Library } = await import('undici');
  const { requests, bytes, answerMs: responseMs, closingMs } = limits;
  const pool = new Library(url.origin, { connections: CONNECTIONS, connect: { timeout: responseMs } });
  const to = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  const place: HttpPlace = { where: to, host: url.hostname, tls: url.protocol === 'https:', responseMs, of: 'source' };
  const lost = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  let bytesUnderWay = 0;
  let total = 0;

  const lose = (reason: string): void => {
    lost.set(reason, (lost.get(reason) ?? 0) + 1);
  };
  const send = async (path: string, contentType: string, body: Buffer): Promise<void> => {
    const limit = timeLimit(responseMs, closing.signal);
    const sent = { url, path, contentType, body, signal: limit.signal };
    const reason = await failureOf(pool, sent, place, closing.signal).finally(limit.end);
    bytesUnderWay -= body.length;
    if (reason !== undefined) lose(reason);
  };
  return {
    send: (path, contentType, body) => {
      total += 1;
      if (closing.signal.aborted) return lose('the run was over');
      const isTooMuch = underWay.size >= requests || bytesUnderWay + body.length > bytes;
      if (isTooMuch)
        return lose(`more than ${requests} batches or ${bytes} bytes would have been on their way at once`);
      bytesUnderWay += body.length;
      const done = send(path, contentType, body).finally(() => underWay.delete(done));
      underWay.add(done);
    },
    lose: (reason) => {
      total += 1;
      lose(reason);
    },
    close: async () => {
      if (underWay.size > 0) await Promise.race([Promise.all(underWay), after(closingMs)]);
      closing.abort();
      await Promise.all(underWay);
      await pool.destroy();
      return { to, total, lost };
    },
  };
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw complaintError({
    message: '`forward` is not an http:// or https:// url',
    hint: 'Write it as http://host:port; a variable in it may have expanded to something else.',
  });
}

/** One body on its way. */
interface Sent {
  url: URL;
  path: string;
  contentType: string;
  body: Buffer;
  signal: AbortSignal;
}

/** Why it did not arrive; undefined where it did. */
async function failureOf(
  pool: Pool,
  { url, path, contentType, body, signal }: Sent,
  place: HttpPlace,
  closing: AbortSignal,
): Promise<string | undefined> {
  const basic = basicOf(url);
  try {
    const answer = await pool.request({
      method: 'POST',
      path: url.pathname.replace(/\/$/, '') + path,
      headers: ['content-type', contentType, ...(basic === undefined ? [] : ['authorization', basic])],
      body,
      signal,
    });
    await answer.body.dump();
    return answer.statusCode < 300 ? undefined : `${place.where} answered ${answer.statusCode}`;
  } catch (error) {
    if (closing.aborted) return 'the run was over before the answer came';
    return httpFailure(error, 'waiting', place, false).message;
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
