/** What a store could be seen to say: blind until it answers, and in the dark from its last whole answer on when it fails. */
import type { Sight } from '../../model/evidence.ts';
import type { SightKeeper } from '../sight-keeper.ts';

export interface StoreSight {
  /** An answer was whole: all was looked at that it had when it was asked, ms since the epoch. */
  whole(askedAt: number): void;
  /** There was an answer, and a part of it is missing. */
  partial(reason: string): void;
  failed(reason: string): void;
  /** What must show in it does not. */
  doubted(reason: string): void;
  /** Spans of the run came, so it can be seen. */
  cameOfRun(): void;
  sight(): Sight;
}

/** @param clock ms since the epoch */
export function storeSight(keeper: SightKeeper, clock: () => number): StoreSight {
  let wholeAt = clock();
  let dark: string | undefined;
  let blind: string | undefined = 'it was not asked';
  let doubt: string | undefined;
  return {
    whole(askedAt) {
      if (dark !== undefined) keeper.gap(wholeAt, clock(), dark);
      dark = undefined;
      blind = undefined;
      wholeAt = askedAt;
    },
    partial(reason) {
      dark = reason;
      blind = undefined;
    },
    failed(reason) {
      dark = reason;
      if (blind !== undefined) blind = reason;
    },
    doubted(reason) {
      doubt = reason;
    },
    cameOfRun() {
      doubt = undefined;
    },
    sight() {
      const sight = keeper.sight();
      const why = blind ?? doubt;
      if (why !== undefined) return { ...sight, blind: why };
      const gaps = dark === undefined ? [] : [{ from: wholeAt, until: sight.until, reason: dark }];
      return { ...sight, gaps: [...sight.gaps, ...gaps] };
    },
  };
}
