import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { timeLimit } from '../../src/clients/time-limit.ts';

test('fires as a time-out once the time is over', async () => {
  const { signal } = timeLimit(5);
  expect(signal.aborted).toBe(false);
  await sleep(50);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

test('fires with the reason of a signal that it was made of, also of one that fired before', () => {
  const controller = new AbortController();
  const limit = timeLimit(60_000, new AbortController().signal, controller.signal);
  controller.abort('given up');
  expect(limit.signal.reason).toBe('given up');
  expect(timeLimit(60_000, controller.signal).signal.reason).toBe('given up');
  limit.end();
});

test('once ended it never fires, nor listens any more', async () => {
  const controller = new AbortController();
  const limit = timeLimit(5, controller.signal);
  limit.end();
  controller.abort();
  await sleep(30);
  expect(limit.signal.aborted).toBe(false);
});
