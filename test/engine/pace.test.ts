import { expect, test } from 'vitest';
import { createPace } from '../../src/engine/pace.ts';

const clock = (): number => performance.now();

async function timesOf(kinds: string[], distance: number | undefined, signal: AbortSignal): Promise<number[]> {
  const pace = createPace(clock);
  return Promise.all(
    kinds.map(async (kind) => {
      const sent = await pace(kind, distance, signal);
      const at = clock();
      sent();
      return at;
    }),
  );
}

test('those of one kind keep their distance, the first goes at once, other kinds do not matter', async () => {
  const start = clock();
  const [a1 = 0, a2 = 0, b1 = 0, a3 = 0] = await timesOf(['a', 'a', 'b', 'a'], 60, new AbortController().signal);
  expect(a2 - a1).toBeGreaterThanOrEqual(60);
  expect(a3 - a2).toBeGreaterThanOrEqual(60);
  for (const first of [a1, b1]) expect(first - start).toBeLessThan(50);
});

test('without a distance nobody waits, and after an abort neither', async () => {
  const start = clock();
  await timesOf(['a', 'a', 'a'], undefined, new AbortController().signal);
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 20);
  await timesOf(['a', 'a', 'a'], 60_000, interrupt.signal);
  expect(clock() - start).toBeLessThan(2000);
});
