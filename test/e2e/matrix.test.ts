/** The matrix of faults and sound variants, in real systems: every row right, nobody blamed wrongly. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What of it is run here: `[]` is the whole; a fixed third brings with it everything that ever failed. */
const PART: readonly string[] = ['--third', '0'];

const RUN = fileURLToPath(new URL('../../fixtures/matrix/run.mjs', import.meta.url));
const LONGEST_MS = 40 * 60_000;

test(
  'the matrix, as written and healed',
  async () => {
    expect(await matrix([...PART])).toBe(0);
  },
  LONGEST_MS,
);

/** Its lines go out as they come: they are what was measured. */
function matrix(args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [RUN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (chunk) => process.stdout.write(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}
