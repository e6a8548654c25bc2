/** The flows of a report as one graph, for formats that let somebody else draw it. */
import type { HopReport, Report } from '../model/report.ts';
import { VERDICTS, type Verdict } from '../model/report.ts';
import type { NodeKind } from '../model/topology.ts';
import { brokenCrossings, nodesOf } from './table/hop-path.ts';
import { isSkipped, markOf } from './table/verdict-mark.ts';

export interface GraphNode {
  name: string;
  kind: NodeKind | 'probe';
  /** Whether a broken hop that is not waived is its doing. */
  culprit: boolean;
}

/** One crossing between neighbours; hops and flows that share it share the edge. */
export interface GraphEdge {
  from: string;
  to: string;
  /** The worst of the hops that it stands for, where it is a place at which they went wrong; else `intact`. */
  verdict: Verdict;
  /** Its symbol, so that it can be told without colour. */
  mark: string;
  /** Waived, or not reached and need not be: calls for nothing. */
  faint: boolean;
  /** What was found there, empty where nothing was. */
  causes: string[];
}

export function graphOf(report: Report): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const edges = new Map<string, GraphEdge>();
  for (const hop of report.hops) {
    const names = nodesOf(hop);
    const marked = markedCrossings(hop);
    names.slice(1).forEach((to, crossing) => {
      const edge = edgeOf(hop, names[crossing] ?? hop.from, to, marked.has(crossing));
      const key = JSON.stringify([edge.from, to]);
      edges.set(key, worse(edges.get(key), edge));
    });
  }
  const all = [...edges.values()];
  const names = new Set(all.flatMap(({ from, to }) => [from, to]));
  const culprits = culpritsOf(report);
  const nodes = [...names].map((name): GraphNode => {
    const kind = name === 'probe' ? 'probe' : (report.topology.nodes[name]?.kind ?? 'service');
    return { name, kind, culprit: culprits.has(name) };
  });
  return { nodes, edges: all };
}

function markedCrossings(hop: HopReport): Set<number> {
  if (hop.verdict === 'intact') return new Set();
  const [finding] = hop.findings;
  return finding === undefined ? new Set([hop.via.length]) : brokenCrossings(hop, finding);
}

function edgeOf(hop: HopReport, from: string, to: string, marked: boolean): GraphEdge {
  if (!marked) return { from, to, verdict: 'intact', mark: '', faint: false, causes: [] };
  const causes = hop.findings.map(({ cause, alternatives }) => [cause, ...alternatives].join(' or '));
  const faint = hop.waived || isSkipped(hop);
  return { from, to, verdict: hop.verdict, mark: markOf(hop), faint, causes: [...new Set(causes)] };
}

/** The worse of two; what calls for nothing yields. */
function worse(one: GraphEdge | undefined, other: GraphEdge): GraphEdge {
  if (one === undefined) return other;
  const rank = ({ verdict, faint, mark }: GraphEdge): number =>
    mark === '' ? VERDICTS.length * 2 : VERDICTS.indexOf(verdict) + (faint ? VERDICTS.length : 0);
  return rank(other) < rank(one) ? other : one;
}

function culpritsOf({ hops }: Report): Set<string> {
  const broken = hops.filter((hop) => hop.verdict === 'broken' && !hop.waived);
  return new Set(broken.flatMap(({ findings }) => findings[0]?.culprit ?? []));
}
