/** `--export`: the audit as a trace, posted to an OTLP/HTTP endpoint. */

import { userError } from '../library/user-error.ts';
import type { Report } from '../model/report.ts';
import { otlp } from '../report/otlp.ts';
import { type Terminal, write } from './terminal.ts';

const LONGEST_MS = 10_000;
/** Of the OTLP specification, §OTLP/HTTP Request. */
const PATH = '/v1/traces';
const SUCCESS = 200;
const REDIRECT = 300;

/** @throws a user error where the endpoint is no HTTP URL; userinfo in it is never shown */
export function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  throw userError('--export takes the URL of an OTLP/HTTP endpoint, for example http://127.0.0.1:4318');
}

/** Sends it in bounded time. A failure is told on stderr, and changes nothing else. */
export async function exportTrace(report: Report, endpoint: string, { stderr }: Terminal): Promise<void> {
  const { origin, pathname } = new URL(endpoint);
  const problem = await post(endpoint, otlp.render(report, { color: false, width: 0 }));
  if (problem === undefined) return;
  const where = `${origin}${pathname.replace(/\/$/, '')}${PATH}`;
  await write(stderr, `the audit was not exported to ${where}: ${problem.message}\n  ${problem.hint}\n`);
}

async function post(endpoint: string, body: string): Promise<{ message: string; hint: string } | undefined> {
  const { openHttpClient } = await import('../clients/http.ts');
  const client = await openHttpClient({ url: endpoint }, { responseMs: LONGEST_MS });
  const headers = ['content-type', 'application/json'];
  const { status, complaint } = await client.request(
    { method: 'POST', path: PATH, headers, body: Buffer.from(body) },
    new AbortController().signal,
  );
  await client.close();
  if (complaint !== undefined) return complaint;
  if (status !== undefined && status >= SUCCESS && status < REDIRECT) return undefined;
  return {
    message: `it answered ${status}`,
    hint: 'Check that OTLP over HTTP with JSON is taken there, and the credentials in the URL.',
  };
}
