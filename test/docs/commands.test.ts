/**
 * Every command that README and docs show in a `console` or `sh` block is run, against real services, unless
 * `<!-- not run: reason -->` stands before the block. `# exit 1` behind a command says that a failure is meant.
 */
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, commandsOf, PAGES, textOf } from './blocks.ts';
import { openFolder, type Ran, run } from './session.ts';

const TUTORIAL = 'docs/tutorial.md';
const [body = '', appendix = ''] = textOf(TUTORIAL).split('## Appendix');

/** The tutorial's services, mended and running; a topology; a saved run. Whatever a page calls its files is there. */
const system: Block[] = [
  ...blocksOf(appendix).filter(({ file }) => file !== undefined),
  ...blocksOf(body).filter(({ file }) => file === 'instrumentation.cjs'),
  ...blocksOf(body).slice(0, blocksOf(body).findIndex(({ text }) => text.includes('node -r')) + 1),
  {
    language: 'sh',
    line: 0,
    text: `cp tracegap.yaml shop.yaml
tracegap audit --quiet -e evidence.json -o json=report.json && cp report.json baseline.json
`,
  },
];

const counted = { run: 0, leftOut: 0 };

const pages = PAGES.map((page) => ({ page, blocks: blocksOf(textOf(page)).filter(hasCommands) })).filter(
  ({ blocks }) => blocks.length > 0,
);

describe.each(pages)('$page', ({ page, blocks }) => {
  const left = blocks.filter(({ notRun }) => notRun !== undefined);
  const commands = (of: Block[]): number => of.flatMap(commandsOf).length;
  const toRun = commands(blocks) - commands(left);

  test.runIf(left.length > 0)(`${commands(left)} left out, each with its reason`, () => {
    counted.leftOut += commands(left);
    for (const { notRun } of left) expect(notRun).toMatch(/\w+ \w+ \w+/);
  });

  test.runIf(toRun > 0)(`${toRun} run, each does what the page says`, { timeout: 180_000 }, async () => {
    const ran = await runPage(page, blocks);
    counted.run += ran.length;
    expect(ran).toHaveLength(toRun);
    for (const each of ran) expect(failureOf(each)).toBeUndefined();
  });
});

test('most commands can be run', () => {
  expect(pages.map(({ page }) => page)).toContain('README.md');
  expect(counted.run).toBeGreaterThan(counted.leftOut * 2);
});

afterAll(() => {
  process.stdout.write(`commands in README and docs: ${counted.run} run, ${counted.leftOut} left out\n`);
});

function hasCommands(block: Block): boolean {
  return commandsOf(block).length > 0;
}

async function runPage(page: string, blocks: Block[]): Promise<Ran[]> {
  const folder = await openFolder();
  try {
    if (page === TUTORIAL) return await run([...blocksOf(appendix), ...blocksOf(body)], folder);
    const before = system.flatMap(commandsOf).length;
    const ran = await run([...system, ...blocks], folder);
    for (const each of ran.slice(0, before)) expect(failureOf(each)).toBeUndefined();
    return ran.slice(before);
  } finally {
    await folder.remove();
  }
}

/** What a reader would stumble over, if anything. */
function failureOf({ text, line, status, output, actualStatus, actualOutput }: Ran): string | undefined {
  const what = `line ${line}: ${text}`;
  if (actualStatus !== status) return `${what}\nexit ${actualStatus}, expected ${status}\n${actualOutput}`;
  const missing = output.map((each) => each.trim()).filter((each) => isStable(each) && !actualOutput.includes(each));
  return missing.length === 0 ? undefined : `${what}\nnot printed: ${missing.join('\n')}\nbut\n${actualOutput}`;
}

/** Lines with numbers differ from run to run: ids, times, ports. */
function isStable(line: string): boolean {
  return line !== '' && line !== '…' && !/\d/.test(line);
}
