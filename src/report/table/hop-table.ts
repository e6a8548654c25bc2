/** The hops as a table: verdict, hop, cause, who. */
import CliTable3 from 'cli-table3';
import type { HopReport, Report } from '../../model/report.ts';
import { hopPath } from './hop-path.ts';
import type { Paint } from './paint.ts';
import { type Line, line, type Piece, piece, widthOf, wrap } from './text.ts';
import { markOf } from './verdict-mark.ts';

const GAP = 2;
const HEAD = ['verdict', 'hop', 'cause', 'who'];
const [HOP, CAUSE, WHO] = [1, 2, 3];

/** The rows of the given hops, under the name of their flow where there are several; painted, each line within a width. */
export function hopTable(report: Report, hops: readonly HopReport[], width: number, paint: Paint): string {
  if (hops.length === 0) return '';
  const flows = Object.keys(report.topology.flows).filter((flow) => hops.some((hop) => hop.flow === flow));
  const rows = hops.map((hop) => ({ flow: hop.flow, cells: cellsOf(hop) }));
  const head = HEAD.map((title) => line(piece(title, 'faint')));
  const widths = columnWidths([head, ...rows.map((row) => row.cells)], width - GAP * HEAD.length);

  const table = new CliTable3({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': GAP, 'padding-right': 0 },
  });
  const add = (cells: readonly Line[]): unknown =>
    table.push(cells.map((cell, index) => fitted(cell, widths[index], paint)));
  add(head);
  for (const flow of flows) {
    if (flows.length > 1)
      table.push([{ content: fitted(line(piece(flow, 'strong')), width - GAP, paint), colSpan: HEAD.length }]);
    for (const row of rows) if (row.flow === flow) add(row.cells);
  }
  return table.toString();
}

function cellsOf(hop: HopReport): Line[] {
  const verdict = `${markOf(hop)} ${hop.verdict}${hop.waived ? ', waived' : ''}`;
  return [line(piece(verdict, hop.waived ? 'faint' : hop.verdict)), hopPath(hop), line(causesOf(hop)), whoOf(hop)];
}

function causesOf({ findings }: HopReport): string {
  const causes = findings.map(({ cause, alternatives }) => [cause, ...alternatives].join(' or '));
  return [...new Set(causes)].join(', ');
}

function whoOf({ findings, waived }: HopReport): Line {
  const names = findings.flatMap(({ culprit, suspects, severity }): Piece[] => {
    if (culprit !== null) return [piece(culprit, severity === 'broken' && !waived ? 'culprit' : 'strong')];
    return suspects.length > 0 && severity !== 'inconclusive' ? [piece(suspects.join(' or '))] : [];
  });
  const distinct = names.filter(({ text }, index) => names.findIndex((other) => other.text === text) === index);
  return distinct.flatMap((name, index) => (index === 0 ? [name] : [piece(', '), name]));
}

function fitted(cell: Line, width: number | undefined, paint: Paint): string {
  return wrap(cell, width ?? 1)
    .map(paint)
    .join('\n');
}

/** As wide as what stands in them. Where that is too much, lines are wrapped, hops last; then words are broken. */
function columnWidths(rows: readonly (readonly Line[])[], available: number): number[] {
  const measure = (column: number, of: (cell: Line) => number): number =>
    Math.max(...rows.map((row) => of(row[column] ?? [])));
  const widths = HEAD.map((_, column) => measure(column, widthOf));
  const over = (): number => widths.reduce((a, b) => a + b, 0) - available;
  for (const column of [CAUSE, WHO, HOP]) {
    const now = widths[column] ?? 0;
    widths[column] = Math.max(measure(column, longestWord), now - Math.max(over(), 0));
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
