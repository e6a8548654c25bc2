/** Keeps account of what a source could see, for the absences that will rest on it. */
import type { Gap, Sight } from '../model/evidence.ts';

/** More stretches than anyone reads; further ones lengthen the last. */
const MOST_GAPS = 100;

export interface SightKeeper {
  /** Spans that were met and could not be kept. */
  dropped(spans: number): void;
  /**
   * A stretch in which it could not see; times in ms since the epoch. Once closed it is nobody's loss.
   * @param lost what was there to be seen will not come any more
   */
  gap(from: number, until: number, reason: string, lost?: boolean): void;
  /** It sees nothing from now on. */
  closed(): void;
  sight(): Sight;
}

/** @param clock ms since the epoch */
export function sightKeeper(name: string, clock: () => number): SightKeeper {
  const from = clock();
  const gaps: Gap[] = [];
  let until: number | undefined;
  let droppedSoFar = 0;
  return {
    dropped: (spans) => {
      droppedSoFar += spans;
    },
    gap: (gapFrom, gapUntil, reason, lost = false) => {
      if (until !== undefined) return;
      let last = gaps.at(-1);
      if (last === undefined || gaps.length < MOST_GAPS) {
        last = { from: gapFrom, until: gapUntil, reason };
        gaps.push(last);
      }
      last.until = gapUntil;
      if (lost) last.lost = true;
    },
    closed: () => {
      until ??= clock();
    },
    sight: () => ({
      part: 'source',
      name,
      from,
      until: until ?? clock(),
      gaps: gaps.map((each) => ({ ...each })),
      dropped: droppedSoFar,
    }),
  };
}
