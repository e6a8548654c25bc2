/** Audits whose spans come from trace stores: the real ones, and Tempo's API replayed. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findClickhouse, startClickhouse } from '../../fixtures/parts/clickhouse.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findJaeger, startJaeger } from '../../fixtures/parts/jaeger.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findZipkin, startZipkin } from '../../fixtures/parts/zipkin.mjs';
import { closeAll, replay } from '../sources/store-rig.ts';
import { audit, tracegap, verdictsOf } from './cli.ts';
import { isAtHand } from './part.ts';
import { startTempoReplay } from './stores-relay.ts';
import {
  otlpOf,
  type TwoServices,
  twoServices,
  type Write,
  writeClickhouse,
  writeOtlp,
  writeZipkin,
} from './stores-rig.ts';

interface Store {
  kind: string;
  write: Write;
  source: { url: string; export?: string; headers?: Record<string, string> };
  stop(): Promise<unknown> | unknown;
}

async function replayedTempo(): Promise<Store> {
  const { url, write, stop } = await startTempoReplay();
  return {
    kind: 'tempo',
    write: async (spans) => write(otlpOf(spans).resourceSpans),
    source: { url, headers: { 'x-scope-orgid': 'shop' } },
    stop,
  };
}

async function realJaeger(): Promise<Store> {
  const jaeger = await startJaeger();
  const source = { url: jaeger.url, export: jaeger.otlpHttp };
  return { kind: 'jaeger', write: writeOtlp(jaeger.otlpHttp), source, stop: jaeger.stop };
}

/** A server before it that has no API v3, as older versions, so that the other one is asked. */
async function jaegerWithoutV3(): Promise<Store> {
  const jaeger = await realJaeger();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/v3')) return void response.writeHead(404).end('404 page not found');
    void fetch(jaeger.source.url + request.url).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const source = { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await jaeger.stop();
  };
  return { ...jaeger, source, stop };
}

async function realZipkin(): Promise<Store> {
  const { url, stop } = await startZipkin();
  return { kind: 'zipkin', write: writeZipkin(url), source: { url, export: `${url}/api/v2/spans` }, stop };
}

async function clickhouse(): Promise<Store> {
  const { url, stop } = await startClickhouse();
  return { kind: 'clickhouse', write: writeClickhouse(url), source: { url }, stop };
}

const NEVER = (): undefined => undefined;

describe.each([
  ['Tempo (its API, replayed)', 'Tempo', () => 'here', replayedTempo],
  ["ClickHouse's engine (chdb), HTTP replayed", 'ClickHouse', findClickhouse, clickhouse],
  ['a real Zipkin', 'Zipkin', findZipkin, realZipkin],
  ['a real Jaeger', 'Jaeger', findJaeger, realJaeger],
  ['the older API of a real Jaeger', 'Jaeger', findJaeger, jaegerWithoutV3],
] as [string, string, typeof NEVER, () => Promise<Store>][])('%s', (_name, part, find, start) => {
  describe.runIf(isAtHand(part, find))('an audit', () => {
    let store: Store;
    let services: TwoServices;
    beforeAll(async () => {
      store = await start();
      services = await twoServices((spans) => store.write(spans));
    });
    afterAll(async () => {
      services?.stop();
      await store?.stop();
    });
    const topology = () => services.topology({ [store.kind]: { ...store.source, delay: '500ms' } });

    test('of a system that is well ends as soon as its spans are there', async () => {
      services.injects = true;
      const { status, report, stderr, judged, reportText } = await audit(topology());
      expect(verdictsOf(report), stderr).toEqual({ 'probe -> checkout': 'intact', 'checkout -> pricing': 'intact' });
      expect([status, report.problems]).toEqual([0, []]);
      expect(judged.stdout).toBe(reportText);
      expect(report.run.durationMs).toBeLessThan(20_000);
    });

    test('finds who lost the context, in the trace that was begun anew', async () => {
      services.injects = false;
      const { status, report, stderr } = await audit(topology());
      expect(verdictsOf(report)['checkout -> pricing'], stderr).toMatch(/^broken · not-injected or not-extracted/);
      expect(status).toBe(1);
    });
  });
});

test('a store whose name no DNS knows is asked where `resolve` leads', async () => {
  const tempo = await startTempoReplay();
  const services = await twoServices(async (spans) => tempo.write(otlpOf(spans).resourceSpans));
  const name = 'tempo.acme.invalid:3200';
  const source = { tempo: { url: `http://${name}/tempo`, headers: { 'x-scope-orgid': 'shop' }, delay: '500ms' } };
  const resolve = { [name]: new URL(tempo.url).host };
  const { status, report, stderr } = await audit(services.topology(source, { resolve }));
  services.stop();
  await tempo.stop();
  expect([status, report.problems], stderr).toEqual([0, []]);
});

describe('a store that cannot be seen', () => {
  let services: TwoServices;
  beforeAll(async () => {
    services = await twoServices(async () => undefined);
  });
  afterAll(async () => {
    services.stop();
    await closeAll();
  });

  test.each([
    ['is not there', 'http://127.0.0.1:1', /nothing accepts connections at 127\.0\.0\.1:1/],
    ['is something else', undefined, /has nothing at .* \(404\)/],
  ])('%s: exit 3 with the reason', async (_what, url, reason) => {
    const zipkin = { url: url ?? (await replay(() => undefined)).url, delay: '1s' };
    const { status, report } = await audit(services.topology({ zipkin }, { deadline: '1s' }));
    expect(status).toBe(3);
    expect(report.hops[0]?.findings[0]).toMatchObject({ cause: 'source-down', message: expect.stringMatching(reason) });
    expect(report.hops[0]?.waited.ms).toBeGreaterThanOrEqual(1900);
    expect(report.problems).toEqual([expect.objectContaining({ part: 'source', name: 'zipkin' })]);
  });

  test('is given up at once when interrupted', async () => {
    const { url } = await replay(({ path }) => (path.endsWith('/services') ? { body: {} } : { hang: true }));
    let interruptedAt = 0;
    const { status } = await tracegap(['audit', services.topology({ jaeger: { url } })], {
      onStderr: (text, kill) => {
        if (!text.includes('sent order')) return;
        interruptedAt ||= performance.now();
        kill('SIGINT');
      },
    });
    expect(status).toBe(130);
    expect(performance.now() - interruptedAt).toBeLessThan(5000);
  });
});
