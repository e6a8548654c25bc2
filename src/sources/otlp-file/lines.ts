/** Bytes that come in pieces → lines. */

const NEWLINE = 0x0a;

export interface LineSplitter {
  push(bytes: Buffer): void;
  /** What came after the last newline. */
  rest(): Buffer;
  /** Forgets what came after the last newline. */
  clear(): void;
  /** Passes over everything up to the next newline. */
  skipLine(): void;
}

/**
 * @param longest bytes of a line; a longer one is not kept, and told once
 * @param onLine is handed bytes that hold good only until it returns
 */
export function lineSplitter(longest: number, onLine: (line: Buffer) => void, onTooLong: () => void): LineSplitter {
  let pieces: Buffer[] = [];
  let held = 0;
  let isSkipping = false;

  const clear = (): void => {
    pieces = [];
    held = 0;
    isSkipping = false;
  };
  const hold = (piece: Buffer): void => {
    if (isSkipping || piece.length === 0) return;
    held += piece.length;
    if (held <= longest) {
      pieces.push(Buffer.from(piece));
      return;
    }
    clear();
    isSkipping = true;
    onTooLong();
  };
  const endLine = (last: Buffer): void => {
    if (held === 0 && !isSkipping && last.length <= longest) {
      onLine(last);
      return;
    }
    hold(last);
    const line = Buffer.concat(pieces);
    const isWhole = !isSkipping;
    clear();
    if (isWhole) onLine(line);
  };

  return {
    push: (bytes) => {
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
        endLine(bytes.subarray(from, at));
        from = at + 1;
      }
      hold(bytes.subarray(from));
    },
    rest: () => Buffer.concat(pieces),
    clear,
    skipLine: () => {
      clear();
      isSkipping = true;
    },
  };
}
