/** Just as much of a report as the matrix reads. */
import type { Finding } from '../../src/model/report.ts';

type Hop = ReturnType<typeof intactHop>;

const NOT_INJECTED: Partial<Finding> = {
  cause: 'not-injected',
  alternatives: [],
  severity: 'broken',
  culprit: 'a',
  certainty: 'proved',
  suspects: ['a'],
};

/** `not-injected · a · proved`, but for what is given. */
export const finding = (change: object = {}): Partial<Finding> => ({ ...NOT_INJECTED, ...change });

export function intactHop(
  from: string,
  to: string,
): { id: string; from: string; to: string; verdict: string; waited: { ms: number }; findings: Partial<Finding>[] } {
  return { id: `order: ${from} -> ${to}`, from, to, verdict: 'intact', waited: { ms: 200 }, findings: [] };
}

export function brokenHop(from: string, to: string, ...findings: Partial<Finding>[]): Hop {
  return { ...intactHop(from, to), verdict: 'broken', findings: findings.length > 0 ? findings : [finding()] };
}

export const reportOf = (...hops: unknown[]): { hops: unknown[] } => ({ hops });
