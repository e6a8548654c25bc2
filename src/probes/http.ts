/** The HTTP probe: sends the declared request with its context, header by header as it was written. */
import { type HttpLimits, type HttpTarget, openHttpClient } from '../clients/http.ts';
import type { ProbeSender } from './probe.ts';

/**
 * A probe towards an HTTP node. With `dialTo` the bytes are the same, and go to the tap in front of it.
 * @throws ComplaintError for a url or TLS file that cannot be used
 */
export async function openHttpProbe(target: HttpTarget, limits: HttpLimits): Promise<ProbeSender> {
  const client = await openHttpClient(target, limits);
  return {
    async send({ method, path, headers, body }, signal) {
      const { status, complaint } = await client.request(
        { method, path, headers: headers.flat(), ...(body && { body }) },
        signal,
      );
      return {
        ...(status !== undefined && { status: String(status) }),
        ...(complaint && { error: complaint }),
      };
    },
    close: () => client.close(),
  };
}
