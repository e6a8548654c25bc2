import { expect, test } from 'vitest';
import {
  follow,
  leadersOf,
  ledBy,
  moveOn,
  noPositions,
  type Positions,
  reached,
  startOver,
} from '../../src/clients/kafka-positions.ts';
import type { KafkaSession, OffsetOf } from '../../src/clients/kafka-session.ts';

/** A cluster with partitions 0 and 1 at node 1 and partition 2 at node 2. */
const LEADERS = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
]);

function session(leaders: Map<number, number>, offsets: Record<OffsetOf, bigint>): KafkaSession {
  return {
    leaders: async () => leaders,
    offsets: async (of, wanted) => new Map([...wanted.keys()].map((partition) => [partition, offsets[of]])),
    fetch: async () => [],
    committed: async () => new Map(),
    destroy: () => undefined,
  };
}

const offsets = { start: 2n, end: 9n, committed: 7n };

async function followed(): Promise<Positions> {
  const positions = noPositions();
  await follow(positions, session(LEADERS, offsets), 'end');
  return positions;
}

const settled = async (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);

test('partitions begin at their end, those that come later at their start, and each keeps its place', async () => {
  const positions = await followed();
  moveOn(positions, 0, 9n, 12n);
  await follow(positions, session(new Map([...LEADERS, [3, 2]]), { ...offsets, end: 99n }), 'start');
  expect(Object.fromEntries(positions.at)).toEqual({
    0: { first: 9n, next: 12n },
    1: { first: 9n, next: 9n },
    2: { first: 9n, next: 9n },
    3: { first: 2n, next: 2n },
  });
});

test('each leader is asked for what it leads; the partition that gave records last comes last', async () => {
  const positions = await followed();
  expect(leadersOf(positions)).toEqual([1, 2]);
  moveOn(positions, 0, 9n, 10n);
  expect([...ledBy(positions, 1)]).toEqual([
    [1, 9n],
    [0, 10n],
  ]);
  expect([...ledBy(positions, 2)]).toEqual([[2, 9n]]);
  expect([...ledBy(positions, 7)]).toEqual([]);
});

test('a second answer for the same position is not taken', async () => {
  const positions = await followed();
  expect([moveOn(positions, 0, 9n, 11n), moveOn(positions, 0, 9n, 10n)]).toEqual([true, false]);
  expect([startOver(positions, 0, 9n, 0n), startOver(positions, 0, 11n, 1n)]).toEqual([false, true]);
  expect(positions.at.get(0)).toEqual({ first: 1n, next: 1n });
});

test('goals are reached when every partition is there or past it', async () => {
  const positions = await followed();
  const { signal } = new AbortController();
  expect(await settled(reached(positions, new Map([[0, 9n]]), signal))).toBe(true);
  const goals = new Map([
    [0, 10n],
    [2, 11n],
  ]);
  const both = reached(positions, goals, signal);
  moveOn(positions, 0, 9n, 10n);
  expect(await settled(both)).toBe(false);
  moveOn(positions, 2, 9n, 20n);
  expect(await settled(both)).toBe(true);
  expect(positions.waiting.size).toBe(0);
});

test('the signal ends the wait for goals', async () => {
  const positions = await followed();
  const end = new AbortController();
  const never = reached(positions, new Map([[0, 99n]]), end.signal);
  expect(await settled(never)).toBe(false);
  end.abort();
  expect(await settled(never)).toBe(true);
  expect(positions.waiting.size).toBe(0);
});
