/** The hops of a report with a place in the page for each: ids of our own, whatever the hop is called. */
import type { HopReport, Report } from '../../model/report.ts';

export type Anchors = ReadonlyMap<HopReport, string>;

export function anchorsOf({ hops }: Report): Anchors {
  return new Map(hops.map((hop, index) => [hop, `hop-${index + 1}`]));
}
