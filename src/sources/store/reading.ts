/**
 * Bodies of answers, read while they come: what is in one is handed over value by value and let go, so that memory is
 * bounded by the largest value, and what came before a break is not lost with it.
 */
import { JSONParser, TokenizerError, TokenParserError } from '@streamparser/json';
import { withExactNumbers } from '../otlp/json/number.ts';
import { parseJson } from '../otlp/json/shape.ts';
import { isMalformed, malformed } from '../otlp/malformed.ts';

const LINE_END = 0x0a;
/** Up to here a document is parsed at once, which is several times as fast; bytes. */
const WHOLE_BYTES = 2 ** 20;

/** Reads one body. Each of these may throw what `isMalformed` knows. */
export interface BodyReader {
  take(bytes: Buffer): void;
  /** All of it has come. */
  end(): void;
  /** No more will come: what came whole is read all the same. */
  brokeOff(): void;
}

/** Where a document has the values that there may be many of. */
export interface Parts {
  /** As `$.data.*`. */
  paths: string[];
  /** The document as if it had this value alone. */
  alone(value: unknown, key: string | number | undefined): unknown;
}

/** A reader of one JSON document. @param read the document, or each of its parts alone */
export function documentReader({ paths, alone }: Parts, read: (document: unknown) => void): BodyReader {
  let kept: Buffer[] = [];
  let size = 0;
  let parser: JSONParser | undefined;
  let parts = 0;

  const stream = (bytes: Buffer): void => {
    parser ??= partsParser(paths, (value, key) => {
      parts += 1;
      read(alone(value, key));
    });
    write(parser, bytes);
  };
  const streamKept = (): void => {
    for (const bytes of kept.splice(0)) stream(bytes);
  };
  return {
    take(bytes) {
      size += bytes.length;
      if (parser !== undefined) return stream(bytes);
      kept.push(bytes);
      if (size > WHOLE_BYTES) streamKept();
    },
    end() {
      if (parser === undefined) {
        const text = Buffer.concat(kept).toString('utf8');
        kept = [];
        return read(parseJson(withExactNumbers(text)));
      }
      if (!parser.isEnded) throw malformed(`not JSON: it ends in the middle, after ${size} bytes`);
      if (parts === 0) throw malformed(`expected ${paths.join(' or ')} in it`);
    },
    brokeOff() {
      try {
        streamKept();
      } catch (error) {
        if (!isMalformed(error)) throw error;
      }
    },
  };
}

function partsParser(paths: string[], visit: (value: unknown, key: string | number | undefined) => void): JSONParser {
  const parser = new JSONParser({ paths, keepStack: false });
  parser.onValue = ({ value, key }) => visit(value, key);
  return parser;
}

/** The parser's own message quotes the body. */
function write(parser: JSONParser, bytes: Buffer): void {
  try {
    parser.write(bytes);
  } catch (error) {
    if (!(error instanceof TokenizerError || error instanceof TokenParserError)) throw error;
    const position = /absolute position "(\d+)"/.exec(error.message)?.[1];
    throw malformed(position === undefined ? 'not JSON' : `not JSON: something is wrong at byte ${position}`);
  }
}

/** A reader of one JSON document a line. */
export function lineReader(read: (document: unknown) => void): BodyReader {
  let kept: Buffer[] = [];
  const line = (bytes: Buffer): void => {
    const text = Buffer.concat([...kept, bytes]).toString('utf8');
    kept = [];
    if (text.trim() !== '') read(parseJson(withExactNumbers(text)));
  };
  return {
    take(bytes) {
      let from = 0;
      for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, from)) {
        line(bytes.subarray(from, end));
        from = end + 1;
      }
      kept.push(bytes.subarray(from));
    },
    end: () => line(Buffer.alloc(0)),
    brokeOff: () => undefined,
  };
}
