/** How far the consumers of a topic have read, looked at from outside. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sight } from '../model/evidence.ts';

export interface GroupWatch {
  /** Looks at every group, for no longer than the limit; a look that is late is still taken when it comes. */
  look(limitMs: number): Promise<void>;
  /** What the latest looks showed, for a sight. */
  seen(): Pick<Sight, 'groups'>;
}

/**
 * @param committed the offsets of a group, by partition; undefined where nobody can be asked just now
 * @param failed is told why a look at a group failed
 */
export function watchGroups(
  groups: readonly string[],
  committed: (group: string) => Promise<ReadonlyMap<number, bigint> | undefined>,
  failed: (error: unknown, group: string) => void,
): GroupWatch {
  const offsets = new Map<string, ReadonlyMap<number, bigint>>();

  async function lookAt(group: string): Promise<void> {
    try {
      const found = await committed(group);
      if (found === undefined) offsets.delete(group);
      else offsets.set(group, found);
    } catch (error) {
      offsets.delete(group);
      failed(error, group);
    }
  }
  return {
    async look(limitMs) {
      if (groups.length === 0) return;
      const timer = new AbortController();
      const late = sleep(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([Promise.all(groups.map(lookAt)), late]);
      timer.abort();
    },
    seen() {
      if (offsets.size === 0) return {};
      return { groups: Object.fromEntries([...offsets].map(([group, found]) => [group, inOrder(found)])) };
    },
  };
}

function inOrder(offsets: ReadonlyMap<number, bigint>): Record<string, string> {
  const sorted = [...offsets].sort(([one], [other]) => one - other);
  return Object.fromEntries(sorted.map(([partition, offset]) => [partition, String(offset)]));
}
