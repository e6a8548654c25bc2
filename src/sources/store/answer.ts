/** Answers of a store: the body, or what is wrong in words that say what to check. */
import { openQueryClient, type Query, type QueryAnswer, type QueryLimits } from '../../clients/http-query.ts';
import type { StoreConfig } from '../../model/reach.ts';
import { type StoreError, storeError } from './store.ts';

/** How long one answer may take, ms, and how long it may be, bytes. */
export const ANSWER_LIMITS: QueryLimits = { ms: 30_000, bytes: 64 * 2 ** 20 };

export interface Asker {
  /** The body of a good answer; nothing where the store says 404. @throws StoreError */
  find(query: Query, signal: AbortSignal): Promise<Buffer | undefined>;
  /** The body of a good answer; a 404 too is an error. @throws StoreError */
  get(query: Query, signal: AbortSignal): Promise<Buffer>;
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
  const answerTo = async (query: Query, signal: AbortSignal, mayBeAbsent: boolean): Promise<Buffer | undefined> => {
    const answer = await client.ask(query, signal);
    if ('complaint' in answer) throw storeError(answer.complaint.message, answer.complaint.hint);
    if (mayBeAbsent && answer.status === 404 && !isPage(answer)) return undefined;
    if (answer.status >= 300 || isPage(answer)) throw refusal(answer, client.where, product, shown(query));
    return answer.body;
  };
  return {
    find: (query, signal) => answerTo(query, signal, true),
    get: async (query, signal) => (await answerTo(query, signal, false)) ?? NOTHING,
    close: client.close,
  };
}

const NOTHING = Buffer.alloc(0);

/** A query's path; which trace it asks for is no matter. */
function shown({ path }: Query): string {
  return path.replace(/[0-9a-f]{16,32}/, '<trace id>');
}

/** A web page in place of an answer: a login, or a proxy's own. */
function isPage({ contentType, body }: QueryAnswer): boolean {
  return contentType.includes('text/html') || /^\s*<(?:!doctype|html)/i.test(body.toString('latin1', 0, 64));
}

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
