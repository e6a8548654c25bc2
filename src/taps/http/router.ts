/** Which bytes of one connection go to which host. A head is held back until it is known whom it is for. */
import { checkRequestBegun, headerValues, parseRequestLine, requestBodyEnd } from './framing.ts';
import { createMessageReader, type HeaderLine } from './message.ts';

export interface Way {
  /** Whether somebody answers for a host. */
  knows(host: string): boolean;
  /** What is passed from now on is for this host. */
  go(host: string): void;
  pass(chunk: Buffer): void;
  /** What was sent cannot be passed on; nothing comes after it. `why` is for a person. */
  refuse(why: string): void;
}

/** A host as it is compared: lower case, without port and brackets. */
export function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/** Takes what a client sends, in chunks that are cut anywhere. Never throws. */
export function createRouter(way: Way): { push(chunk: Buffer): void } {
  /** `through`: no HTTP/1.1 any more, goes where the last request went. */
  let mode: 'reading' | 'through' | 'ended' = 'reading';
  let current: string | undefined;
  let held: Buffer[] = [];
  let inHead = true;
  /** Whether some of what is held belongs to an earlier request. */
  let mixed = false;
  let misdirected = false;

  const reader = createMessageReader({
    starting(part) {
      inHead = true;
      checkRequestBegun(part);
    },
    startLine(line) {
      inHead = true;
      parseRequestLine(line);
    },
    headers(headers) {
      inHead = false;
      choose(hostOf(headers));
      if (headerValues(headers, 'upgrade').length > 0) mode = 'through';
      return requestBodyEnd(headers);
    },
    body: () => {
      mixed = true;
    },
    end: () => {
      mixed = true;
    },
  });

  function choose(host: string): void {
    if (host === current) return;
    misdirected = true;
    if (!way.knows(host)) throw new Error(host === '' ? 'the request has no Host' : `nobody here is ${host}`);
    if (mixed) throw new Error(`a request for ${host} came behind one for ${current} before that was answered`);
    misdirected = false;
    current = host;
    way.go(host);
  }

  /** @returns whether what is held can go on */
  function read(chunk: Buffer): boolean {
    try {
      reader.push(chunk);
    } catch (error) {
      // Who has taken the requests before takes what is no HTTP/1.1 too, as without a tap.
      mode = current === undefined || misdirected ? 'ended' : 'through';
      if (mode === 'ended') way.refuse(error instanceof Error ? error.message : String(error));
      return mode === 'through';
    }
    return mode === 'through' || !inHead;
  }

  return {
    push(chunk) {
      if (mode === 'ended') return;
      held.push(chunk);
      if (mode === 'reading' && !read(chunk)) return;
      for (const each of held) way.pass(each);
      held = [];
      mixed = false;
    },
  };
}

function hostOf(headers: readonly HeaderLine[]): string {
  return bareHost(headerValues(headers, 'host')[0] ?? '');
}
