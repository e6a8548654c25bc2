/** Where the declared consumer group of a hop's end stands, against the probe's record. */
import { type CrossingView, sightOf } from './view.ts';

export interface GroupPosition {
  group: string;
  /** The offset that it will read next. */
  next: string;
  /** Whether it has read the record. */
  past: boolean;
}

/** Undefined where no group is declared, no record was seen, or the group was not looked at. */
export function positionOfGroup(view: CrossingView): GroupPosition | undefined {
  const { group } = view.hop.policy;
  const record = view.boundaries.at(-1)?.event?.record;
  if (group === undefined || record?.kafka === undefined) return undefined;
  const { partition, offset } = record.kafka;
  const next = sightOf(view, 'tap', record.node)[0]?.groups?.[group]?.[String(partition)];
  return next === undefined ? undefined : { group, next, past: BigInt(next) > BigInt(offset) };
}
