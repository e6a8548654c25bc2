/** Text for a terminal before it is painted: pieces with a style, measured in columns, wrapped at a width. */
import type { Verdict } from '../../model/report.ts';

export type Style = Verdict | 'plain' | 'strong' | 'faint' | 'code' | 'culprit';

/** Text in one style. Made by {@link piece} only, so that nothing from outside can command the terminal. */
export interface Piece {
  readonly text: string;
  readonly style: Style;
  /** The URL that it leads to, where the terminal shows links. */
  readonly href?: string;
}

/** One line, or a paragraph that {@link wrap} makes lines of. */
export type Line = readonly Piece[];

/** A space that a line is never broken at. */
export const GLUE = '\u00a0';

/** Text in a style, its control characters spelled out (`\x1b`). */
export function piece(text: string, style: Style = 'plain'): Piece {
  return { text: spelledOut(text), style };
}

/** Text that leads to a URL where the terminal shows links. */
export function linked(text: string, style: Style, href: string | undefined): Piece {
  return href === undefined ? piece(text, style) : { ...piece(text, style), href };
}

/** What is to be typed as it stands, kept on one line where it fits one. */
export function code(text: string): Piece {
  return piece(text.replaceAll(' ', GLUE), 'code');
}

/** A paragraph of strings (plain) and pieces. */
export function line(...parts: (string | Piece)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? piece(part) : part));
}

/** Controls, invisible and direction-changing characters and unpaired surrogates, as `\x1b` or `\u202e`. */
function spelledOut(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
  });
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;

/** Columns that a line takes; East Asian characters and emoji take two. */
export function widthOf(pieces: Line): number {
  return cellsOf(pieces).reduce((sum, cell) => sum + cell.width, 0);
}

interface Cell extends Omit<Piece, 'text'> {
  char: string;
  width: number;
}

function cellsOf(pieces: Line): Cell[] {
  return pieces.flatMap(({ text, ...look }) => [...text].map((char) => ({ ...look, char, width: columnsOf(char) })));
}

function columnsOf(char: string): number {
  if (char.length === 1 && char < '\u0300') return 1;
  if (MARK.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/**
 * Lines of at most a width, broken at spaces, and within a word only where it is longer than a line.
 * @param hanging columns by which every line but the first is indented
 */
export function wrap(paragraph: Line, width: number, hanging = 0): Line[] {
  const lines: Line[] = [];
  let rest = cellsOf(paragraph);
  while (rest.length > 0 || lines.length === 0) {
    const end = endOfLine(rest, lines.length === 0 ? width : width - hanging);
    lines.push(piecesOf(withoutSpaceAtEnd(rest.slice(0, end))));
    const next = rest.findIndex((cell, index) => index >= end && cell.char !== ' ');
    rest = next === -1 ? [] : rest.slice(next);
  }
  return lines.map((each, index) => (index === 0 ? each : indent(each, hanging)));
}

/** A line moved to the right. */
export function indent(pieces: Line, columns: number): Line {
  return columns > 0 ? [piece(' '.repeat(columns)), ...pieces] : pieces;
}

function endOfLine(cells: readonly Cell[], width: number): number {
  const fits = countThatFits(cells, width);
  if (fits === cells.length) return fits;
  const space = cells.slice(0, fits + 1).findLastIndex((cell) => cell.char === ' ');
  return space > 0 ? space : Math.max(fits, 1);
}

function countThatFits(cells: readonly Cell[], width: number): number {
  let used = 0;
  const over = cells.findIndex((cell) => {
    used += cell.width;
    return used > width;
  });
  return over === -1 ? cells.length : over;
}

function withoutSpaceAtEnd(cells: Cell[]): Cell[] {
  const last = cells.findLastIndex((cell) => cell.char !== ' ');
  return cells.slice(0, last + 1);
}

function piecesOf(cells: readonly Cell[]): Line {
  const pieces: (Omit<Piece, 'text'> & { text: string })[] = [];
  for (const { char, width: _, ...look } of cells) {
    const last = pieces.at(-1);
    if (last?.style === look.style && last.href === look.href) last.text += char;
    else pieces.push({ ...look, text: char });
  }
  return pieces;
}
