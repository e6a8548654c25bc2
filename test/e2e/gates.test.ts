/** The built binary where pipelines meet it: formats, a baseline, a diff, the job summary, the audit as a trace. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePort } from '../../fixtures/parts/ports.mjs';
import { formats } from '../../src/report/index.ts';
import { json } from '../../src/report/json.ts';
import { cases } from '../report/cases.ts';
import { shop } from '../report/sample.ts';
import { closeAll, closeLater, openRig } from '../sources/otlp/receiver-rig.ts';
import { type Outcome, type RunOptions, tracegap } from './cli.ts';

/** Nobody listens where the probe goes: every hop is inconclusive, by a real run. */
const topologyOf = (name: string, port: number): string => `version: 1
name: ${name}
sources: [{ otlp: { http: "127.0.0.1:${port}" } }]
nodes:
  checkout: { url: "http://127.0.0.1:1" }
  billing: {}
flows:
  order:
    send: { http: { path: "/\${probe.id}" } }
    through: checkout -> billing
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracegap-gates-'));
  const port = await freePort();
  const look = { color: false, width: 80 };
  const files = {
    'shop.yaml': topologyOf('shop', port),
    'other.yaml': topologyOf('other', port),
    'sound.json': json.render(shop(), look),
    'broken.json': json.render(cases['one-proved-break']?.() ?? shop(), look),
    'no-report.json': '{"version":1}',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { status, stderr } = await audit('shop.yaml', '-o', 'json=first.json', '-e', 'first-evidence.json');
  expect(status, stderr).toBe(3);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(closeAll);

const run = (args: string[], env: NodeJS.ProcessEnv = {}, more: RunOptions = {}): Promise<Outcome> =>
  tracegap(args, { cwd: folder, env: { GITHUB_STEP_SUMMARY: undefined, ...env }, ...more });
const audit = (file: string, ...args: string[]): Promise<Outcome> => run(['audit', file, '--deadline', '1s', ...args]);

test.each(Object.keys(formats))('render writes %s', async (name) => {
  const { status, stdout, stderr } = await run(['render', 'broken.json', '--format', name]);
  expect([status, stderr]).toEqual([0, '']);
  const format = await formats[name]?.();
  expect(stdout).toBe(format?.render(cases['one-proved-break']?.() ?? shop(), { color: false, width: 80 }));
});

test('--help names every format', async () => {
  const { stdout } = await run(['audit', '--help']);
  expect(stdout.replace(/\s+/g, ' ')).toContain(Object.keys(formats).join(', '));
});

describe('--baseline', () => {
  test('what it has does not gate; without it, it does', async () => {
    const known = await audit('shop.yaml', '--baseline', 'first.json');
    expect([known.status, known.stdout]).toEqual([0, expect.stringContaining('0 new, 2 known, 0 mended')]);
    const judged = await run(['judge', 'first-evidence.json', '--baseline', 'first.json', '--format', 'json']);
    expect([judged.status, JSON.parse(judged.stdout).summary.baseline]).toEqual([
      0,
      expect.objectContaining({ known: 2 }),
    ]);
    expect((await run(['judge', 'first-evidence.json'])).status).toBe(3);
  });

  test('of another topology is warned of', async () => {
    const { status, stderr } = await audit('other.yaml', '--quiet', '--baseline', 'first.json', '--format', 'json');
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: the baseline first\.json is of shop, /)]);
  });

  test.each([
    ['missing', 'absent.json', /cannot read the baseline absent\.json: there is no such file/],
    ['something else', 'no-report.json', /no-report\.json is not a report/],
  ])('%s: exit 2 before anything is sent', async (_, file, message) => {
    const { status, stdout, stderr } = await audit('shop.yaml', '--baseline', file);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\bsent /);
  });
});

describe('diff', () => {
  test.each([
    ['1 where something newly broke', ['sound.json', 'broken.json'], 1, '1 newly broken'],
    ['0 where something was mended', ['broken.json', 'sound.json'], 0, '1 mended'],
    ['0 where nothing differs', ['broken.json', 'broken.json'], 0, '1 broken as before'],
  ])('exit %s', async (_, files, exit, says) => {
    for (const format of ['table', 'markdown']) {
      const { status, stdout, stderr } = await run(['diff', ...files, '--format', format]);
      expect([status, stderr]).toEqual([exit, '']);
      expect(stdout).toContain(says);
    }
  });

  test('JSON for machines', async () => {
    const { stdout } = await run(['diff', 'sound.json', 'broken.json', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'diff', broke: [{ after: { verdict: 'broken' } }], mended: [] });
  });

  test.each([
    ['a file that is not there', ['absent.json', 'sound.json'], /cannot read the report absent\.json/],
    ['a file that is no report', ['sound.json', 'no-report.json'], /no-report\.json is not a report/],
    ['a format that is none', ['sound.json', 'broken.json', '--format', 'junit'], /no format "junit" of diff/],
  ])('%s: exit 2', async (_, args, message) => {
    const { status, stderr } = await run(['diff', ...args]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe('GITHUB_STEP_SUMMARY', () => {
  test('gets the report as Markdown behind what is there', async () => {
    await writeFile(join(folder, 'summary.md'), '# Before\n');
    const { status } = await run(['audit', 'shop.yaml', '--deadline', '1s', '-o', 'markdown=alone.md'], {
      GITHUB_STEP_SUMMARY: 'summary.md',
    });
    expect(status).toBe(3);
    const alone = await readFile(join(folder, 'alone.md'), 'utf8');
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toBe(`# Before\n\n${alone}`);
  });

  test('that cannot be written or is full is told and fails nothing', async () => {
    const nowhere = await run(['audit', 'shop.yaml', '--deadline', '1s'], { GITHUB_STEP_SUMMARY: 'absent/x.md' });
    expect([nowhere.status, nowhere.stderr]).toEqual([
      3,
      expect.stringContaining('the job summary could not be written'),
    ]);
    await writeFile(join(folder, 'full.md'), 'x'.repeat(1024 * 1024 - 100));
    const full = await run(['audit', 'shop.yaml', '--deadline', '1s'], { GITHUB_STEP_SUMMARY: 'full.md' });
    expect([full.status, full.stderr]).toEqual([3, expect.stringContaining('is full')]);
  });
});

describe('--export', () => {
  test('sends the audit to a real receiver, as a span of the run and one a hop', async () => {
    const rig = await openRig({ services: ['tracegap'] });
    const endpoint = `http://${rig.receiver.address}`;
    const { status, stderr } = await run(['render', 'broken.json', '--export', endpoint]);
    expect([status, stderr]).toEqual([0, '']);
    expect(rig.spans).toHaveLength(shop().hops.length + 1);
    const audited = await audit('shop.yaml', '--quiet', '--export', `${endpoint}/`);
    expect([audited.status, audited.stderr]).toEqual([3, '']);
    const judged = await run(['judge', 'first-evidence.json', '--export', endpoint]);
    expect([judged.status, judged.stderr]).toEqual([3, '']);
    expect(rig.problems).toEqual([]);
  });

  test.each([
    ['nobody listens', 'http://user:hush@127.0.0.1:1'],
    ['it is no OTLP endpoint', 'http://127.0.0.1:1/else?token=hush'],
  ])('%s: a note, the same exit status, no secret', async (_, endpoint) => {
    const { status, stdout, stderr } = await run(['judge', 'first-evidence.json', '--export', endpoint]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/^the audit was not exported to http:\/\/127\.0\.0\.1:1\/.*v1\/traces: /),
    ]);
    expect(stdout + stderr).not.toContain('hush');
  });

  test('an answer that refuses it is told, and one that never comes is not waited for', async () => {
    const refusing = await listen((_, response) => response.writeHead(503).end());
    const refused = await run(['render', 'broken.json', '--export', refusing]);
    expect([refused.status, refused.stderr]).toEqual([0, expect.stringContaining('it answered 503')]);
    const silent = await listen(() => undefined);
    const { status, stderr, ms } = await run(['render', 'broken.json', '--export', silent]);
    expect([status, stderr]).toEqual([0, expect.stringContaining('was not exported')]);
    expect(ms).toBeLessThan(30_000);
  });

  test('what is no URL is exit 2', async () => {
    const { status, stderr } = await run(['render', 'broken.json', '--export', 'collector:4318']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--export takes the URL')]);
  });
});

/** @returns its URL; closed after the test */
async function listen(answer: RequestListener): Promise<string> {
  const server = createHttpServer(answer).listen(0, '127.0.0.1');
  closeLater(() => server.close());
  closeLater(() => server.closeAllConnections());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
