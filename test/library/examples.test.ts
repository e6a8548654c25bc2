/** The examples of docs/library.md as they stand there, run on real services with OpenTelemetry SDKs. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Shop, startShop } from '../e2e/shop.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');

let shop: Shop;
let folder = '';

beforeAll(async () => {
  shop = await startShop({ parts: [] });
  folder = await mkdtemp(join(tmpdir(), 'tracegap-library-'));
  // As `npm install tracegap vitest` would lay it.
  await mkdir(join(folder, 'node_modules'));
  await symlink(REPOSITORY, join(folder, 'node_modules/tracegap'));
  await symlink(join(REPOSITORY, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const page = await readFile(join(REPOSITORY, 'docs/library.md'), 'utf8');
  await writeFile(join(folder, 'trace-context.test.ts'), codeBelow(page, 'Vitest'));
  await writeFile(join(folder, 'trace-context.test.mjs'), codeBelow(page, 'node:test'));
});

afterAll(async () => {
  await shop?.stop();
  await rm(folder, { recursive: true, force: true });
});

function codeBelow(page: string, heading: string): string {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const code = /```(?:ts|js)\n([\s\S]*?)```/.exec(section)?.[1];
  if (code === undefined) throw new Error(`no code below "${heading}"`);
  return code;
}

function run(args: string[]): Promise<{ status: number | null; said: string }> {
  // Not as a part of the runner that runs this file.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_TEST|TEST)/.test(name)),
  );
  const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, NO_COLOR: '1' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, said }));
  });
}

describe.each([
  ['Vitest', [VITEST, 'run', 'trace-context.test.ts', '--root', '.'], /1 passed/],
  ['node:test', ['--test', 'trace-context.test.mjs'], /pass 1/],
])('the example for %s', (_, args, passed) => {
  test('passes where every hop hands context on', async () => {
    await shop.set({ faults: {} });
    await copyFile(await shop.writeTopology({ deadline: '6s' }), join(folder, 'tracegap.yaml'));
    const { status, said } = await run(args);
    expect([status, said]).toEqual([0, expect.stringMatching(passed)]);
  });

  test('fails where one does not, and shows the finding', async () => {
    await shop.set({ faults: { checkout: 'unpatched-client' }, taps: ['pricing'] });
    await copyFile(await shop.writeTopology({ deadline: '6s' }), join(folder, 'tracegap.yaml'));
    const { status, said } = await run(args);
    expect(status, said).toBe(1);
    expect(said).toContain('not-injected');
    expect(said).toContain('checkout → pricing');
  });
});

test('the example for Vitest has the types that the package brings', async () => {
  const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
  const roots = ['--typeRoots', join(REPOSITORY, 'node_modules/@types')];
  const check = (file: string) => run([TSC, ...options, ...roots, '--skipLibCheck', '--ignoreConfig', file]);
  expect(await check('trace-context.test.ts')).toEqual({ status: 0, said: '' });

  const text = await readFile(join(folder, 'trace-context.test.ts'), 'utf8');
  await writeFile(join(folder, 'wrong.ts'), text.replace('report.hops', 'report.hobs'));
  expect((await check('wrong.ts')).said).toContain("Property 'hobs' does not exist on type 'Report'");
});
