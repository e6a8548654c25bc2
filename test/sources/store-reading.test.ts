import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import {
  closeAll,
  ESSENCES,
  essence,
  KINDS,
  openStore,
  replay,
  SKETCHES,
  STORES,
  TRACE,
  zipkinSpans,
} from './store-rig.ts';

afterEach(closeAll);

const KEPT = ESSENCES;

describe.each([...KINDS, 'jaeger legacy', 'tempo v1'] as const)('%s, replayed', (store) => {
  const kind = store === 'jaeger legacy' ? 'jaeger' : store === 'tempo v1' ? 'tempo' : store;

  test('gives the spans of a trace and of one that was begun anew, in one spelling', async () => {
    const server = await replay(STORES[store](SKETCHES), '/base/path');
    const { source, spans, problems } = await openStore(kind, `${server.url}/`, {
      headers: [['x-scope-orgid', 'shop']],
    });
    await source.caughtUp();
    expect(problems).toEqual([]);
    expect(spans.map(essence).sort()).toEqual([...KEPT].sort());
    expect(server.asked.every(({ headers }) => headers['x-scope-orgid'] === 'shop')).toBe(true);
    expect(JSON.stringify(spans)).not.toContain('hunter2');
    expect(source.sight()).toMatchObject({ gaps: [], dropped: 0 });
    expect(source.sight().blind).toBeUndefined();
  });

  test('hands over nothing of a trace that is not there, and what comes later once', async () => {
    const server = await replay(STORES[store]([]));
    const { source, spans, problems } = await openStore(kind, server.url);
    await source.caughtUp();
    expect([spans, problems]).toEqual([[], []]);
    expect(source.sight().blind).toBeUndefined();
    server.answer = STORES[store](SKETCHES.slice(0, 1));
    await source.caughtUp();
    server.answer = STORES[store](SKETCHES);
    await source.caughtUp();
    await source.caughtUp();
    expect(spans.map(essence).sort()).toEqual([...KEPT].sort());
  });

  test('is asked with the credentials of its url', async () => {
    const server = await replay(STORES[store]([]));
    const { source } = await openStore(kind, server.url.replace('//', '//audit:p%40ss@'));
    await source.caughtUp();
    const basic = `Basic ${Buffer.from('audit:p@ss').toString('base64')}`;
    expect(new Set(server.asked.map(({ headers }) => headers.authorization))).toEqual(new Set([basic]));
  });
});

test('an answer may be compressed', async () => {
  const zipped = gzipSync(JSON.stringify(zipkinSpans(SKETCHES.slice(0, 2))));
  const { openQueryClient } = await import('../../src/clients/http-query.ts');
  const { createServer } = await import('node:http');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(zipped);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const target = { url: `http://127.0.0.1:${port}`, headers: [] };
  const ask = async (bytes: number) => {
    const client = await openQueryClient(target, { ms: 5000, bytes });
    const answer = await client.ask({ method: 'GET', path: '/' }, new AbortController().signal);
    await client.close();
    return answer;
  };
  expect(await ask(2 ** 20)).toMatchObject({
    status: 200,
    body: Buffer.from(JSON.stringify(zipkinSpans(SKETCHES.slice(0, 2)))),
  });
  expect(await ask(zipped.length + 1)).toMatchObject({
    complaint: { message: expect.stringContaining('answered with more than') },
  });
  server.closeAllConnections();
  server.close();
});

test('Jaeger is asked in both spellings of its parameters, for one trace and for each declared service', async () => {
  const server = await replay(STORES.jaeger(SKETCHES));
  const { source } = await openStore('jaeger', server.url);
  await source.caughtUp();
  const [, byId, search] = server.asked;
  expect(byId?.path).toBe(`/api/v3/traces/${TRACE}`);
  expect([byId?.query.get('rawTraces'), byId?.query.get('raw_traces')]).toEqual(['true', 'true']);
  expect(search?.query.get('query.serviceName')).toBe(search?.query.get('query.service_name'));
  const [from, until] = ['query.startTimeMin', 'query.start_time_max'].map((name) =>
    Date.parse(search?.query.get(name) ?? ''),
  );
  expect((until ?? 0) - (from ?? 0)).toBeGreaterThan(10_000);
});

test('Tempo is asked for the services and for the marker in one search, and its part of a trace is a gap', async () => {
  const server = await replay(STORES.tempo([]));
  const { source, problems } = await openStore('tempo', server.url);
  await source.caughtUp();
  const q = server.asked
    .filter(({ path }) => path === '/api/search')
    .at(-1)
    ?.query.get('q');
  expect(q).toContain('resource.service.name = "billing" || name =~ ".*c0ffee12.*"');
  server.answer = ({ path }) => (path === '/api/search' ? { body: {} } : { body: { trace: {}, status: 'PARTIAL' } });
  await source.caughtUp();
  expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('a part of a trace') })]);
  expect(source.sight().gaps).toEqual([
    expect.objectContaining({ reason: expect.stringContaining('a part of a trace') }),
  ]);
});

test('a Zipkin server span that shares its id with the client stands below it', async () => {
  const [, client] = zipkinSpans(SKETCHES);
  const shared = { ...client, kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'billing' } };
  const server = await replay((asked) =>
    asked.path === `/api/v2/trace/${TRACE}` ? { body: [client, shared] } : STORES.zipkin([])(asked),
  );
  const { source, spans } = await openStore('zipkin', server.url);
  await source.caughtUp();
  expect(spans.map(({ spanId, parentSpanId, kind, service }) => [spanId, parentSpanId, kind, service])).toEqual([
    ['0af7651916cd43dd', 'b7ad6b7169203331', 'client', 'Checkout'],
    ['0af7651916cd43dd', '0af7651916cd43dd', 'server', 'billing'],
  ]);
});

test('spans whose ids are none are left out, counted once and said', async () => {
  const [span] = zipkinSpans(SKETCHES);
  const server = await replay((asked) =>
    asked.path === `/api/v2/trace/${TRACE}` ? { body: [{ ...span, id: 'xyz' }, span] } : STORES.zipkin([])(asked),
  );
  const { source, spans, problems } = await openStore('zipkin', server.url);
  await source.caughtUp();
  await source.caughtUp();
  expect(spans.length).toBe(1);
  expect(source.sight().dropped).toBe(1);
  expect(problems.map(({ message }) => message)).toEqual([
    'main: left out: 1 spans: span id is not 8 bytes, or all zero',
  ]);
});
