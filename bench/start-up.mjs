// `tracegap --help` next to `node -e 0`, in turn, so that a busy machine slows both.

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { median } from './statistics.mjs';

const RUNS = 21;
const BINARY = fileURLToPath(new URL('../bin/tracegap.js', import.meta.url));

function time(args) {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - start;
}

const bare = [];
const help = [];
for (let run = 0; run < RUNS; run++) {
  bare.push(time(['-e', '0']));
  help.push(time([BINARY, '--help']));
}
const ratios = help.map((ms, run) => ms / bare[run]);
console.log(`node -e 0         median ${median(bare).toFixed(0)} ms`);
console.log(
  `tracegap --help   median ${median(help).toFixed(0)} ms, ${median(ratios).toFixed(2)} x (goal: at most 2 x)`,
);
