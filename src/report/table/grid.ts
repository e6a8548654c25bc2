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
  /** The columns that are wrapped where the width does not do for all: the first group first, in it the widest. */
  giveWay: readonly (readonly number[])[];
}

/** Painted text, each line within a width. */
export function drawGrid(grid: Grid, width: number, paint: Paint): string {
  const { titles, rows, giveWay } = withoutEmpty(grid);
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

/** A column that has nothing in any row says nothing with its title. */
function withoutEmpty({ titles, rows, giveWay }: Grid): Grid {
  const kept = [...titles.keys()].filter((column) =>
    rows.some((row) => 'cells' in row && widthOf(row.cells[column] ?? []) > 0),
  );
  return {
    titles: kept.map((column) => titles[column] ?? ''),
    rows: rows.map((row) => ('cells' in row ? { cells: kept.map((column) => row.cells[column] ?? []) } : row)),
    giveWay: giveWay.map((group) => group.map((column) => kept.indexOf(column)).filter((column) => column !== -1)),
  };
}

function fitted(cell: Line, width: number | undefined, paint: Paint): string {
  return wrap(cell, width ?? 1)
    .map(paint)
    .join('\n');
}

/** Columns give way down to their longest word; then words are broken. */
function columnWidths(rows: readonly (readonly Line[])[], giveWay: Grid['giveWay'], available: number): number[] {
  const columns = [...(rows[0] ?? []).keys()];
  const measure = (of: (cell: Line) => number): number[] =>
    columns.map((column) => Math.max(...rows.map((row) => of(row[column] ?? []))));
  const widths = measure(widthOf);
  const words = measure(longestWord);
  let over = widths.reduce((a, b) => a + b, 0) - available;
  const shrink = (group: readonly number[], least: (column: number) => number): void => {
    while (over > 0) {
      const wide = group.filter((column) => (widths[column] ?? 0) > least(column));
      const [widest] = wide.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
      if (widest === undefined) return;
      widths[widest] = (widths[widest] ?? 0) - 1;
      over -= 1;
    }
  };
  for (const group of giveWay) shrink(group, (column) => words[column] ?? 0);
  shrink(columns, () => 1);
  return widths;
}

function longestWord(cell: Line): number {
  const text = cell.map((each) => each.text).join('');
  return Math.max(...text.split(' ').map((word) => word.length));
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
