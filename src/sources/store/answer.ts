/** Answers of a store: the body, or what is wrong in words that say what to check. */
import {
  openQueryClient,
  type Query,
  type QueryAnswer,
  type QueryHead,
  type QueryLimits,
} from '../../clients/http-query.ts';
import type { StoreConfig } from '../../model/reach.ts';
import type { BodyReader } from './reading.ts';
import { type StoreError, storeError } from './store.ts';

/** How long one answer may take, ms, and how long it may be, bytes. */
export const ANSWER_LIMITS: QueryLimits = { ms: 30_000, bytes: 64 * 2 ** 20 };

export interface Asker {
  /**
   * Reads the body of a good answer while it comes. Where it breaks off, what came before has been read.
   * @returns false where the store says 404
   * @throws StoreError, or what the reader throws
   */
  find(query: Query, reader: BodyReader, signal: AbortSignal): Promise<boolean>;
  /** As `find`; a 404 too is an error. */
  get(query: Query, reader: BodyReader, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param product the store's name, for people
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openAsker(
  config: StoreConfig,
  product: string,
  limits: QueryLimits = ANSWER_LIMITS,
): Promise<Asker> {
  const client = await openQueryClient(config, limits);
  const find = async (query: Query, reader: BodyReader, signal: AbortSignal): Promise<QueryAnswer> => {
    const refused = (answer: QueryAnswer): StoreError => refusal(answer, client.where, product, shown(query));
    const answer = await client.ask(query, signal, (head) => {
      if (head.status >= 300 || isPage(head)) return undefined;
      let isFirst = true;
      return (bytes) => {
        if (isFirst && looksLikePage(bytes)) throw refused({ ...head, body: bytes });
        isFirst = false;
        reader.take(bytes);
      };
    });
    if ('complaint' in answer) {
      reader.brokeOff();
      throw storeError(answer.complaint.message, answer.complaint.hint);
    }
    if (answer.status === 404 && !isPage(answer)) return answer;
    if (answer.status >= 300 || isPage(answer)) throw refused(answer);
    reader.end();
    return answer;
  };
  return {
    find: async (query, reader, signal) => (await find(query, reader, signal)).status !== 404,
    get: async (query, reader, signal) => {
      const answer = await find(query, reader, signal);
      if (answer.status === 404) throw refusal(answer, client.where, product, shown(query));
    },
    close: client.close,
  };
}

/** A query's path; which trace it asks for is no matter. */
function shown({ path }: Query): string {
  return path.replace(/[0-9a-f]{16,32}/, '<trace id>');
}

/** A web page in place of an answer: a login, or a proxy's own. */
function isPage({ contentType, body = NOTHING }: QueryHead & { body?: Buffer }): boolean {
  return contentType.includes('text/html') || looksLikePage(body);
}

function looksLikePage(bytes: Buffer): boolean {
  return /^\s*<(?:!doctype|html)/i.test(bytes.toString('latin1', 0, 64));
}

const NOTHING = Buffer.alloc(0);

function refusal(answer: QueryAnswer, where: string, product: string, path: string): StoreError {
  const { status, retryAfter } = answer;
  if (status === 401 || status === 403) {
    return storeError(
      `${where} refused to answer (${status})`,
      'Give the source the credentials that it needs as `headers`, an `authorization` perhaps.',
    );
  }
  if (status === 429 || status === 503) {
    const what = status === 429 ? 'was asked too often (429)' : 'is not available now (503)';
    return storeError(
      `${where} ${what}`,
      'It is asked again later; spans may come too late for this run.',
      msOf(retryAfter),
    );
  }
  if (status >= 500) return storeError(`${where} failed (${status})${quoted(answer)}`, `Check the log of ${product}.`);
  if (status === 404) {
    return storeError(
      `${where} has nothing at ${path} (404)${quoted(answer)}`,
      `Check that the source's url is that of ${product}; where it stands below a base path, the url ends with that.`,
    );
  }
  if (isPage(answer) || status < 400) {
    return storeError(
      `${where} answered ${path} with a web page, or leads elsewhere (${status})`,
      "A login page or a proxy? Give the source's credentials as `headers`, and check the path of its url.",
    );
  }
  return storeError(
    `${where} did not take the query ${path} (${status})${quoted(answer)}`,
    `Check that the source's url is that of ${product}, and which version it is.`,
  );
}

/** The first line of what it said, if that is text. */
function quoted({ body }: QueryAnswer): string {
  const line = body.toString('utf8', 0, 300).trim().split('\n', 1)[0] ?? '';
  return line === '' || isBinary(line) ? '' : `: ${line.slice(0, 200)}`;
}

function isBinary(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return /[\u0000-\u0008\u007f\ufffd<]/.test(text);
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), in ms, bounded; a second where it says nothing. */
function msOf(retryAfter = '1'): number {
  const seconds = Number(retryAfter);
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? 1000 : Math.min(Math.max(ms, 0), LONGEST_PAUSE_MS);
}

const LONGEST_PAUSE_MS = 60_000;
