/** The stretches of time in which a tap could not read what passed. Times in ms since the epoch. */
import type { Sight } from '../../model/evidence.ts';

type Gap = Sight['gaps'][number];

/** Stretches that are kept apart; beyond it they are joined, which says less was seen, never more. */
const LIMIT = 100;

export interface GapList {
  /** A connection goes blind; the function that comes back ends the stretch. */
  open(from: number, reason: string): (until: number) => void;
  /** All stretches in order; none goes on beyond `now`. */
  at(now: number): Gap[];
}

export function createGapList(): GapList {
  let ended: Gap[] = [];
  const open = new Set<{ from: number; reason: string }>();
  return {
    open(from, reason) {
      const stretch = { from, reason };
      open.add(stretch);
      return (until) => {
        if (open.delete(stretch)) ended = joined([...ended, { ...stretch, until }]);
      };
    },
    at(now) {
      const all = joined([...ended, ...[...open].map((stretch) => ({ ...stretch, until: now }))]);
      return all.map((gap) => ({ ...gap, until: Math.min(gap.until, now) }));
    },
  };
}

/** Stretches of one reason that touch become one; so do the nearest of all while there are too many. */
function joined(gaps: readonly Gap[]): Gap[] {
  const result: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.from - b.from || a.until - b.until)) {
    const before = result.findLast(({ reason }) => reason === gap.reason);
    const merged = before !== undefined && gap.from <= before.until ? before : undefined;
    if (merged) merged.until = Math.max(merged.until, gap.until);
    else result.push({ ...gap });
  }
  while (result.length > LIMIT) joinNearest(result);
  return result;
}

function joinNearest(gaps: Gap[]): void {
  const distances = gaps.slice(1).map((gap, index) => gap.from - (gaps[index]?.until ?? 0));
  const nearest = distances.indexOf(Math.min(...distances));
  const [left, right] = gaps.slice(nearest, nearest + 2);
  if (left === undefined || right === undefined) return;
  const reason = left.reason === right.reason ? left.reason : `${left.reason}; ${right.reason}`.slice(0, 200);
  gaps.splice(nearest, 2, { from: left.from, until: Math.max(left.until, right.until), reason });
}
