/** What the built binary says to bad input, and the commands that send nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAUSES } from '../../src/model/report.ts';
import { BINARY, tracegap } from './cli.ts';

let folder = '';

const GOOD = `version: 1
nodes:
  edge: { kind: proxy, url: "http://127.0.0.1:1" }
  checkout: {}
  orders: { kind: kafka, brokers: ["127.0.0.1:1"], topic: orders }
  billing: {}
flows:
  order:
    send: { http: { method: POST, path: "/\${probe.id}", headers: { authorization: "Bearer \${secret:TOKEN}" }, json: { id: "\${probe.id}" } } }
    through: edge -> checkout -> orders -> billing
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracegap-cli-'));
  await Promise.all(
    Object.entries({
      'good.yaml': GOOD,
      'empty.yaml': '',
      'broken.yaml': 'version: 1\nnodes: { a: [ }\n',
      'twice.yaml': `${GOOD}version: 1\n`,
      'unknown-node.yaml': GOOD.replace('-> billing', '-> biling'),
      'mediator-first.yaml': GOOD.replace('edge -> checkout -> orders', 'orders'),
      'later.yaml': GOOD.replace('checkout -> orders', 'checkout -> orders?'),
      'not-json.json': '{',
      'not-evidence.json': '{"version":1}',
    }).map(([name, text]) => writeFile(join(folder, name), text)),
  );
  await mkdir(join(folder, 'folder'));
});

afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => tracegap(args, { cwd: folder, env: { TOKEN: 'hush' } });

describe('bad input: exit 2, one message that a person can act on, no stack trace, nothing sent', () => {
  test.each<[string, string[], RegExp]>([
    ['an unreadable topology', ['audit', 'absent.yaml'], /absent\.yaml: there is no such file/],
    ['a folder for a topology', ['audit', 'folder'], /folder: it is a folder/],
    ['an empty topology', ['audit', 'empty.yaml'], /empty\.yaml:1:1: /],
    ['YAML that does not parse', ['audit', 'broken.yaml'], /broken\.yaml:2:\d+: /],
    ['a key that stands twice', ['audit', 'twice.yaml'], /twice\.yaml:11:1: /],
    ['an unknown node in a chain', ['audit', 'unknown-node.yaml'], /unknown-node\.yaml:10:\d+: .*biling[\s\S]*billing/],
    ['a chain that starts at a mediator', ['audit', 'mediator-first.yaml'], /mediator-first\.yaml:9:\d+: /],
    [
      'a part that a later version brings',
      ['audit', 'later.yaml'],
      /later\.yaml:\d+:\d+: `orders\?`.* is not supported yet/,
    ],
    ['an unknown format', ['audit', 'good.yaml', '--format', 'tabel'], /no format "tabel".*table/],
    ['an output without a file', ['audit', 'good.yaml', '-o', 'json'], /<format>=<file>/],
    [
      'an output that cannot be written',
      ['audit', 'good.yaml', '-o', 'json=absent/x.json'],
      /cannot write absent\/x\.json/,
    ],
    ['evidence that cannot be written', ['audit', 'good.yaml', '-e', 'folder'], /cannot write folder: it is a folder/],
    ['a flow that is not there', ['audit', 'good.yaml', '--flow', 'ordre'], /no flow "ordre".*order/],
    [
      'a hop that is not there',
      ['audit', 'good.yaml', '--hop', 'a -> b'],
      /means no hop[\s\S]*probe -> edge -> checkout/,
    ],
    ['a deadline that is none', ['audit', 'good.yaml', '--deadline', 'soon'], /500ms, 15s, 2m or 1h/],
    ['evidence that is not JSON', ['judge', 'not-json.json'], /not-json\.json is not JSON/],
    ['JSON that is no evidence', ['judge', 'not-evidence.json'], /not-evidence\.json is not evidence/],
    ['a report that is none', ['render', 'not-evidence.json'], /not-evidence\.json is not a report/],
    ['a cause that is none', ['explain', 'strpped'], /no cause "strpped".*stripped/],
    ['a schema that is none', ['schema', 'topo'], /no schema "topo"/],
    ['an unknown command', ['adit'], /audit/],
    ['an unknown option', ['audit', '--frmat', 'json'], /--format/],
  ])('%s', async (_, args, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect(status, stderr).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |\bsent /);
    expect(stdout).toBe('');
  });

  test('a variable that is not set is named, and only listed by validate', async () => {
    const audit = await tracegap(['audit', 'good.yaml'], { cwd: folder, env: { TOKEN: undefined } });
    expect([audit.status, audit.stderr]).toEqual([2, expect.stringMatching(/good\.yaml:9:\d+: .*TOKEN/)]);
    const validate = await tracegap(['validate', 'good.yaml'], { cwd: folder, env: { TOKEN: undefined } });
    expect([validate.status, validate.stdout]).toEqual([0, expect.stringContaining('TOKEN (not set)')]);
  });
});

describe('commands that send nothing', () => {
  test('validate lists hops and variables; a part for later is a warning', async () => {
    const good = await run('validate', 'good.yaml');
    expect(good.status).toBe(0);
    expect(good.stdout).toContain('order: checkout -> orders -> billing');
    const later = await run('validate', 'later.yaml');
    expect([later.status, later.stderr]).toEqual([0, expect.stringContaining('orders?')]);
  });

  test('plan shows every byte with placeholders, and no secret', async () => {
    const { status, stdout } = await run('plan', 'good.yaml');
    expect(status).toBe(0);
    expect(stdout).toContain('POST /<probe id>');
    expect(stdout).toContain('authorization: Bearer $'.concat('{secret:TOKEN}'));
    expect(stdout).toContain('traceparent: 00-<trace id>-<span id>-01');
    expect(stdout).toContain('{"id":"<probe id>"}');
    expect(stdout).not.toContain('hush');
  });

  test('explain prints the page of a cause, and lists all of them', async () => {
    expect((await run('explain', 'not-injected')).stdout).toMatch(/^# not-injected\n/);
    const list = (await run('explain')).stdout.trimEnd().split('\n');
    expect(list.map((line) => line.split(' ')[0])).toEqual(Object.keys(CAUSES).sort());
  });

  test.each(['topology', 'evidence', 'report'])('schema %s is JSON Schema', async (name) => {
    expect(JSON.parse((await run('schema', name)).stdout)).toHaveProperty('$schema');
  });

  test('--help and --version are no errors', async () => {
    expect([(await run('--help')).status, (await run('--version')).status]).toEqual([0, 0]);
  });
});

test('nobody listens: probe-failed, exit 3, and no secret in report or evidence', async () => {
  const { status, stdout, stderr } = await run(
    'audit',
    'good.yaml',
    '--deadline',
    '2s',
    '-e',
    'evidence.json',
    '-o',
    'json=report.json',
  );
  expect(status, stderr).toBe(3);
  expect(stdout).toContain('probe-failed');
  const { stdout: judged } = await run('judge', 'evidence.json', '--format', 'json');
  expect(JSON.parse(judged).summary.inconclusive).toBe(2);
  const rendered = await run('render', 'report.json', '--format', 'table');
  expect(rendered.stdout).toBe(stdout);
  expect(`${judged}${stdout}${stderr}`).not.toContain('hush');
});

test('a reader that goes away (`| head`) changes nothing of the exit status', async () => {
  const child = spawn(process.execPath, [BINARY, 'audit', 'good.yaml', '--deadline', '1s'], {
    cwd: folder,
    env: { ...process.env, TOKEN: 'hush' },
  });
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await once(child, 'exit')).toEqual([3, null]);
});
