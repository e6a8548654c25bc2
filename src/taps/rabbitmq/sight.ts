/** Keeps account of when a RabbitMQ tap could see. */
import type { Sight } from '../../model/evidence.ts';

export interface SightLedger {
  /** It sees from now on. */
  opened(): void;
  /** Something came, so it has seen until now. */
  heard(): void;
  /** It does not see; where it saw before, since the last thing that it heard. */
  lost(reason: string): void;
  /** What it should have heard by now has not come; it may yet. */
  late(reason: string): void;
  dropped(): void;
  counted(queue: NonNullable<Sight['queue']>): void;
  /** The queue could not be looked at; what was seen of it before does not hold any more. */
  uncounted(): void;
  closed(): void;
  sight(): Sight;
}

/**
 * @param node the tapped node
 * @param now ms since the epoch
 */
export function openLedger(node: string, now: () => number): SightLedger {
  let from = now();
  let until: number | undefined;
  let everOpen = false;
  let heardAt = from;
  let dropped = 0;
  let queue: Sight['queue'];
  let outage: { from: number; reason: string } | undefined;
  let gaps: Sight['gaps'] = [];

  return {
    opened() {
      heardAt = now();
      if (outage) gaps = withGap(gaps, { ...outage, until: heardAt });
      else if (!everOpen) from = heardAt;
      outage = undefined;
      everOpen = true;
    },
    heard() {
      heardAt = now();
    },
    lost(reason) {
      outage = { from: outage?.from ?? heardAt, reason };
    },
    late(reason) {
      // A loss that is noticed later covers this stretch too.
      if (!outage) gaps = withGap(gaps, { from: heardAt, until: until ?? now(), reason });
    },
    dropped() {
      dropped++;
    },
    counted(counts) {
      queue = counts;
    },
    uncounted() {
      queue = undefined;
    },
    closed() {
      until ??= now();
    },
    sight() {
      const end = until ?? now();
      return {
        part: 'tap',
        name: node,
        from,
        until: end,
        ...(!everOpen && outage && { blind: outage.reason }),
        gaps: everOpen && outage ? withGap(gaps, { ...outage, until: end }) : [...gaps],
        dropped,
        ...(queue && { queue }),
      };
    },
  };
}

/** One that begins where the last one did covers it. */
function withGap(gaps: Sight['gaps'], gap: Sight['gaps'][number]): Sight['gaps'] {
  return [...(gaps.at(-1)?.from === gap.from ? gaps.slice(0, -1) : gaps), gap];
}
