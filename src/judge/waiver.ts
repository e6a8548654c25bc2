/** A waiver covers the causes that it names until its last day, and nothing else. */
import type { Finding } from '../model/report.ts';
import type { Hop, Waiver } from '../model/topology.ts';

const DAY_LENGTH = 10;

/** Whether every broken finding of a hop is covered on the day (UTC) on which the run started. */
export function isWaived(hop: Hop, findings: Finding[], startedAt: string): boolean {
  const today = startedAt.slice(0, DAY_LENGTH);
  const valid = hop.policy.waive.filter(({ until }) => until === undefined || until >= today);
  const broken = findings.filter(({ severity }) => severity === 'broken');
  return broken.length > 0 && broken.every((finding) => valid.some((waiver) => covers(waiver, finding)));
}

function covers({ causes }: Waiver, { cause }: Finding): boolean {
  return causes.includes('any') || causes.includes(cause);
}
