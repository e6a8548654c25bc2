/** Answers that are read while they come: large ones, halves, and pieces that end anywhere. */
import { afterEach, describe, expect, test } from 'vitest';
import { documentReader, lineReader } from '../../src/sources/store/reading.ts';
import {
  type Answer,
  type Asked,
  closeAll,
  ESSENCES,
  essence,
  openStore,
  replay,
  SKETCHES,
  STORES,
  TRACE,
} from './store-rig.ts';

afterEach(closeAll);

const FILLERS = 600;
/** Some MiB: what is larger than one is read in parts. */
const LARGE = [
  ...SKETCHES,
  ...Array.from({ length: FILLERS }, (_, index) => ({
    trace: TRACE,
    id: `f${index.toString(16).padStart(15, '0')}`,
    kind: 'client' as const,
    service: 'Checkout',
    attributes: { 'app.note': 'é\\"\n'.repeat(1000) },
  })),
];

/** Whether it is a question for spans, and not for what services there are. */
const isForSpans = ({ path, body }: Asked): boolean => /trace/.test(path) || body.includes('LIMIT 100000');

function textOf({ body = '' }: Answer): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

describe.each(['jaeger', 'jaeger legacy', 'tempo', 'tempo v1', 'zipkin', 'clickhouse'] as const)('%s', (store) => {
  const kind = store === 'jaeger legacy' ? 'jaeger' : store === 'tempo v1' ? 'tempo' : store;
  const has = STORES[store](LARGE);

  test('a large answer gives what a small one gives', async () => {
    const server = await replay(has);
    const { source, spans, problems } = await openStore(kind, server.url);
    await source.caughtUp();
    expect(problems).toEqual([]);
    expect(spans.length).toBe(FILLERS + 3);
    expect(spans.map(essence)).toEqual(expect.arrayContaining([...ESSENCES]));
    expect(source.sight()).toMatchObject({ gaps: [], dropped: 0 });
  });

  test.each([
    ['breaks off', true, /closed the connection in the middle/],
    ['ends in the middle', false, /cannot be read: not JSON/],
  ])('a large answer that %s: what came before counts, and sight is not full', async (_what, cut, reason) => {
    const server = await replay((asked) => {
      const answer = has(asked);
      if (answer === undefined || !isForSpans(asked) || textOf(answer).length < 2 ** 20) return answer;
      const text = textOf(answer);
      return { ...answer, body: text.slice(0, text.length * 0.7), cut };
    });
    const { source, spans, problems } = await openStore(kind, server.url);
    await source.caughtUp();
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
    expect(source.sight().gaps.length + (source.sight().blind === undefined ? 0 : 1)).toBe(1);
    // A trace's processes come after its spans there.
    if (store !== 'jaeger legacy') expect(spans.length).toBeGreaterThan(FILLERS / 2);
  });

  test('a large answer of another kind is none', async () => {
    const other = { name: 'x'.repeat(2 ** 21) };
    const server = await replay((asked) => (isForSpans(asked) ? { body: other } : has(asked)));
    const { source, problems } = await openStore(kind, server.url);
    await source.caughtUp();
    const expected = kind === 'clickhouse' ? /whole number/ : /cannot be read: expected/;
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('pieces that end anywhere', () => {
  const document = {
    data: Array.from({ length: 300 }, (_, index) => ({ id: index, text: `é€😀\\"\n${'x'.repeat(4000)}` })),
  };
  const read = (text: string, size: number) => {
    const seen: unknown[] = [];
    const reader = documentReader({ paths: ['$.data.*'], alone: (value) => ({ data: [value] }) }, (part) => {
      seen.push(...(part as typeof document).data);
    });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
    reader.end();
    return seen;
  };

  test.each([7, 1000, 65_536])('of %i bytes', (size) => {
    expect(read(JSON.stringify(document), size)).toEqual(document.data);
    expect(read(`${JSON.stringify(document, undefined, 1).replaceAll('é', '\\u00e9')}\n`, size)).toEqual(document.data);
  });

  test('what is wrong is told without what stands there', () => {
    const text = JSON.stringify(document).replace('"id":250', '"id":secret');
    expect(() => read(text, 1000)).toThrow(/^not JSON: something is wrong at byte \d+$/);
  });

  test.each([1, 3, 1000])('lines of pieces of %i bytes', (size) => {
    const seen: unknown[] = [];
    const reader = lineReader((line) => seen.push(line));
    const bytes = Buffer.from('{"a":"é"}\n\n{"a":2}\r\n{"a":3}');
    for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
    expect(seen).toEqual([{ a: 'é' }, { a: 2 }]);
    reader.end();
    expect(seen).toEqual([{ a: 'é' }, { a: 2 }, { a: 3 }]);
  });
});

test('a small answer that breaks off: what came before counts too', async () => {
  const body = textOf(
    STORES.zipkin(SKETCHES)({ path: `/api/v2/trace/${TRACE}`, query: new URLSearchParams() } as Asked) ?? {},
  );
  const server = await replay((asked) =>
    asked.path.startsWith('/api/v2/trace/') ? { body: body.slice(0, -10), cut: true } : STORES.zipkin([])(asked),
  );
  const { source, spans, problems } = await openStore('zipkin', server.url);
  await source.caughtUp();
  expect([spans.length, problems.length]).toEqual([1, 1]);
});
