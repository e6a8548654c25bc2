/** A hop as a path of nodes, and where on that path it broke. */
import type { Finding, HopReport } from '../../model/report.ts';
import { GLUE, type Line, line, type Piece, piece } from './text.ts';

/** Every node of a hop, from the sender to the receiver. */
export function nodesOf({ from, via, to }: HopReport): string[] {
  return [from, ...via, to];
}

/** `checkout → orders → billing`; breaks before an arrow where it must. */
export function hopPath(hop: HopReport): Line {
  return line(
    ...nodesOf(hop).flatMap((name, index): Piece[] =>
      index === 0 ? [piece(name)] : [piece(` →${GLUE}`, 'faint'), piece(name)],
    ),
  );
}

/**
 * The crossings between neighbours (0: out of the sender) at which the finding says that it happened: what a sender or
 * mediator did shows where it leaves them, what the receiver did where it enters. All of them where that is not known.
 */
export function brokenCrossings(hop: HopReport, finding: Finding): Set<number> {
  const nodes = nodesOf(hop);
  const last = nodes.length - 2;
  const accused = finding.culprit === null ? finding.suspects : [finding.culprit];
  const places = accused.map((name) => nodes.indexOf(name)).filter((index) => index !== -1);
  if (places.length === 0) return range(0, last);
  return range(Math.min(last, ...places), Math.min(last, Math.max(...places)));
}

function range(from: number, to: number): Set<number> {
  return new Set(Array.from({ length: to - from + 1 }, (_, index) => from + index));
}
