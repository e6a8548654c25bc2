import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { complain } from '../../src/cli/complaint.ts';
import { openScreen } from './screen.ts';

const MESSAGE = `tracegap.yaml:5:17: \`kind\` must be one of five words, and is "proxi"
  Did you mean \`proxy\`, which is the fourth of the five?`;

async function told(isTTY: boolean, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const stderr = openScreen({ isTTY, columns: 40 });
  await complain(MESSAGE, { stdout: openScreen(), stderr, env, on: () => undefined, off: () => undefined });
  return stderr.writes.join('');
}

test('a terminal gets it wrapped between words, with the place in bold', async () => {
  const text = await told(true);
  expect(text).toContain('\x1b[1mtracegap.yaml:5:17: \x1b[22m');
  expect(stripVTControlCharacters(text)).toBe(`tracegap.yaml:5:17: \`kind\` must be one
  of five words, and is "proxi"
  Did you mean \`proxy\`, which is the
    fourth of the five?
`);
  expect(await told(true, { NO_COLOR: '1' })).not.toContain('\x1b');
});

test('a program gets it a line each, as it stands', async () => {
  expect(await told(false)).toBe(`${MESSAGE}\n`);
});
