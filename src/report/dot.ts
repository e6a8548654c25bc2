/** For Graphviz: the nodes and the crossings between them, coloured and marked by what was found there. */
import type { Verdict } from '../model/report.ts';
import type { Format } from './format.ts';
import { type GraphEdge, type GraphNode, graphOf } from './graph.ts';
import { safe, titleOf } from './words.ts';

const SHAPES: Record<GraphNode['kind'], string> = {
  probe: 'circle',
  service: 'box',
  proxy: 'hexagon',
  kafka: 'cylinder',
  rabbitmq: 'cylinder',
  channel: 'cds',
  external: 'component',
};

const COLOURS: Record<Verdict, string> = {
  broken: '#c62828',
  inconclusive: '#9a6700',
  unexercised: '#7b1fa2',
  degraded: '#9a6700',
  linked: '#1565c0',
  intact: '#2e7d32',
};

const FAINT = '#6e7781';

export const dot: Format = {
  name: 'dot',
  render(report) {
    const { nodes, edges } = graphOf(report);
    const { title, origin } = titleOf(report);
    return `${[
      'digraph tracegap {',
      `  graph [rankdir=LR, labelloc=t, fontname="sans-serif", label=${quoted(title, origin)}];`,
      '  node [fontname="sans-serif", style=rounded];',
      '  edge [fontname="sans-serif", fontsize=10];',
      ...nodes.map(nodeLine),
      ...edges.map(edgeLine),
      '}',
    ].join('\n')}\n`;
  },
};

function nodeLine({ name, kind, culprit }: GraphNode): string {
  const look = culprit ? `, color=${quoted(COLOURS.broken)}, fontcolor=${quoted(COLOURS.broken)}, penwidth=2` : '';
  return `  ${quoted(name)} [shape=${SHAPES[kind]}, label=${quoted(name)}${look}];`;
}

function edgeLine({ from, to, verdict, mark, faint, causes }: GraphEdge): string {
  const colour = quoted(faint ? FAINT : COLOURS[verdict]);
  const style = faint ? ', style=dashed' : '';
  const label = mark === '' ? '' : `, fontcolor=${colour}, label=${quoted(`${mark} ${causes.join(', ') || verdict}`)}`;
  const width = verdict === 'broken' && !faint ? ', penwidth=2' : '';
  return `  ${quoted(from)} -> ${quoted(to)} [color=${colour}${style}${label}${width}];`;
}

/** A quoted string in which no escape and no entity of Graphviz means anything; several lines become one label. */
function quoted(...lines: string[]): string {
  const escaped = lines.map((each) => safe(each).replace(/["\\]/g, '\\$&').replaceAll('&', '&amp;'));
  return `"${escaped.join('\\n')}"`;
}
