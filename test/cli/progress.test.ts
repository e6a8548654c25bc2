import { expect, test } from 'vitest';
import { type ShownProgress, showProgress, type Ticker } from '../../src/cli/progress.ts';
import type { Progress } from '../../src/engine/run.ts';
import type { Verdict } from '../../src/model/report.ts';
import { openScreen, type Screen } from './screen.ts';

const HOP = 'place-order: checkout -> orders -> billing';

/** Time that passes when it is told to. */
function ticking(): Ticker & { pass(ms: number): void } {
  let now = 1_000_000;
  let ticks: { ms: number; next: number; tick: () => void }[] = [];
  return {
    now: () => now,
    every(ms, tick) {
      const entry = { ms, next: now + ms, tick };
      ticks.push(entry);
      return () => {
        ticks = ticks.filter((each) => each !== entry);
      };
    },
    pass(ms) {
      for (const end = now + ms; now < end; ) {
        now += 100;
        for (const each of ticks) if (each.next <= now) [each.next] = [each.next + each.ms, each.tick()];
      }
    },
  };
}

interface Rig {
  screen: Screen;
  time: ReturnType<typeof ticking>;
  progress: ShownProgress;
}

function rig(
  { quiet = false, color = false, env = {} }: { quiet?: boolean; color?: boolean; env?: NodeJS.ProcessEnv },
  look: Parameters<typeof openScreen>[0] = {},
): Rig {
  const screen = openScreen(look);
  const time = ticking();
  const terminal = { stdout: openScreen(), stderr: screen, env, on: () => undefined, off: () => undefined };
  return { screen, time, progress: showProgress(terminal, { quiet, color }, time) };
}

const decided = (hop: string, verdict: Verdict = 'intact', isDecided = true): Progress => ({
  kind: 'decided',
  hop,
  probe: 'p',
  verdict,
  decided: isDecided,
});

function waitingFor({ time }: Rig, hops: readonly string[], seconds = 30): Progress {
  const until = time.now() + seconds * 1000;
  return {
    kind: 'waiting',
    now: () => hops.map((hop, index) => ({ hop, probe: 'p', for: "billing's entry span", until: until - index })),
  };
}

test('a person sees what is awaited from whom and how long still, and verdicts above it', () => {
  const { screen, time, progress } = rig({});
  const waits = [HOP];
  progress.onProgress(waitingFor({ screen, time, progress }, waits));
  expect(screen.lines()).toEqual(['⠋ waiting for 1 hop, at most 30 s more', `  ${HOP}: billing's entry span, 30 s`]);
  time.pass(2000);
  expect(screen.lines()[1]).toBe(`  ${HOP}: billing's entry span, 28 s`);
  progress.onProgress(decided('place-order: probe -> checkout'));
  expect(screen.lines()).toEqual([
    'place-order: probe -> checkout: intact',
    expect.stringMatching(/^. waiting for 1 hop, at most 28 s more$/),
    `  ${HOP}: billing's entry span, 28 s`,
  ]);
  waits.splice(0);
  progress.onProgress(decided(HOP, 'broken'));
  progress.end();
  time.pass(1000);
  expect(screen.lines()).toEqual(['place-order: probe -> checkout: intact', `${HOP}: broken`]);
});

test('each frame is one write that never empties the screen first', () => {
  const made = rig({});
  made.progress.onProgress(waitingFor(made, [HOP]));
  const before = made.screen.writes.length;
  made.time.pass(100);
  expect(made.screen.writes).toHaveLength(before + 1);
  expect(made.screen.writes.at(-1)?.indexOf('\x1b[J')).toBe((made.screen.writes.at(-1)?.length ?? 0) - 3);
});

test('many hops: those that may take longest, the others counted, no line wider than the terminal', () => {
  const made = rig({}, { columns: 40 });
  const hops = Array.from({ length: 200 }, (_, index) => `flow-${index}: service-${index} -> service-${index + 1}`);
  made.progress.onProgress(waitingFor(made, hops));
  expect(made.screen.lines()).toHaveLength(7);
  expect(made.screen.lines().at(-1)).toBe('  and 195 more');
  expect(made.screen.lines().every((line) => line.length < 40)).toBe(true);
});

test.each([
  ['a pipe', {}, { isTTY: false }],
  ['a pipeline', { CI: 'true' }, {}],
  ['a terminal that moves no cursor', { TERM: 'dumb' }, {}],
])('%s gets plain lines, and one when nothing happened for 5 s', (_, env, look) => {
  const made = rig({ env }, { columns: 200, ...look });
  made.progress.onProgress({ kind: 'open', sources: ['otlp'], taps: [] });
  made.progress.onProgress(waitingFor(made, [HOP, 'place-order: checkout -> pricing']));
  made.time.pass(4900);
  expect(made.screen.lines()).toEqual(['spans from otlp; no tap']);
  made.time.pass(600);
  expect(made.screen.lines().slice(1)).toEqual([
    `waiting for billing's entry span (${HOP}) and 1 hop more, at most 25 s more`,
  ]);
  made.time.pass(9000);
  expect(made.screen.lines()).toHaveLength(2);
  made.time.pass(2000);
  expect(made.screen.lines()).toHaveLength(3);
  made.progress.onProgress(decided(HOP));
  made.progress.end();
  made.time.pass(60_000);
  expect(made.screen.lines()).toHaveLength(4);
  expect(made.screen.writes.join('')).not.toContain('\x1b');
});

test('at the deadline a hop that is not decided may yet turn out broken', () => {
  const made = rig({});
  made.progress.onProgress(decided('a -> b', 'inconclusive', false));
  made.progress.onProgress(decided('b -> c', 'intact', false));
  made.progress.onProgress(decided('c -> d', 'inconclusive'));
  const lines = ['a -> b: undecided at the deadline', 'b -> c: intact, at the deadline', 'c -> d: inconclusive'];
  expect(made.screen.lines()).toEqual(lines);
});

test('quiet says nothing', () => {
  for (const look of [{}, { isTTY: false }]) {
    const made = rig({ quiet: true }, look);
    made.progress.onProgress(waitingFor(made, [HOP]));
    made.progress.onProgress(decided(HOP));
    made.time.pass(60_000);
    made.progress.end();
    expect(made.screen.writes).toEqual([]);
  }
});

test.each([
  ['a terminal', true, {}, {}, true],
  ['--no-color', false, { FORCE_COLOR: '1' }, {}, false],
  ['NO_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, {}, false],
  ['FORCE_COLOR in a pipe', true, { FORCE_COLOR: '1' }, { isTTY: false }, true],
  ['a pipe', true, {}, { isTTY: false }, false],
])('colours: %s', (_, color, env, look, colored) => {
  const made = rig({ color, env }, look);
  made.progress.onProgress(decided(HOP, 'broken'));
  expect(made.screen.writes.join('').includes('\x1b[31m')).toBe(colored);
});

test('what came from outside commands no terminal', () => {
  for (const look of [{}, { isTTY: false }]) {
    const made = rig({}, look);
    const problem = { part: 'tap' as const, name: 'x', flows: [], message: '\x1b[2Jgone', hint: 'h' };
    made.progress.onProgress({ kind: 'problem', problem });
    made.progress.onProgress(waitingFor(made, ['\x1b[2J']));
    made.time.pass(6000);
    made.progress.end();
    expect(made.screen.writes.join('')).not.toContain('\x1b[2J');
  }
});
