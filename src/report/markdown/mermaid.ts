/** The flows as a Mermaid flowchart, which GitHub and GitLab draw in Markdown. */
import type { Report, Verdict } from '../../model/report.ts';
import { type GraphEdge, type GraphNode, graphOf } from '../graph.ts';
import { safe } from '../words.ts';

/** Mermaid draws no more unless told to, and nobody could read it. */
const MOST_EDGES = 150;

const SHAPES: Record<GraphNode['kind'], [open: string, close: string]> = {
  probe: ['((', '))'],
  service: ['[', ']'],
  proxy: ['{{', '}}'],
  kafka: ['[(', ')]'],
  rabbitmq: ['[(', ')]'],
  channel: ['>', ']'],
  external: ['[[', ']]'],
};

/** Seen well on a light and on a dark page. */
const COLOURS: Record<Verdict, string> = {
  broken: '#e5534b',
  inconclusive: '#c69026',
  unexercised: '#b083f0',
  degraded: '#c69026',
  linked: '#539bf5',
  intact: '#57ab5a',
};

/** The lines of the chart; none where there is nothing to draw or too much. */
export function mermaidLines(report: Report): string[] {
  const { nodes, edges } = graphOf(report);
  if (edges.length === 0 || edges.length > MOST_EDGES) return [];
  const ids = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const idOf = (name: string): string => ids.get(name) ?? 'n0';
  return [
    'flowchart LR',
    ...nodes.map((node) => `  ${idOf(node.name)}${shaped(node)}`),
    ...edges.map((edge) => `  ${idOf(edge.from)} ${arrowOf(edge)} ${idOf(edge.to)}`),
    ...edges.flatMap(colourOf),
    ...nodes
      .filter(({ culprit }) => culprit)
      .map(({ name }) => `  style ${idOf(name)} stroke:${COLOURS.broken},stroke-width:3px`),
  ];
}

function shaped({ name, kind }: GraphNode): string {
  const [open, close] = SHAPES[kind];
  return `${open}"${label(name)}"${close}`;
}

function arrowOf({ mark, faint, causes, verdict }: GraphEdge): string {
  const arrow = faint ? '-.->' : '-->';
  return mark === '' ? arrow : `${arrow}|"${mark} ${label(causes.join(', ') || verdict)}"|`;
}

function colourOf({ verdict, faint, mark }: GraphEdge, index: number): string[] {
  if (mark === '' || faint) return [];
  return [`  linkStyle ${index} stroke:${COLOURS[verdict]},stroke-width:${verdict === 'broken' ? 3 : 2}px`];
}

/** Quotes, directives (`%%{`) and markup are written as Mermaid's own entities: `#34;` */
function label(text: string): string {
  return [...safe(text)].map((char) => (/[\p{L}\p{N}\p{M}\p{So} ._/,-]/u.test(char) ? char : entity(char))).join('');
}

function entity(char: string): string {
  return `#${char.codePointAt(0)};`;
}
