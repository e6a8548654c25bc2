/** Reads the HTTP/1.1 messages (RFC 9112) of one direction of a connection out of chunks that are cut anywhere. */

/** The longest head, chunk-size line or trailer section that is read; bytes. Servers refuse far shorter ones. */
const HEAD_LIMIT = 128 * 1024;

/** By so many bytes of a line it shows whether a start line of HTTP/1.1 can come of it. */
const TELLING = 40;

/** One header line; the name as spelled, the value without the white space around it. */
export interface HeaderLine {
  name: string;
  value: string;
}

/** Where a message's body ends (RFC 9112 §6.3). */
export type BodyEnd = { by: 'length'; bytes: number } | { by: 'chunks' } | { by: 'close' };

/** What is done with what was read. Each may throw to end the reading for good. */
export interface MessageListener {
  /** A start line is coming; called again as it grows, until its first {@link TELLING} bytes were shown, never with all of it. */
  starting(part: string): void;
  startLine(line: string): void;
  /** The headers, and where the body that follows them ends. */
  headers(headers: HeaderLine[]): BodyEnd;
  /** A piece of the body, without its framing. */
  body(bytes: Buffer): void;
  end(): void;
}

/** Both throw an Error whose message is the reason where the bytes are not HTTP/1.1 or exceed the limits. */
export interface MessageReader {
  push(chunk: Buffer): void;
  /** The sender closed its direction. */
  finish(): void;
}

/** A reader that yields where it needs more bytes than have come. */
type Reading<Result> = Generator<undefined, Result, undefined>;

interface Input {
  chunk: Buffer;
  /** The first byte of the chunk that was not read yet. */
  at: number;
  closed: boolean;
}

/** Holds no more than the head that is being read, at most {@link HEAD_LIMIT}. */
export function createMessageReader(listener: MessageListener): MessageReader {
  const input: Input = { chunk: Buffer.alloc(0), at: 0, closed: false };
  const reading = readMessages(input, listener);
  reading.next();
  return {
    push(chunk) {
      input.chunk = chunk;
      input.at = 0;
      reading.next();
    },
    finish() {
      input.closed = true;
      reading.next();
    },
  };
}

function* readMessages(input: Input, listener: MessageListener): Reading<never> {
  for (;;) {
    const budget = { left: HEAD_LIMIT };
    let startLine = '';
    // A client may send an empty line before a request (RFC 9112 §2.2).
    while (startLine === '') startLine = yield* readLine(input, budget, listener.starting);
    listener.startLine(startLine);
    yield* readBody(input, listener.headers(yield* readHeaders(input, budget)), listener);
    listener.end();
  }
}

function* readHeaders(input: Input, budget: { left: number }): Reading<HeaderLine[]> {
  const headers: HeaderLine[] = [];
  for (;;) {
    const line = yield* readLine(input, budget);
    if (line === '') return headers;
    const previous = headers.at(-1);
    // A line that begins with white space goes on with the one before (RFC 9112 §5.2).
    if (previous !== undefined && isPadding(line[0])) previous.value += ` ${withoutPadding(line)}`;
    else headers.push(headerLine(line));
  }
}

function headerLine(line: string): HeaderLine {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error('a header line without a name, which is not HTTP/1.1');
  return { name: withoutPadding(line.slice(0, colon)), value: withoutPadding(line.slice(colon + 1)) };
}

/** Without the optional white space of RFC 9110 §5.6.3 around it; `trim` would take bytes of UTF-8, too. */
function withoutPadding(value: string): string {
  let from = 0;
  let until = value.length;
  while (isPadding(value[from])) from += 1;
  while (until > from && isPadding(value[until - 1])) until -= 1;
  return value.slice(from, until);
}

function isPadding(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function* readBody(input: Input, end: BodyEnd, listener: MessageListener): Reading<void> {
  if (end.by === 'length') yield* readBytes(input, end.bytes, listener);
  else if (end.by === 'chunks') yield* readChunks(input, listener);
  else yield* readUntilClose(input, listener);
}

function* readChunks(input: Input, listener: MessageListener): Reading<void> {
  for (;;) {
    const size = chunkSize(yield* readLine(input, { left: HEAD_LIMIT }));
    if (size === 0) break;
    yield* readBytes(input, size, listener);
    const rest = yield* readLine(input, { left: 2 });
    if (rest !== '') throw new Error('a chunk that is longer than its size says');
  }
  const budget = { left: HEAD_LIMIT };
  while ((yield* readLine(input, budget)) !== '');
}

function chunkSize(line: string): number {
  const digits = /^([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(line)?.[1];
  if (digits === undefined) throw new Error('a chunk without a size, which is not HTTP/1.1');
  return Number.parseInt(digits, 16);
}

function* readBytes(input: Input, count: number, listener: MessageListener): Reading<void> {
  for (let left = count; left > 0; ) {
    if (input.at === input.chunk.length) yield;
    const until = Math.min(input.chunk.length, input.at + left);
    left -= until - input.at;
    if (until > input.at) listener.body(input.chunk.subarray(input.at, until));
    input.at = until;
  }
}

function* readUntilClose(input: Input, listener: MessageListener): Reading<void> {
  while (!input.closed) {
    if (input.at < input.chunk.length) listener.body(input.chunk.subarray(input.at));
    input.at = input.chunk.length;
    yield;
  }
}

/** A line without its end, each byte a character; LF alone ends it too (RFC 9112 §2.2). */
function* readLine(input: Input, budget: { left: number }, peek?: (part: string) => void): Reading<string> {
  let text = '';
  for (;;) {
    const end = input.chunk.indexOf(0x0a, input.at);
    const until = end === -1 ? input.chunk.length : end;
    const known = text.length;
    budget.left -= until - input.at;
    if (budget.left < 0) throw new Error(`a message head of more than ${HEAD_LIMIT / 1024} KiB`);
    text += input.chunk.toString('latin1', input.at, until);
    input.at = until;
    if (end !== -1) {
      input.at += 1;
      return text.endsWith('\r') ? text.slice(0, -1) : text;
    }
    if (known < TELLING && text !== '' && text !== '\r') peek?.(text);
    yield;
  }
}
