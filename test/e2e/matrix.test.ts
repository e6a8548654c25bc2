/** The matrix of faults and sound variants, in real systems: every row right, nobody blamed wrongly. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What of it is run here: `[]` is the whole; a fixed third brings with it everything that ever failed. */
const PART: readonly string[] = ['--third', '0'];

const RUN = fileURLToPath(new URL('../../fixtures/matrix/run.mjs', import.meta.url));
const LONGEST_MS = 40 * 60_000;

test.each<[string, string[]]>([
  ['as written and healed', []],
  ['with ids that nothing ties and without baggage', ['--variant', 'own-ids']],
])(
  'the matrix, %s',
  async (_, args) => {
    expect(await matrix([...PART, ...args])).toBe(0);
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
