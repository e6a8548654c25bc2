/** The HTTP probe: sends the declared request with its context, header by header as it was written. */
import { type HttpAnswer, type HttpLimits, type HttpTarget, openHttpClient } from '../clients/http.ts';
import type { ProbeMessage, ProbeOutcome, ProbeSender } from './probe.ts';
import { readSaved } from './saved.ts';

/**
 * A probe towards an HTTP node. With `dialTo` the bytes are the same, and go to the tap in front of it.
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openHttpProbe(target: HttpTarget, limits: HttpLimits): Promise<ProbeSender> {
  const client = await openHttpClient(target, limits);
  const { origin, pathname } = new URL(target.url);
  const base = origin + pathname.replace(/\/$/, '');
  return {
    async send(message, signal) {
      const { method, path, body, save = [], jar } = message;
      const url = `${base}${path}`;
      const headers = withCookies(message.headers, jar?.cookiesFor(url) ?? '');
      const answer = await client.request(
        { method, path, headers: headers.flat(), ...(body && { body }), keep: save.length > 0 || jar !== undefined },
        signal,
      );
      jar?.take(url, [answer.kept?.headers['set-cookie'] ?? []].flat());
      return outcomeOf(answer, save);
    },
    close: () => client.close(),
  };
}

/** Puts what the jar holds behind what the user declared: a request has one `cookie` (RFC 6265 §5.4). */
function withCookies(headers: ProbeMessage['headers'], cookies: string): ProbeMessage['headers'] {
  if (cookies === '') return headers;
  const isCookie = ([name]: [string, string]): boolean => name.toLowerCase() === 'cookie';
  if (!headers.some(isCookie)) return [...headers, ['cookie', cookies]];
  return headers.map((header) => (isCookie(header) ? [header[0], `${header[1]}; ${cookies}`] : header));
}

function outcomeOf({ status, kept, complaint }: HttpAnswer, save: NonNullable<ProbeMessage['save']>): ProbeOutcome {
  return {
    ...(status !== undefined && { status: String(status) }),
    ...(complaint && { error: complaint }),
    ...(save.length > 0 && kept && { saved: readSaved(save, kept.headers, kept.body) }),
  };
}
