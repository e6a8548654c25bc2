/** A span of ours that is written where services write theirs, and must show in the store: the check of sight. */
import { randomBytes } from 'node:crypto';
import { openQueryClient } from '../../clients/http-query.ts';
import type { StoreConfig } from '../../model/reach.ts';
import { type StoreClient, storeError } from './store.ts';

/** How long it is looked for on top of the source's delay, ms. */
const PATIENCE_MS = 10_000;
const FIRST_LOOK_MS = 200;
const LONGEST_LOOK_MS = 2000;

const WRITING = { ms: 10_000, bytes: 2 ** 20 };

export interface Canary {
  traceId: string;
  spanId: string;
}

export function newCanary(): Canary {
  return { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
}

/**
 * Writes the span and looks for it.
 * @param clock ms since the epoch
 * @returns why nothing can be seen; nothing where it showed
 * @throws StoreError where it could not be written, or the store not be asked
 */
export async function lookFor(
  canary: Canary,
  config: StoreConfig & { export: string },
  client: StoreClient,
  clock: () => number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const began = clock();
  const to = await write(canary, config, began, signal);
  const patience = config.delayMs + PATIENCE_MS;
  for (let wait = FIRST_LOOK_MS; clock() < began + patience; wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
    await pause(wait, signal);
    if (await shows(canary, client, began, signal)) return undefined;
  }
  const seconds = Math.round(patience / 1000);
  return `a span that was written to ${to} did not show in ${config.name} within ${seconds} s`;
}

async function shows({ traceId }: Canary, client: StoreClient, began: number, signal: AbortSignal): Promise<boolean> {
  let seen = false;
  const wanted = { traceIds: [traceId], services: [], from: began - 60_000, until: began + 60_000, runId: traceId };
  await client.ask(
    wanted,
    ({ spans }) => {
      seen ||= spans.some((span) => span.traceId === traceId);
    },
    signal,
  );
  return seen;
}

/** @returns where it was written to, for people */
async function write(
  canary: Canary,
  { export: url, resolve = {} }: StoreConfig & { export: string },
  atMs: number,
  signal: AbortSignal,
): Promise<string> {
  const { path, base } = placeOf(url);
  const client = await openQueryClient({ url: base, headers: [], resolve }, WRITING);
  try {
    const body = path === ZIPKIN_PATH ? zipkinSpan(canary, atMs) : otlpSpan(canary, atMs);
    const headers: [string, string][] = [['content-type', 'application/json']];
    const answer = await client.ask({ method: 'POST', path, headers, body }, signal);
    const hint = 'Let `export` of the source be where services send their spans over OTLP/HTTP, or leave it out.';
    if ('complaint' in answer) throw storeError(`no span could be written: ${answer.complaint.message}`, hint);
    if (answer.status >= 300) throw storeError(`${client.where} did not take a span (${answer.status})`, hint);
    return client.where;
  } finally {
    await client.close();
  }
}

const OTLP_PATH = '/v1/traces';
const ZIPKIN_PATH = '/api/v2/spans';

/** OTLP unless the url says that it is Zipkin's own. */
function placeOf(url: string): { base: string; path: string } {
  const path = url.replace(/\/$/, '').endsWith(ZIPKIN_PATH) ? ZIPKIN_PATH : OTLP_PATH;
  return { base: url.replace(/\/$/, '').replace(new RegExp(`${path}$`), ''), path };
}

function otlpSpan({ traceId, spanId }: Canary, atMs: number): string {
  const time = String(BigInt(Math.round(atMs)) * 1_000_000n);
  const span = { traceId, spanId, name: NAME, kind: 1, startTimeUnixNano: time, endTimeUnixNano: time, flags: 1 };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: SERVICE } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: SERVICE }, spans: [span] }] }] });
}

function zipkinSpan({ traceId, spanId }: Canary, atMs: number): string {
  const timestamp = Math.round(atMs) * 1000;
  return JSON.stringify([
    { traceId, id: spanId, name: NAME, timestamp, duration: 1, localEndpoint: { serviceName: SERVICE } },
  ]);
}

const SERVICE = 'tracegap';
const NAME = 'check of sight';

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
