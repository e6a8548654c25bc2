/** Each flow drawn as its chains, one a line, the broken place marked: `edge ──→ checkout ─✗→ orders ──→ billing`. */
import type { HopReport, Report } from '../../model/report.ts';
import { brokenCrossings, nodesOf } from './hop-path.ts';
import { GLUE, indent, type Line, type Piece, piece, wrap } from './text.ts';
import { markOf, styleOf } from './verdict-mark.ts';

/** What stands between two nodes of a chain: a crossing of a hop; nothing where no hop was judged. */
type Arrow = { hop: HopReport; crossing: number } | undefined;

/** The state of drawing one flow. */
interface Drawing {
  bySender: ReadonlyMap<string, HopReport[]>;
  /** Hops that are to be seen. */
  shown: ReadonlySet<HopReport>;
  /** Hops that were drawn already. */
  drawn: Set<HopReport>;
  width: number;
}

const INDENT = 2;

/**
 * Every flow with the chains that show the given hops. A hop is drawn once: a chain that goes on from another begins
 * where it parts from it.
 */
export function drawFlows(report: Report, hops: readonly HopReport[], width: number): Line[] {
  const shown = new Set(hops);
  return Object.entries(report.topology.flows).flatMap(([flow, { chains }]) => {
    const ofFlow = report.hops.filter((hop) => hop.flow === flow);
    if (!ofFlow.some((hop) => shown.has(hop))) return [];
    const drawing: Drawing = { bySender: groupBySender(ofFlow), shown, drawn: new Set(), width };
    const lines = chains.flatMap((chain) => drawChain(['probe', ...chain], drawing));
    return [...headingOf(report, flow, width), ...lines, []];
  });
}

function headingOf(report: Report, flow: string, width: number): Line[] {
  return wrap([piece(flow, 'strong'), ...probesOf(report, flow)], width, INDENT);
}

function probesOf(report: Report, flow: string): Piece[] {
  const probes = report.probes.filter((probe) => probe.flow === flow && probe.purpose === undefined);
  const [first] = probes;
  if (first === undefined) return [];
  const many = probes.length > 1 ? `${probes.length} probes, the first in ` : '';
  const answer = first.status === undefined ? '' : `, answered ${first.status}`;
  return [piece(`  ${many}trace ${first.traceId}${answer}`, 'faint')];
}

function drawChain(names: string[], { bySender, shown, drawn, width }: Drawing): Line[] {
  const arrows = arrowsOf(names, bySender);
  const isNew = (arrow: Arrow): boolean => arrow !== undefined && shown.has(arrow.hop) && !drawn.has(arrow.hop);
  const first = arrows.findIndex(isNew);
  if (first === -1) return [];
  const end = arrows.findLastIndex(isNew) + 1;
  for (const arrow of arrows.slice(first, end)) if (arrow !== undefined) drawn.add(arrow.hop);
  const pieces = names.slice(first, end + 1).flatMap((name, index) => {
    const at = first + index;
    const node = piece(name, isCulprit(name, arrows.slice(Math.max(at - 1, 0), at + 1)) ? 'culprit' : 'plain');
    return index === 0 ? [node] : [piece(' '), arrowPiece(arrows[at - 1]), piece(GLUE), node];
  });
  return wrap(pieces, width - INDENT, INDENT).map((each) => indent(each, INDENT));
}

function groupBySender(hops: readonly HopReport[]): Map<string, HopReport[]> {
  const groups = new Map<string, HopReport[]>();
  for (const hop of hops) groups.set(hop.from, [...(groups.get(hop.from) ?? []), hop]);
  return groups;
}

/** The arrow before each name but the first. */
function arrowsOf(names: readonly string[], bySender: ReadonlyMap<string, HopReport[]>): Arrow[] {
  const arrows: Arrow[] = names.slice(1).map(() => undefined);
  names.forEach((name, start) => {
    for (const hop of bySender.get(name) ?? []) {
      const path = nodesOf(hop);
      if (!path.every((node, index) => names[start + index] === node)) continue;
      for (let crossing = 0; crossing < path.length - 1; crossing += 1) arrows[start + crossing] = { hop, crossing };
    }
  });
  return arrows;
}

function isCulprit(name: string, around: readonly Arrow[]): boolean {
  return around.some((arrow) => {
    const broken = arrow?.hop.verdict === 'broken' && !arrow.hop.waived;
    return broken && arrow.hop.findings[0]?.culprit === name;
  });
}

function arrowPiece(arrow: Arrow): Piece {
  if (arrow === undefined) return piece('╌╌→', 'faint');
  const { hop, crossing } = arrow;
  if (!isMarked(hop, crossing)) return piece('──→', 'faint');
  return piece(`─${markOf(hop)}→`, styleOf(hop));
}

/** Whether the mark of a hop stands at one of its crossings. */
export function isMarked(hop: HopReport, crossing: number): boolean {
  if (hop.verdict === 'intact') return false;
  if (hop.verdict === 'linked') return crossing === hop.via.length;
  const [finding] = hop.findings;
  return finding === undefined || brokenCrossings(hop, finding).has(crossing);
}
