/** What is awaited from whom, and how long still, in words. */
import type { Waiting } from '../engine/settle.ts';

/** Tells what is waited for now. */
export type Waits = () => Waiting[];

/** One hop that is waited for, of all its probes the one that may take longest. */
interface Awaited {
  hop: string;
  for: string;
  /** s, rounded up */
  seconds: number;
}

const MOST_LINES = 5;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A headline that moves, and the hops that may take longest, one a line; nothing where nothing is awaited. */
export function awaitedLines(waits: readonly Waiting[], now: number, frame: number): string[] {
  const hops = longestFirst(waits, now);
  const [first] = hops;
  if (first === undefined) return [];
  const spinner = FRAMES[frame % FRAMES.length];
  // A line that says `and 1 more` has the room for that one.
  const shown = hops.length === MOST_LINES + 1 ? hops : hops.slice(0, MOST_LINES);
  const rest = hops.length - shown.length;
  return [
    `${spinner} waiting for ${counted(hops.length)}, at most ${first.seconds} s more`,
    ...shown.map(({ hop, for: what, seconds }) => `  ${hop}: ${what}, ${seconds} s`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** The same in one line; `undefined` where nothing is awaited. */
export function awaitedLine(waits: readonly Waiting[], now: number): string | undefined {
  const hops = longestFirst(waits, now);
  const [first] = hops;
  if (first === undefined) return undefined;
  const others = hops.length === 1 ? '' : ` and ${counted(hops.length - 1)} more`;
  return `waiting for ${first.for} (${first.hop})${others}, at most ${first.seconds} s more`;
}

function longestFirst(waits: readonly Waiting[], now: number): Awaited[] {
  const byHop = new Map<string, Waiting>();
  for (const wait of waits) {
    const known = byHop.get(wait.hop);
    if (known === undefined || known.until < wait.until) byHop.set(wait.hop, wait);
  }
  return [...byHop.values()]
    .map(({ hop, for: what, until }) => ({ hop, for: what, seconds: Math.max(0, Math.ceil((until - now) / 1000)) }))
    .sort((a, b) => b.seconds - a.seconds);
}

function counted(hops: number): string {
  return hops === 1 ? '1 hop' : `${hops} hops`;
}
