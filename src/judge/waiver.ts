/** A waiver covers the causes that it names until its last day, and nothing else. */
import type { Finding, HopReport, HopWaiver, Note } from '../model/report.ts';
import { daysBetween } from '../model/time.ts';
import type { Hop, Waiver } from '../model/topology.ts';

const DAY_LENGTH = 10;
/** How long before its last day a waiver is spoken of. */
const DAYS_OF_NOTICE = 14;

/**
 * Whether every broken finding of a hop is covered on the day (UTC) on which the run started, and the waiver that ends
 * first of those that this hangs on; or the one that has ended where it was covered until lately.
 */
export function waiverOf(hop: Hop, findings: Finding[], startedAt: string): { waived: boolean; waiver?: HopWaiver } {
  const broken = findings.filter(({ severity }) => severity === 'broken');
  const covering = broken.map((finding) => lastOf(hop.policy.waive.filter((waiver) => covers(waiver, finding))));
  const first = covering.reduce(
    (one, other) => (other === undefined || one === undefined ? undefined : earlier(one, other)),
    covering[0],
  );
  if (first === undefined) return { waived: false };
  const { reason, until } = first;
  const days = until === undefined ? Number.POSITIVE_INFINITY : daysBetween(startedAt.slice(0, DAY_LENGTH), until);
  const state = days < 0 ? 'ended' : days <= DAYS_OF_NOTICE ? 'ends-soon' : 'holds';
  return { waived: state !== 'ended', waiver: { state, reason, ...(until === undefined ? {} : { until }) } };
}

/** What is to be said of waivers that end soon, or have ended so that a hop fails the run again. */
export function waiverNotes(hops: readonly HopReport[], startedAt: string): Note[] {
  return hops.flatMap(({ id, waiver }): Note[] => {
    if (waiver?.until === undefined || waiver.state === 'holds') return [];
    const { until, reason, state } = waiver;
    const days = daysBetween(startedAt.slice(0, DAY_LENGTH), until);
    if (state === 'ended') {
      const message = `the waiver of ${id} ended with ${until} (${reason}), so that the hop fails the run again`;
      return [{ about: 'waiver', hop: id, message, hint: 'Mend the hop, or set a later `until` with a reason.' }];
    }
    const when = days === 0 ? 'today' : `in ${days} day${days === 1 ? '' : 's'}`;
    const message = `the waiver of ${id} ends with ${until}, ${when} (${reason})`;
    return [{ about: 'waiver', hop: id, message, hint: 'From the day after, the hop fails the run again.' }];
  });
}

function covers({ causes }: Waiver, { cause }: Finding): boolean {
  return causes.includes('any') || causes.includes(cause);
}

/** The one that holds longest. */
function lastOf(waivers: readonly Waiver[]): Waiver | undefined {
  return waivers.reduce<Waiver | undefined>(
    (one, other) => (one === undefined || earlier(one, other) === one ? other : one),
    undefined,
  );
}

function earlier(one: Waiver, other: Waiver): Waiver {
  if (other.until === undefined) return one;
  return one.until === undefined || other.until < one.until ? other : one;
}
