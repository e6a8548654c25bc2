/** What is heavy is loaded by whoever needs it, and by nobody else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fullEvidence } from '../report/sample-evidence.ts';
import { BINARY } from './cli.ts';

const LOADED = new URL('loaded.mjs', import.meta.url).href;
const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

/** Not wanted where nothing is sent, listened to or drawn. */
const HEAVY = [
  'undici',
  'kafkajs',
  'amqplib',
  '@grpc/grpc-js',
  '@dagrejs/dagre',
  'snappyjs',
  'fzstd',
  'fast-xml-parser',
];

const TOPOLOGY = `version: 1
nodes: { a: { url: "http://127.0.0.1:1" }, q: { kind: kafka, brokers: ["127.0.0.1:1"], topic: t }, b: }
flows: { f: { send: { http: { path: "/\${probe.id}" } }, through: a -> q -> b, deadline: 1s } }
sources: [ { otlp: { http: "127.0.0.1:0" } } ]
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracegap-loading-'));
  await writeFile(join(folder, 'tracegap.yaml'), TOPOLOGY);
  await writeFile(join(folder, 'evidence.json'), JSON.stringify(fullEvidence()));
});

afterAll(() => rm(folder, { recursive: true }));

/** Names of the packages of which a module was loaded, and the statuses. */
async function loadedBy(args: string[]): Promise<{ status: number; packages: string[] }> {
  const list = join(folder, 'loaded');
  await writeFile(list, '');
  const child = spawn(process.execPath, ['--import', LOADED, ...args], {
    cwd: folder,
    env: { ...process.env, LOADED: list },
    stdio: 'ignore',
  });
  const [status] = (await once(child, 'close')) as [number];
  const urls = (await readFile(list, 'utf8')).split('\n');
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return { status, packages: [...new Set(packages)] };
}

const heavyOf = (packages: string[]): string[] => HEAVY.filter((name) => packages.includes(name));

test.each([
  ['--help', [BINARY, '--help'], ['commander']],
  ['--version', [BINARY, '--version'], ['commander']],
  ['validate', [BINARY, 'validate'], ['yaml', 'zod']],
  ['plan', [BINARY, 'plan'], ['yaml', 'zod']],
  ['judge', [BINARY, 'judge', 'evidence.json', '--fail-on', 'none'], ['zod', 'chalk']],
  ['explain', [BINARY, 'explain'], ['commander']],
  ['the library', ['--input-type=module', '--eval', `await import(${JSON.stringify(LIBRARY)})`], ['zod']],
])('%s loads nothing heavy', async (_, args, needed) => {
  const { status, packages } = await loadedBy(args);
  expect(status).toBe(0);
  expect(packages).toEqual(expect.arrayContaining(needed));
  expect(heavyOf(packages)).toEqual([]);
});

test('an audit loads the clients that its topology needs, and only these', async () => {
  const { packages } = await loadedBy([BINARY, 'audit', '--quiet']);
  expect(heavyOf(packages)).toEqual(expect.arrayContaining(['undici', 'kafkajs']));
  expect(heavyOf(packages)).not.toContain('amqplib');
});
