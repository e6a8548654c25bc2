/** What several probes of one hop show together: how often context is lost, and what the losses have in common. */
import type { Crossing } from '../evidence/crossing.ts';
import type { Finding, HopReport, Verdict } from '../model/report.ts';

/** The 97.5 % point of the normal distribution: both sides together leave 5 % out. */
const Z = 1.959964;

/** How many probes lost context, of those that say anything, with the 95 % Wilson interval; undefined for one probe. */
export function lossOf(verdicts: readonly Verdict[]): HopReport['loss'] {
  const telling = verdicts.filter((verdict) => verdict !== 'inconclusive' && verdict !== 'unexercised');
  const of = telling.length;
  if (verdicts.length < 2 || of === 0) return undefined;
  const lost = telling.filter((verdict) => verdict === 'broken').length;
  const rate = lost / of;
  const spread = Z * Math.sqrt((rate * (1 - rate) + Z ** 2 / (4 * of)) / of);
  const middle = rate + Z ** 2 / (2 * of);
  const scale = 1 + Z ** 2 / of;
  return {
    lost,
    of,
    rate: rounded(rate),
    low: rounded(Math.max(0, (middle - spread) / scale)),
    high: rounded(Math.min(1, (middle + spread) / scale)),
  };
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

/** A hop as one probe passed it. */
export interface Passed {
  verdict: Verdict;
  crossings: readonly Crossing[];
}

/** What says where a probe passed, by how much it tells. */
const PLACES = ['service.instance.id', 'k8s.pod.name', 'host.name', 'process.pid'];

/** Fewer than this may have it in common by chance. */
const ENOUGH = 2;

/** What all probes that lost context have in common and none of the others has. */
export function followedBy(all: readonly Passed[]): Finding['follows'] {
  const lost = all.filter(({ verdict }) => verdict === 'broken').map(placesOf);
  const sound = all.filter(({ verdict }) => verdict === 'intact' || verdict === 'linked').map(placesOf);
  const [first] = lost;
  if (first === undefined || lost.length < ENOUGH || sound.length < ENOUGH) return undefined;
  for (const [key, values] of first) {
    const value = [...values].find(
      (each) =>
        lost.every((places) => isOnly(places.get(key), each)) && !sound.some((places) => places.get(key)?.has(each)),
    );
    if (value !== undefined && sound.every((places) => places.has(key))) return { what: key, value };
  }
  return undefined;
}

function isOnly(values: ReadonlySet<string> | undefined, value: string): boolean {
  return values?.size === 1 && values.has(value);
}

/** Instances of sender and receiver, and partitions, by what they are. */
function placesOf({ crossings }: Passed): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  const add = (what: string, value: unknown): void => {
    if (value !== undefined) places.set(what, (places.get(what) ?? new Set()).add(String(value)));
  };
  for (const { hop, sender, arrival, boundaries } of crossings) {
    for (const key of PLACES) {
      add(`${hop.to}'s ${key}`, arrival?.station.span?.record.resource[key]);
      add(`${hop.from}'s ${key}`, sender?.span?.record.resource[key]);
    }
    for (const fact of boundaries) add(`${fact?.node} partition`, fact?.event?.record.kafka?.partition);
  }
  return places;
}
