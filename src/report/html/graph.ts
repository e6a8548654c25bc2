/** A flow drawn: its nodes, and the arrows between them with the worst that a hop showed there. */
import type { HopReport, Report } from '../../model/report.ts';
import { isMarked } from '../table/chains.ts';
import { nodesOf } from '../table/hop-path.ts';
import { widthOf } from '../table/text.ts';
import type { Anchors } from './anchors.ts';
import { iconAt, type Look, lookInWords, lookOf } from './icons.ts';
import { type Box, type Layout, layOut, type Point } from './layout.ts';
import { html, type Markup } from './markup.ts';

/** With more hops than this, only those that are not sound are drawn, and no more of them. */
const MOST_HOPS = 40;
const MOST_LETTERS = 26;
const LETTER_PX = 7.6;
const NODE_HEIGHT = 40;
const MARK_PX = 18;
const SMALL_MARK_PX = 13;
/** A picture a little wider than a narrow page is drawn smaller, down to this width; a much wider one is scrolled. */
const PAGE_PX = 736;
const SHRINKING_PX = 1050;

const WORST_FIRST: readonly Look[] = [
  'broken',
  'inconclusive',
  'unexercised',
  'degraded',
  'waived',
  'skipped',
  'linked',
  'intact',
];

/** What stands between two neighbours: the hops whose mark belongs there, and whether any hop was judged. */
interface Crossing {
  from: string;
  to: string;
  judged: boolean;
  marks: HopReport[];
}

/** The picture of a flow; nothing where there is nothing to draw. */
export function graphOf(report: Report, flow: string, hops: readonly HopReport[], anchors: Anchors): Markup {
  const all = hops.length <= MOST_HOPS;
  const drawn = all ? hops : hops.filter((hop) => !isSound(hop)).slice(0, MOST_HOPS);
  if (drawn.length === 0)
    return html`<p class="note">Too many hops to draw (${hops.length}), and all of them sound.</p>`;
  const crossings = crossingsOf(drawn, all ? (report.topology.flows[flow]?.chains ?? []) : []);
  const names = [...new Set(crossings.flatMap(({ from, to }) => [from, to]))];
  const layout = layOut(
    names.map((name) => ({ width: widthOfNode(report, name), height: NODE_HEIGHT })),
    crossings.map(({ from, to }) => [names.indexOf(from), names.indexOf(to)]),
  );
  const culprits = new Set(drawn.flatMap((hop) => (lookOf(hop) === 'broken' ? (hop.findings[0]?.culprit ?? []) : [])));
  return html`<figure class="graph"><div class="scroll" tabindex="0" role="region" aria-label="Picture of ${flow}"><svg${layout.width > PAGE_PX && layout.width <= SHRINKING_PX ? html` class="shrinks"` : undefined} width="${layout.width}" height="${layout.height}" viewBox="0 0 ${layout.width} ${layout.height}" role="group" aria-label="Nodes of ${flow}, arrows marked with verdicts; the list below says the same">
${crossings.map((crossing, index) => arrowOf(crossing, layout, index, anchors))}
${names.map((name, index) => nodeOf(report, name, layout.nodes[index], culprits.has(name)))}
</svg></div>${all ? undefined : html`<figcaption class="note">Drawn: ${drawn.length} of ${hops.length} hops, those that are not sound.</figcaption>`}</figure>`;
}

/** Whether there is nothing about a hop to look at. */
export function isSound(hop: HopReport): boolean {
  return ['intact', 'linked', 'skipped'].includes(lookOf(hop));
}

function crossingsOf(hops: readonly HopReport[], chains: readonly string[][]): Crossing[] {
  const crossings = new Map<string, Crossing>();
  const at = (from: string, to: string): Crossing => {
    const key = JSON.stringify([from, to]);
    const known = crossings.get(key) ?? { from, to, judged: false, marks: [] };
    crossings.set(key, known);
    return known;
  };
  for (const hop of hops) {
    const nodes = nodesOf(hop);
    nodes.slice(1).forEach((to, index) => {
      const crossing = at(nodes[index] ?? '', to);
      crossing.judged = true;
      if (hop.verdict === 'intact' ? index === hop.via.length : isMarked(hop, index)) crossing.marks.push(hop);
    });
  }
  for (const chain of chains) {
    for (const [index, to] of chain.slice(1).entries()) at(chain[index] ?? '', to);
  }
  return [...crossings.values()];
}

function arrowOf({ from, to, judged, marks }: Crossing, layout: Layout, index: number, anchors: Anchors): Markup {
  const { points = [], mark } = layout.arrows[index] ?? {};
  const [worst, ...others] = marks.toSorted((a, b) => rankOf(a) - rankOf(b));
  const look = worst === undefined ? (judged ? 'plain' : 'unjudged') : lookOf(worst);
  const line = html`<path class="arrow ${look}" d="${curve(points)}" marker-end="url(#tip)"/>`;
  if (worst === undefined || mark === undefined) return line;
  const size = look === 'intact' || look === 'skipped' ? SMALL_MARK_PX : MARK_PX;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  const said = `${from} to ${to}: ${lookInWords(worst)} (${nodesOf(worst).join(' → ')}${more})`;
  return html`${line}<a href="#${anchors.get(worst)}" aria-label="${said}"><title>${said}</title><circle class="behind" cx="${mark.x}" cy="${mark.y}" r="${size / 2 + 2.5}"/>${iconAt(look as Look, mark.x, mark.y, size)}</a>`;
}

function rankOf(hop: HopReport): number {
  return WORST_FIRST.indexOf(lookOf(hop));
}

/** Straight into the first bend, then through the middles between bends: as smooth as it is faithful. */
function curve([first, ...rest]: readonly Point[]): string {
  if (first === undefined) return '';
  const last = rest.at(-1) ?? first;
  const bends = rest.slice(0, -1);
  const through = bends.map(({ x, y }, index) => {
    const next = bends[index + 1];
    const [endX, endY] = next === undefined ? [last.x, last.y] : [(x + next.x) / 2, (y + next.y) / 2];
    return `Q${x} ${y} ${Math.round(endX * 10) / 10} ${Math.round(endY * 10) / 10}`;
  });
  return `M${first.x} ${first.y}${through.length > 0 ? through.join('') : `L${last.x} ${last.y}`}`;
}

function kindOf({ topology }: Report, name: string): string {
  if (name === 'probe') return 'probe';
  return (Object.hasOwn(topology.nodes, name) ? topology.nodes[name]?.kind : undefined) ?? 'service';
}

function widthOfNode(report: Report, name: string): number {
  const letters = Math.max(widthOf([{ text: shortened(name), style: 'plain' }]), kindOf(report, name).length * 0.85);
  return Math.round(letters * LETTER_PX) + 24;
}

function shortened(name: string): string {
  const letters = [...name];
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join('')}…` : name;
}

function nodeOf(report: Report, name: string, box: Box | undefined, isCulprit: boolean): Markup {
  if (box === undefined) return html``;
  const kind = kindOf(report, name);
  const plain = kind === 'probe';
  return html`<g class="node ${kind}${isCulprit ? ' culprit' : ''}"><title>${name}${plain ? '' : `, ${kind}`}${isCulprit ? ': lost the context' : ''}</title>${outlineOf(kind, box)}<text x="${box.x}" y="${box.y + (plain ? 4.5 : -2)}">${shortened(name)}</text>${plain ? undefined : html`<text class="kind" x="${box.x}" y="${box.y + 13}">${kind}</text>`}</g>`;
}

/** Services are boxes, proxies have pointed ends, what carries messages has round ones. */
function outlineOf(kind: string, { x, y, width, height }: Box): Markup {
  const left = x - width / 2;
  const top = y - height / 2;
  if (kind === 'proxy') {
    return html`<path d="M${left + 9} ${top}h${width - 18}l9 ${height / 2}-9 ${height / 2}H${left + 9}l-9-${height / 2}z"/>`;
  }
  const corner = kind === 'service' || kind === 'external' ? 5 : height / 2;
  return html`<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${corner}"/>`;
}
