/** What a person who waits is told on stderr: what is open, what was sent, verdicts as they fall, what is awaited. */
import type { Progress } from '../engine/run.ts';
import type { ProbeRecord } from '../model/evidence.ts';
import { type Paint, painter } from '../report/table/paint.ts';
import { piece, type Style } from '../report/table/text.ts';
import { type LiveRegion, openLiveRegion } from './live-region.ts';
import { isWatched, type Terminal, wantsColor } from './terminal.ts';
import { awaitedLine, awaitedLines, type Waits } from './waiting.ts';

/** Time, handed in so that a test need not wait. */
export interface Ticker {
  /** ms since the epoch */
  now(): number;
  /** Calls again and again until the returned function is called; keeps no process alive. */
  every(ms: number, tick: () => void): () => void;
}

const realTicker: Ticker = {
  now: () => Date.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms).unref();
    return () => clearInterval(timer);
  },
};

export interface ShownProgress {
  onProgress(progress: Progress): void;
  /** Leaves the screen to what comes next. */
  end(): void;
}

interface Options {
  quiet: boolean;
  color: boolean;
}

/** A live region where a person watches; in pipelines and pipes a line for each event, and for each long silence. */
export function showProgress(
  terminal: Terminal,
  { quiet, color }: Options,
  ticker: Ticker = realTicker,
): ShownProgress {
  if (quiet) return { onProgress: () => undefined, end: () => undefined };
  const { stderr, env } = terminal;
  const show = isWatched(stderr, env)
    ? showLive(openLiveRegion(stderr, wantsColor(stderr, env, color)), ticker)
    : showLines(stderr, painter(wantsColor(stderr, env, color)), ticker);
  const told = new Set<string>();
  return {
    onProgress(progress) {
      if (progress.kind === 'waiting') return show.waitsFor(progress.now);
      const { text, style } = describe(progress);
      // A hop that was decided may be looked at again, and a case is one of many: only what is new is news.
      if (told.has(text)) return;
      if (progress.kind === 'decided' || progress.kind === 'sent') told.add(text);
      show.news(text, style);
    },
    end: () => show.end(),
  };
}

interface Display {
  news(text: string, style: Style): void;
  waitsFor(now: Waits): void;
  end(): void;
}

/** How often the picture moves, ms. */
const FRAME_MS = 100;

function showLive(region: LiveRegion, ticker: Ticker): Display {
  let stop = (): void => undefined;
  return {
    news: (text, style) => region.print(text, style),
    waitsFor(now) {
      let frame = 0;
      const draw = (): void => region.draw(awaitedLines(now(), ticker.now(), frame++));
      draw();
      stop = ticker.every(FRAME_MS, draw);
    },
    end() {
      stop();
      region.clear();
    },
  };
}

/** How long nothing may happen before it is said what is awaited, ms; each time twice as long. */
const SILENCE_MS = 5000;
const LOOK_MS = 500;

function showLines(stderr: Terminal['stderr'], paint: Paint, ticker: Ticker): Display {
  const say = (text: string, style: Style): void => {
    for (const line of text.split('\n')) stderr.write(`${paint([piece(line, style)])}\n`);
  };
  let silence = SILENCE_MS;
  let spokeAt = ticker.now();
  let stop = (): void => undefined;
  return {
    news(text, style) {
      silence = SILENCE_MS;
      spokeAt = ticker.now();
      say(text, style);
    },
    waitsFor(now) {
      spokeAt = ticker.now();
      stop = ticker.every(LOOK_MS, () => {
        if (ticker.now() - spokeAt < silence) return;
        const line = awaitedLine(now(), ticker.now());
        if (line === undefined) return;
        say(line, 'faint');
        spokeAt = ticker.now();
        silence *= 2;
      });
    },
    end: () => stop(),
  };
}

function describeSent({ purpose, flow, index, traceId, about, error }: ProbeRecord): string {
  if (error !== undefined) return `${flow} #${index + 1}: ${error.message}\n  ${error.hint}`;
  if (about === undefined) return `sent ${flow} #${index + 1} (trace ${traceId})`;
  return purpose === 'conformance'
    ? `sending the cases of the W3C specification to ${about.node}`
    : `sent ${purpose} probe to ${about.node}: ${about.why}`;
}

function describe(progress: Exclude<Progress, { kind: 'waiting' }>): { text: string; style: Style } {
  switch (progress.kind) {
    case 'unanswered':
      return { text: `waiting for ${progress.names.join(', ')}`, style: 'faint' };
    case 'open': {
      const taps = progress.taps.length === 0 ? 'no tap' : `taps at ${progress.taps.join(', ')}`;
      return { text: `spans from ${progress.sources.join(', ')}; ${taps}`, style: 'faint' };
    }
    case 'sent':
      return { text: describeSent(progress.probe), style: 'faint' };
    case 'decided': {
      return { text: `${progress.hop}: ${standing(progress)}`, style: progress.verdict };
    }
    case 'problem': {
      const { part, name, message, hint } = progress.problem;
      return { text: `${part} ${name}: ${message}\n  ${hint}`, style: 'degraded' };
    }
  }
}

/** At the deadline queues and groups are still to be looked at, so that a hop may yet turn out broken. */
function standing({ decided, verdict }: Extract<Progress, { kind: 'decided' }>): string {
  if (decided) return verdict;
  return verdict === 'inconclusive' ? 'undecided at the deadline' : `${verdict}, at the deadline`;
}
