/** Where a reader of a topic stands in each partition, and who leads it. */
import type { KafkaSession } from './kafka-session.ts';

/** Where reading a partition began and where it goes on. */
export interface ReadPosition {
  first: bigint;
  next: bigint;
}

export interface Positions {
  /** By partition. The one that gave records last is the last, so that it is the last to be asked again. */
  at: Map<number, ReadPosition>;
  /** Node id by partition. */
  leaders: ReadonlyMap<number, number>;
  /** Called whenever a position has moved. */
  waiting: Set<() => void>;
}

/** No leader is known yet; of partitions that were read before it is where that ended. */
export function noPositions(goOn: ReadonlyMap<number, ReadPosition> = new Map()): Positions {
  return { at: new Map(goOn), leaders: new Map(), waiting: new Set() };
}

/**
 * Learns the leaders, and takes up partitions that are not known yet at their end or their start.
 * @throws as the session does
 */
export async function follow(positions: Positions, session: KafkaSession, from: 'end' | 'start'): Promise<void> {
  const leaders = await session.leaders();
  const unknown = new Map([...leaders].filter(([partition]) => !positions.at.has(partition)));
  if (unknown.size > 0) {
    for (const [partition, offset] of await session.offsets(from, unknown)) {
      if (!positions.at.has(partition)) positions.at.set(partition, { first: offset, next: offset });
    }
  }
  positions.leaders = leaders;
}

/** Node ids of the leaders, each once. */
export function leadersOf(positions: Positions): number[] {
  return [...new Set(positions.leaders.values())];
}

/** The offset to be read next in each partition that a leader leads. */
export function ledBy(positions: Positions, leader: number): Map<number, bigint> {
  const led = new Map<number, bigint>();
  for (const [partition, { next }] of positions.at) {
    if (positions.leaders.get(partition) === leader) led.set(partition, next);
  }
  return led;
}

/**
 * Moves a position on. False, and nothing is done, when it no longer is where it was: a partition that has just changed
 * its leader may have been asked for twice.
 */
export function moveOn(positions: Positions, partition: number, before: bigint, next: bigint): boolean {
  const position = positions.at.get(partition);
  if (position?.next !== before) return false;
  positions.at.delete(partition);
  positions.at.set(partition, { first: position.first, next });
  for (const go of positions.waiting) go();
  return true;
}

/** As {@link moveOn}, to a start that everything before is gone from. */
export function startOver(positions: Positions, partition: number, before: bigint, start: bigint): boolean {
  if (positions.at.get(partition)?.next !== before) return false;
  positions.at.set(partition, { first: start, next: start });
  for (const go of positions.waiting) go();
  return true;
}

/** Resolves once every partition's position is at its goal or past it, or at the signal. */
export async function reached(positions: Positions, goals: Map<number, bigint>, signal: AbortSignal): Promise<void> {
  const isThere = ([partition, goal]: [number, bigint]): boolean => (positions.at.get(partition)?.next ?? 0n) >= goal;
  while (![...goals].every(isThere) && !signal.aborted) await moved(positions, signal);
}

function moved(positions: Positions, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      positions.waiting.delete(go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    positions.waiting.add(go);
    signal.addEventListener('abort', go);
  });
}
