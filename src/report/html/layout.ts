/** Where the nodes of a flow stand and which way its arrows go. The one place that knows the layout library. */
import { Graph, layout } from '@dagrejs/dagre';

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

export interface Layout {
  width: number;
  height: number;
  /** The middle and size of each node, in the order given. */
  nodes: Box[];
  /** The bends of each arrow, and where its mark stands, in the order given. */
  arrows: { points: Point[]; mark: Point }[];
}

const MARK = 22;

/**
 * Lays out from left to right, px. The same input gives the same picture.
 * @param arrows pairs of indices into the nodes; no pair twice
 */
export function layOut(
  nodes: readonly { width: number; height: number }[],
  arrows: readonly (readonly [from: number, to: number])[],
): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 36, edgesep: 14, marginx: 8, marginy: 8 });
  // Names of our own: those of the user could be any, `__proto__` among them.
  nodes.forEach((size, index) => {
    graph.setNode(`n${index}`, { ...size });
  });
  for (const [from, to] of arrows) {
    graph.setEdge(`n${from}`, `n${to}`, { width: MARK, height: MARK, labelpos: 'c' });
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: round(width),
    height: round(height),
    nodes: nodes.map((size, index) => ({ ...size, ...pointOf(graph.node(`n${index}`)) })),
    arrows: arrows.map(([from, to]) => {
      const { points, ...mark } = graph.edge(`n${from}`, `n${to}`);
      return { points: (points ?? []).map(pointOf), mark: pointOf(mark) };
    }),
  };
}

function pointOf({ x = 0, y = 0 }: { x?: number; y?: number }): Point {
  return { x: round(x), y: round(y) };
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}
