/** The last lines of a terminal, drawn again and again; what is printed goes above them. */
import { painter } from '../report/table/paint.ts';
import { widthOf as columnsOf, piece, type Style } from '../report/table/text.ts';
import { type Terminal, widthOf } from './terminal.ts';

export interface LiveRegion {
  /** Lines that stay, above the region. */
  print(text: string, style: Style): void;
  /** What the region shows from now on. */
  draw(lines: readonly string[]): void;
  /** Takes the region off the screen. */
  clear(): void;
}

/** Control Sequence Introducer (ECMA-48 §5.4). */
const CSI = '\x1b[';
const TO_LINE_END = `${CSI}K`;
const TO_SCREEN_END = `${CSI}J`;
const DEFAULT_ROWS = 24;

/** Each change is one write in which lines are overwritten and then cut, so that nothing flickers. */
export function openLiveRegion(stream: Terminal['stderr'], color: boolean): LiveRegion {
  const paint = painter(color);
  let shown: string[] = [];
  const redraw = (above: readonly string[], lines: readonly string[]): void => {
    const up = shown.length > 0 ? `\r${CSI}${shown.length}A` : '';
    const written = [...above, ...lines].map((text) => `${text}${TO_LINE_END}\n`).join('');
    stream.write(`${up}${written}${TO_SCREEN_END}`);
    shown = [...lines];
  };
  return {
    print(text, style) {
      redraw(
        text.split('\n').map((each) => paint([piece(each, style)])),
        shown,
      );
    },
    draw(lines) {
      // A line that wrapped, or that scrolled away, could not be overwritten.
      const room = widthOf(stream) - 1;
      const fitting = lines.slice(0, Math.max(1, (stream.rows || DEFAULT_ROWS) - 2)).map((text) => cut(text, room));
      const painted = fitting.map((text, index) => paint([piece(text, index === 0 ? 'plain' : 'faint')]));
      if (painted.length > 0 || shown.length > 0) redraw([], painted);
    },
    clear() {
      if (shown.length > 0) redraw([], []);
    },
  };
}

function cut(text: string, columns: number): string {
  const { text: safe } = piece(text);
  if (columnsOf([{ text: safe, style: 'plain' }]) <= columns) return safe;
  const chars = [...safe];
  while (chars.length > 0 && columnsOf([{ text: chars.join(''), style: 'plain' }]) > columns - 1) chars.pop();
  return `${chars.join('')}…`;
}
