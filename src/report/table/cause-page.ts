/** The page of a cause for a terminal. Of Markdown it knows what those pages have: headings, paragraphs, lists, a table. */
import { drawGrid } from './grid.ts';
import { type Paint, painter } from './paint.ts';
import { code, type Line, type Piece, piece, wrap } from './text.ts';

/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;

/**
 * @param markdown one of `docs/causes`
 * @param columns of the terminal
 */
export function renderCausePage(markdown: string, columns: number, color: boolean): string {
  const width = Math.min(columns, WIDEST);
  const paint = painter(color);
  const blocks = markdown.trim().split(/\n{2,}/);
  return `${blocks.map((block) => blockOf(block, width, paint)).join('\n\n')}\n`;
}

function blockOf(block: string, width: number, paint: Paint): string {
  if (block.startsWith('|')) return tableOf(block, width, paint);
  const heading = /^#+ (.*)$/.exec(block)?.[1];
  const lines = heading === undefined ? itemsOf(block, width) : wrap([piece(heading, 'strong')], width);
  return lines.map(paint).join('\n');
}

/** A list, or a paragraph: that is one item without a bullet. */
function itemsOf(block: string, width: number): Line[] {
  return block.split(/\n(?= *- )/).flatMap((item) => {
    const [bullet = ''] = /^ *- /.exec(item) ?? [];
    const text = inline(item.slice(bullet.length).replace(/\n */g, ' '));
    return wrap([piece(bullet), ...text], width, bullet.length);
  });
}

function tableOf(block: string, width: number, paint: Paint): string {
  const [titles = [], , ...rows] = block.split('\n').map((row) => row.split('|').slice(1, -1));
  const cells = rows.map((row) => ({ cells: row.map((cell) => inline(cell.trim())) }));
  const grid = { titles: titles.map((title) => title.trim()), rows: cells, giveWay: [[...titles.keys()]] };
  return drawGrid(grid, width, paint);
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\([^)]+\)/g;

/** A link becomes its text: it names another cause, which can be explained too. */
function inline(text: string): Line {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: all, 1: typed, 2: strong, 3: link, index } of text.matchAll(INLINE)) {
    pieces.push(piece(text.slice(end, index)));
    if (typed !== undefined) pieces.push(code(typed));
    if (strong !== undefined) pieces.push(...inline(strong).map(strengthened));
    if (link !== undefined) pieces.push(...inline(link));
    end = index + all.length;
  }
  return [...pieces, piece(text.slice(end))];
}

function strengthened(plain: Piece): Piece {
  return plain.style === 'plain' ? piece(plain.text, 'strong') : plain;
}

/**
 * Each cause and what it is.
 * @param columns of the terminal
 */
export function renderCauses(causes: readonly (readonly [name: string, summary: string])[], columns: number): string {
  const hanging = Math.max(...causes.map(([name]) => name.length)) + 2;
  const lines = causes.flatMap(([name, summary]) => wrap([piece(name.padEnd(hanging) + summary)], columns, hanging));
  return lines.map((each) => `${painter(false)(each)}\n`).join('');
}
