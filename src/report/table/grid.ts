/** Cells in columns, without borders: as wide as what stands in them, wrapped where that is too much. */
import CliTable3 from 'cli-table3';
import type { Paint } from './paint.ts';
import { type Line, line, piece, widthOf, wrap } from './text.ts';

const GAP = 2;

/** A row of cells, or the heading of those that follow. */
export type Row = { cells: readonly Line[] } | { heading: Line };

export interface Grid {
  titles: readonly string[];
  rows: readonly Row[];
  /** The columns that are wrapped where the width does not do for all, the first to give way first. */
  giveWay: readonly number[];
}

/** Painted text, each line within a width. */
export function drawGrid({ titles, rows, giveWay }: Grid, width: number, paint: Paint): string {
  const head = titles.map((title) => line(piece(title, 'faint')));
  const cells = [head, ...rows.flatMap((row) => ('cells' in row ? [row.cells] : []))];
  const widths = columnWidths(cells, giveWay, width - GAP * titles.length);
  const table = new CliTable3({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': GAP, 'padding-right': 0 },
  });
  for (const row of [{ cells: head }, ...rows]) {
    if ('heading' in row) {
      table.push([{ content: fitted(row.heading, width - GAP, paint), colSpan: titles.length }]);
    } else table.push(row.cells.map((cell, index) => fitted(cell, widths[index], paint)));
  }
  return table.toString();
}

function fitted(cell: Line, width: number | undefined, paint: Paint): string {
  return wrap(cell, width ?? 1)
    .map(paint)
    .join('\n');
}

/** Columns give way down to their longest word; then words are broken. */
function columnWidths(rows: readonly (readonly Line[])[], giveWay: readonly number[], available: number): number[] {
  const measure = (column: number, of: (cell: Line) => number): number =>
    Math.max(...rows.map((row) => of(row[column] ?? [])));
  const widths = (rows[0] ?? []).map((_, column) => measure(column, widthOf));
  const over = (): number => widths.reduce((a, b) => a + b, 0) - available;
  for (const column of giveWay) {
    const now = widths[column] ?? 0;
    widths[column] = Math.max(Math.min(now, measure(column, longestWord)), now - Math.max(over(), 0));
  }
  for (let excess = over(); excess > 0; excess -= 1) {
    const widest = Math.max(...widths);
    widths[widths.indexOf(widest)] = Math.max(widest - 1, 1);
  }
  return widths;
}

function longestWord(cell: Line): number {
  return Math.max(0, ...cell.flatMap((each) => each.text.split(' ').map((word) => word.length)));
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
