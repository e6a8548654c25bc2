/** The part of @streamparser/json that is used: its own declarations do not hold up to `strict` without `skipLibCheck`. */

export interface ParserOptions {
  /** What is handed over: `$.data.*` is each value in `data`. */
  paths: string[];
  /** Whether values that were handed over stay in memory. */
  keepStack: boolean;
}

/** Writing throws a TokenizerError or TokenParserError for what is no JSON, and whatever `onValue` throws. */
export class JSONParser {
  constructor(options: ParserOptions);
  onValue: (parsed: { value?: unknown; key?: string | number | undefined }) => void;
  write(bytes: Uint8Array): void;
  /** Whether the document is complete. */
  readonly isEnded: boolean;
}

export class TokenizerError extends Error {}
export class TokenParserError extends Error {}
