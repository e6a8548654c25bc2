/**
 * Every command that README and docs show in a `console` or `sh` block is run, against real services, unless
 * `<!-- not run: reason -->` stands before the block. `# exit 1` behind a command says that a failure is meant.
 */
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, commandsOf, PAGES, textOf } from './blocks.ts';
import { LIMIT_MS, openFolder, type Ran, run } from './session.ts';

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
tracegap audit --quiet -e evidence.json -o json=report.json && tee old.json new.json baseline.json < report.json > copies
`,
  },
];

const counted = { run: 0, leftOut: 0 };

const pages = PAGES.map((page) => ({ page, blocks: blocksOf(textOf(page)).filter(hasCommands) })).filter(
  ({ blocks }) => blocks.length > 0,
);

describe.each(pages)('$page', ({ page, blocks }) => {
  const left = blocks.filter(({ notRun }) => notRun !== undefined);
  const leftOut = left.flatMap(commandsOf).length;
  const toRun = countOf(blocks);

  test.runIf(leftOut > 0)(`${leftOut} left out, each with its reason`, () => {
    counted.leftOut += leftOut;
    for (const { notRun } of left) expect(notRun).toMatch(/\S+ \S+ \S+/);
  });

  test.runIf(toRun > 0)(`${toRun} run, each does what the page says`, { timeout: LIMIT_MS + 10_000 }, async () => {
    const ran = await runPage(page);
    counted.run += ran.length;
    expect(ran).toHaveLength(toRun);
    for (const each of ran) expect(failureOf(each)).toBeUndefined();
  });
});

test.each([
  ['a command that fails', '```console\n$ false\n```', 'exit 1, expected 0'],
  ['a failure that is meant and does not come', '```console\n$ true   # exit 1\n```', 'exit 0, expected 1'],
  ['a failure before the end of a script', '```sh\nfalse\ntrue\n```', 'exit 1, expected 0'],
  [
    'output that is not printed',
    '```console\n$ npx tracegap explain nonsense   # exit 2\nall is well\n```',
    'not printed: all is well',
  ],
])('%s is found', async (_, text, complaint) => {
  const [ran] = await inFolder(blocksOf(text));
  expect(ran === undefined ? undefined : failureOf(ran)).toContain(complaint);
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

/** All pages but the tutorial share one system: to start it takes longer than to run what they show. */
let shared: Promise<Ran[]> | undefined;

async function runPage(page: string): Promise<Ran[]> {
  if (page === TUTORIAL) return inFolder([...blocksOf(appendix), ...blocksOf(body)]);
  const others = pages.filter((each) => each.page !== TUTORIAL);
  shared ??= inFolder([...system, ...others.flatMap(({ blocks }) => blocks)]);
  const ran = await shared;
  let from = countOf(system);
  for (const each of ran.slice(0, from)) expect(failureOf(each)).toBeUndefined();
  for (const each of others) {
    if (each.page === page) return ran.slice(from, from + countOf(each.blocks));
    from += countOf(each.blocks);
  }
  return [];
}

async function inFolder(blocks: Block[]): Promise<Ran[]> {
  const folder = await openFolder();
  try {
    return await run(blocks, folder);
  } finally {
    await folder.remove();
  }
}

/** How many commands of these blocks are run. */
function countOf(blocks: Block[]): number {
  return blocks.filter(({ notRun }) => notRun === undefined).flatMap(commandsOf).length;
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
