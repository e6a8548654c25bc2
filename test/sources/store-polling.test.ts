import { afterEach, expect, test } from 'vitest';
import { ANSWER_LIMITS } from '../../src/sources/store/answer.ts';
import { handedOver } from '../../src/sources/store/handed-over.ts';
import { createPace } from '../../src/sources/store/pace.ts';
import { type Asked, closeAll, openStore, replay, SKETCHES, START_MS, STORES } from './store-rig.ts';

afterEach(closeAll);

const isPoll = ({ path }: Asked): boolean => path.startsWith('/api/v2/trace/');

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test('an answer has its bounds', () => {
  expect(ANSWER_LIMITS).toEqual({ ms: 30_000, bytes: 64 * 2 ** 20 });
});

test('it is asked soon after a probe, then ever less often, never faster than it answers, and again soon after the next', () => {
  const pace = createPace();
  expect(pace.isDue(1_000_000, false)).toBe(false);
  pace.quicken(0);
  const asked: number[] = [];
  const run = (from: number, until: number, tookMs: number): void => {
    for (let now = from; now < until; now += 10) {
      if (!pace.isDue(now, false)) continue;
      asked.push(now);
      pace.answered(now + tookMs, tookMs);
      now += tookMs;
    }
  };
  run(0, 20_000, 0);
  expect(asked.slice(0, 4)).toEqual([250, 500, 900, 1540]);
  expect((asked.at(-1) ?? 0) - (asked.at(-2) ?? 0)).toBe(5000);
  pace.quicken(20_000);
  expect([pace.isDue(20_240, false), pace.isDue(20_250, false)]).toEqual([false, true]);
  asked.length = 0;
  run(20_250, 30_000, 800);
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(1600);
});

test('whoever waits is answered at once, but not while the store wants to be left alone', () => {
  const pace = createPace();
  expect(pace.isDue(0, true)).toBe(true);
  pace.pause(500);
  expect([pace.isDue(499, true), pace.isDue(500, true)]).toEqual([false, true]);
});

test('nothing is asked before the first probe but whether it answers, nor before its delay has passed', async () => {
  const server = await replay(STORES.zipkin(SKETCHES));
  const { source, probe } = await openStore('zipkin', server.url, { idle: true, askAfterMs: 600, delayMs: 600 });
  await pause(400);
  await source.caughtUp();
  expect(server.asked.map(({ path }) => path)).toEqual(['/api/v2/services']);
  const sent = Date.now();
  probe();
  while (!server.asked.some(isPoll)) await pause(20);
  const first = server.asked.find(isPoll)?.at ?? 0;
  expect(first - sent).toBeGreaterThanOrEqual(800);
  expect(first - sent).toBeLessThan(3000);
});

test('a trace that was tied to a probe is asked for too', async () => {
  const server = await replay(STORES.zipkin(SKETCHES));
  const { source, needles } = await openStore('zipkin', server.url);
  await source.caughtUp();
  needles.traceIds.add('f'.repeat(32));
  await source.caughtUp();
  expect(server.asked.some(({ path }) => path.endsWith('f'.repeat(32)))).toBe(true);
});

test('429 is heeded: it is left alone for as long as it says', async () => {
  const server = await replay(STORES.zipkin(SKETCHES));
  const { source } = await openStore('zipkin', server.url);
  server.answer = () => ({ status: 429, headers: { 'retry-after': '1' } });
  await source.caughtUp();
  const refused = Date.now();
  const before = server.asked.length;
  server.answer = undefined;
  await source.caughtUp();
  expect((server.asked[before]?.at ?? 0) - refused).toBeGreaterThanOrEqual(900);
});

test('what was handed over is remembered within bounds, and anew for a trace that belongs to a probe now', () => {
  const span = (traceId: string, spanId: string) => ({
    ...{ traceId, spanId, links: [], kind: 'server' as const, name: 'n', start: '0', end: '0', service: 's' },
    ...{ resource: {}, attributes: {}, tie: [], receivedAt: START_MS, sources: ['main'] },
  });
  const handed = handedOver(2);
  expect(handed.fresh([span('a', '1'), span('b', '1'), span('a', '1')]).length).toBe(2);
  expect(handed.fresh([span('a', '1'), span('b', '1')]).length).toBe(0);
  handed.forget('b');
  expect(handed.fresh([span('b', '1')]).length).toBe(1);
  expect(handed.fresh([span('c', '1')]).length).toBe(1);
  expect(handed.fresh([span('a', '1'), span('c', '1')]).map(({ traceId }) => traceId)).toEqual(['a']);
});

test('a span that is written where services write theirs, and shows: the store can be seen', async () => {
  const written: unknown[] = [];
  const server = await replay((asked) => {
    if (asked.method === 'POST') {
      written.push(...JSON.parse(asked.body));
      return { status: 202 };
    }
    const isCanary =
      written.length > 0 && isPoll(asked) && asked.path.endsWith((written[0] as { traceId: string }).traceId);
    return isCanary ? { body: written } : STORES.zipkin(SKETCHES)(asked);
  });
  const { source, spans, problems } = await openStore('zipkin', server.url, { export: `${server.url}/api/v2/spans` });
  expect(written.length).toBe(1);
  await source.caughtUp();
  expect(problems).toEqual([]);
  expect(source.sight().blind).toBeUndefined();
  expect(spans.some(({ service }) => service === 'tracegap')).toBe(false);
});

test('store and canary are reached where `resolve` leads', async () => {
  const server = await replay((asked) => (asked.method === 'POST' ? { body: {} } : STORES.zipkin([])(asked)));
  const { port } = new URL(server.url);
  const resolve = { 'zipkin.invalid:9411': `127.0.0.1:${port}`, 'collector.invalid:4318': `127.0.0.1:${port}` };
  const { source } = await openStore('zipkin', 'http://zipkin.invalid:9411', {
    resolve,
    export: 'http://collector.invalid:4318',
    // It never shows, so that it is not waited for long.
    delayMs: -9000,
  });
  await source.caughtUp();
  expect(server.asked.map(({ headers }) => headers.host)).toContain('collector.invalid:4318');
  expect(server.asked.map(({ headers }) => headers.host)).toContain('zipkin.invalid:9411');
});

test('one that does not show: nothing is told apart from not seen, until spans of the run come', async () => {
  const export_ = await replay(() => ({ body: {} }));
  const server = await replay(STORES.jaeger([]));
  const { source, problems, needles } = await openStore('jaeger', server.url, { export: export_.url, delayMs: -9000 });
  expect(export_.asked[0]).toMatchObject({ method: 'POST', path: '/v1/traces' });
  expect(JSON.parse(export_.asked[0]?.body ?? '')).toMatchObject({ resourceSpans: [{ scopeSpans: [{}] }] });
  await source.caughtUp();
  const reason = /^a span that was written to 127\.0\.0\.1:\d+ did not show in main within 1 s$/;
  expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
  expect(source.sight().blind).toMatch(reason);
  server.answer = STORES.jaeger(SKETCHES);
  needles.traceIds.add('e'.repeat(32));
  await source.caughtUp();
  expect(source.sight().blind).toBeUndefined();
});

test('one that cannot be written says so, and is no loss of sight', async () => {
  const export_ = await replay(() => ({ status: 400 }));
  const server = await replay(STORES.jaeger(SKETCHES));
  const { source, problems } = await openStore('jaeger', server.url, { export: export_.url });
  await source.caughtUp();
  expect(problems[0]?.message).toMatch(/did not take a span \(400\)/);
  expect(source.sight().blind).toBeUndefined();
  expect(source.sight().gaps).toEqual([]);
});
