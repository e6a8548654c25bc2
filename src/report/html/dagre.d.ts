/**
 * What we use of `@dagrejs/dagre` 3.1.3. Its own declarations import one another without file extensions, which is an
 * error to Node's rules of resolution; `paths` in tsconfig.json puts these in their place.
 */
interface Placed {
  x?: number;
  y?: number;
}

export declare class Graph {
  setGraph(options: Record<string, string | number>): void;
  /** After the layout: also how large it is. */
  graph(): { width?: number; height?: number };
  setNode(id: string, size: { width: number; height: number }): void;
  node(id: string): Placed;
  setEdge(from: string, to: string, label: { width: number; height: number; labelpos: 'c' }): void;
  edge(from: string, to: string): Placed & { points?: Placed[] };
}

export declare function layout(graph: Graph): void;
