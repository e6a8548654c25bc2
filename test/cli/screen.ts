/** A terminal that remembers what stands on it: understands what the live region writes, and nothing beside. */
import { Writable } from 'node:stream';

export interface Screen extends Writable {
  isTTY: boolean;
  columns: number;
  rows: number;
  /** Lines as a person sees them, without those that are empty at the end. */
  lines(): string[];
  writes: string[];
}

interface Look {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

const CSI = '\x1b[';
const TOKENS = new RegExp(`${CSI.replace('[', '\\[')}\\d*[A-Za-z]|[\n\r]|[^\\n\\r${CSI.charAt(0)}]+`, 'g');

export function openScreen({ isTTY = true, columns = 80, rows = 24 }: Look = {}): Screen {
  const lines: string[] = [''];
  const writes: string[] = [];
  let row = 0;
  let column = 0;
  const print = (text: string): void => {
    if (isTTY && column + text.length > columns) throw new Error(`wraps: ${text}`);
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + text + line.slice(column + text.length);
    column += text.length;
  };
  const upTo = (): string => (lines[row] ?? '').slice(0, column);
  const commands: Record<string, () => void> = {
    '\n': () => {
      row += 1;
      column = 0;
    },
    '\r': () => {
      column = 0;
    },
    [`${CSI}K`]: () => {
      lines[row] = upTo();
    },
    [`${CSI}J`]: () => {
      lines.splice(row, lines.length, upTo());
    },
  };
  const obey = (token: string): void => {
    const command = commands[token];
    if (command !== undefined) command();
    else if (token.endsWith('A')) row -= Number(token.slice(CSI.length, -1));
    else if (!token.endsWith('m')) throw new Error(`the screen does not know ${JSON.stringify(token)}`);
    if (row < 0) throw new Error('above the first line');
  };
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      writes.push(chunk);
      for (const token of chunk.match(TOKENS) ?? []) {
        if (token === '\n' || token === '\r' || token.startsWith(CSI)) obey(token);
        else print(token);
      }
      done();
    },
  });
  return Object.assign(stream, {
    isTTY,
    columns,
    rows,
    writes,
    lines: () => lines.slice(0, lines.findLastIndex((line) => line !== '') + 1),
  });
}
