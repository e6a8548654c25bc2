/** What a store may answer instead of spans: each is a reason that is said once, and a stretch without sight. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Answer, closeAll, KINDS, openStore, replay, SKETCHES, STORES } from './store-rig.ts';

afterEach(closeAll);

const WEATHER: [what: string, answer: Answer, message: RegExp, hint: RegExp][] = [
  ['401', { status: 401 }, /refused to answer \(401\)/, /credentials/],
  ['403 with a page', { status: 403, type: 'text/html', body: '<html>' }, /refused to answer \(403\)/, /credentials/],
  ['429', { status: 429, headers: { 'retry-after': '0' } }, /asked too often \(429\)/, /later/],
  ['500', { status: 500, body: 'out of memory\nat x' }, /failed \(500\): out of memory$/, /log/],
  ['503', { status: 503, headers: { 'retry-after': '0' } }, /not available now \(503\)/, /later/],
  [
    'a login page',
    { type: 'text/html', body: '<!doctype html><html>Log in</html>' },
    /web page/,
    /login page or a proxy/,
  ],
  [
    'a redirect',
    { status: 302, headers: { location: 'https://sso/' } },
    /web page, or leads elsewhere \(302\)/,
    /login/,
  ],
  ['half a body', { body: '{"result":[', cut: true }, /closed the connection in the middle/, /log/],
  ['no JSON', { body: 'null and void' }, /cannot be read: (not JSON|expected)/, /url is that of/],
  [
    'JSON of another kind',
    { body: { data: 7, traces: 7, result: 7, trace: 7, batches: 7 } },
    /cannot be read|SELECT/,
    /./,
  ],
];

describe.each(KINDS)('%s, replayed', (kind) => {
  test.each(WEATHER)('%s', async (what, answer, message, hint) => {
    const server = await replay(STORES[kind](SKETCHES));
    const { source, spans, problems } = await openStore(kind, server.url);
    await source.caughtUp();
    expect([spans.length, problems, source.sight().gaps]).toEqual([3, [], []]);
    server.answer = () => answer;
    const since = Date.now();
    await source.caughtUp();
    await source.caughtUp();
    const [problem] = problems;
    // Of a row that has none of the columns nothing is left but that it has no ids.
    if (kind === 'clickhouse' && what === 'JSON of another kind') return;
    expect(problem?.message).toMatch(message);
    expect(problem?.hint).toMatch(hint);
    expect(problems.length).toBe(1);
    const sight = source.sight();
    expect(sight.blind).toBeUndefined();
    expect(sight.gaps).toEqual([{ from: expect.any(Number), until: sight.until, reason: problem?.message }]);
    expect(sight.gaps[0]?.from).toBeLessThanOrEqual(since);

    server.answer = undefined;
    await source.caughtUp();
    const [healed] = source.sight().gaps;
    expect(healed?.until).toBeLessThan(Date.now() + 1);
    expect(source.sight().gaps.length).toBe(1);
  });

  test('404 for everything: the base path is wrong, and nothing was seen', async () => {
    const server = await replay(() => undefined);
    const { source, problems } = await openStore(kind, server.url);
    await source.caughtUp();
    expect(problems[0]?.message).toMatch(/has nothing at .* \(404\)/);
    expect(problems[0]?.hint).toContain('base path');
    expect(problems.length).toBe(1);
    expect(source.sight().blind).toBe(problems[0]?.message);
  });

  test('nobody there: blind, with the reason', async () => {
    const server = await replay(STORES[kind]([]));
    const { url } = server;
    await closeAll();
    const { source, problems } = await openStore(kind, url);
    await source.caughtUp();
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('nothing accepts connections')]);
    expect(problems[0]?.hint).toContain("the source's url");
    expect(source.sight().blind).toContain('nothing accepts connections');
  });

  test('no answer at all is given up when the run ends', async () => {
    const server = await replay(STORES[kind]([]));
    const { source, problems } = await openStore(kind, server.url);
    server.answer = () => ({ hang: true });
    const waiting = source.caughtUp();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = Date.now();
    await source.close();
    await waiting;
    expect(Date.now() - before).toBeLessThan(1000);
    expect(problems).toEqual([]);
  });
});

test('a store that was away at first is seen from its first answer on', async () => {
  const server = await replay(STORES.jaeger(SKETCHES));
  server.answer = () => ({ status: 502, body: 'bad gateway' });
  const { source, spans } = await openStore('jaeger', server.url);
  expect(source.sight().blind).toContain('failed (502): bad gateway');
  server.answer = undefined;
  await source.caughtUp();
  expect(spans.length).toBe(3);
  expect(source.sight().blind).toBeUndefined();
});

test('no secret is in what is said', async () => {
  const server = await replay(() => ({ status: 401, body: 'no' }));
  const url = server.url.replace('//', '//audit:hunter2@');
  const { problems } = await openStore('zipkin', url, { headers: [['authorization', 'Bearer hunter3']] });
  expect(problems.length).toBe(1);
  expect(JSON.stringify(problems)).not.toMatch(/hunter/);
});
