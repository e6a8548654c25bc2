/** The action's step, the GitLab job's script and the CronJob's arguments, run with the packed tarball in clean directories on real services. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensurePromtool } from '../../fixtures/parts/checkers.mjs';
import { parseEvidence, parseReport } from '../../src/index.ts';
import { type Shop, startShop } from '../e2e/shop.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const BROKEN = { faults: { checkout: 'unpatched-client' }, taps: ['pricing'] };
const SOUND = { faults: {}, taps: ['pricing'] };

let shop: Shop;
let work = '';
let tarball = '';
let folder = '';

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'tracegap-pipelines-'));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', work], {
    cwd: REPOSITORY,
  });
  tarball = join(work, stdout.trim());
  shop = await startShop({ parts: [] });
});

afterAll(async () => {
  await shop?.stop();
  await rm(work, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = await mkdtemp(join(work, 'clean-'));
  await mkdir(join(folder, 'temp'));
});

/** The shop as it is, and its topology in the clean directory. */
async function lay(state: Parameters<Shop['set']>[0]): Promise<void> {
  await shop.set(state);
  await copyFile(await shop.writeTopology({ deadline: '6s' }), join(folder, 'tracegap.yaml'));
}

interface Outcome {
  status: number | null;
  stdout: string;
  said: string;
}

function run(command: string, args: string[], env: Record<string, string>): Promise<Outcome> {
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_cache: join(work, 'npm-cache'),
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
      ...env,
    },
  });
  const outcome: Outcome = { status: null, stdout: '', said: '' };
  child.stdout.on('data', (chunk) => {
    outcome.stdout += chunk;
    outcome.said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    outcome.said += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ ...outcome, status }));
  });
}

describe('action.yml', () => {
  interface Action {
    inputs: Record<string, { default: string }>;
    outputs: Record<string, { value: string }>;
    runs: { steps: { id: string; env: Record<string, string>; run: string }[] };
  }

  /** As a runner does: expressions become variables, the script a file that bash runs. */
  async function runAction(given: Record<string, string>): Promise<Outcome & { outputs: Record<string, string> }> {
    const action = parse(await readFile(join(REPOSITORY, 'action.yml'), 'utf8')) as Action;
    const [step] = action.runs.steps;
    if (step === undefined || action.runs.steps.length !== 1) throw new Error('one step was expected');
    const inputs = Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default]);
    const values: Record<string, string> = Object.fromEntries(inputs);
    const env = Object.entries(step.env).map(([name, expression]) => {
      const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression) ?? [];
      return [name, values[input] ?? ''];
    });
    await writeFile(join(folder, 'temp/step.sh'), step.run);
    for (const name of ['output', 'summary']) await writeFile(join(folder, 'temp', name), '');
    const outcome = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', 'temp/step.sh'], {
      ...Object.fromEntries(env),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      RUNNER_TEMP: join(folder, 'temp'),
      GITHUB_OUTPUT: join(folder, 'temp/output'),
      GITHUB_STEP_SUMMARY: join(folder, 'temp/summary'),
    });
    const lines = (await readFile(join(folder, 'temp/output'), 'utf8')).split('\n').filter((line) => line !== '');
    const set: Record<string, string> = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const named = Object.entries(action.outputs).map(([name, { value }]) => {
      const [, output = ''] = /^\$\{\{ steps\.audit\.outputs\.(\w+) \}\}$/.exec(value) ?? [];
      return [name, set[output] ?? ''];
    });
    return { ...outcome, outputs: Object.fromEntries(named) };
  }

  test('a sound system passes', async () => {
    await lay(SOUND);
    const { status, outputs, said } = await runAction({ version: tarball });
    expect(status, said).toBe(0);
    expect(outputs).toMatchObject({ status: '0', broken: '0', inconclusive: '0', faults: '0' });
  });

  test('a broken one fails: outputs, annotation, job summary, SARIF and JUnit', async () => {
    await lay(BROKEN);
    const { status, outputs, stdout, said } = await runAction({ version: tarball });
    expect(status, said).toBe(1);
    expect(outputs).toMatchObject({ status: '1', broken: '1', inconclusive: '0', faults: '1' });
    expect(stdout).toMatch(/^::error .*file=tracegap\.yaml,line=\d+/m);
    expect(stdout).toMatch(/^::stop-commands::(\S+)\n[\s\S]*checkout → pricing[\s\S]*\n::\1::$/m);
    expect(await readFile(join(folder, 'temp/summary'), 'utf8')).toContain('not-injected');
    const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(outputs[name] ?? '', 'utf8'));
    expect(parseReport(await json('report')).problems).toEqual([]);
    expect(parseEvidence(await json('evidence')).problems).toEqual([]);
    expect(await json('sarif')).toMatchObject({ version: '2.1.0' });
    expect(await readFile(outputs.junit ?? '', 'utf8')).toContain('<testsuite');

    await copyFile(outputs.report ?? '', join(folder, 'before.json'));
    const known = await runAction({ version: tarball, baseline: 'before.json' });
    expect([known.status, known.outputs.status], known.said).toEqual([0, '0']);
    const lenient = await runAction({ version: tarball, 'fail-on': 'none', args: '--hop\ncheckout -> pricing\n' });
    expect([lenient.status, lenient.outputs.broken], lenient.said).toEqual([0, '1']);
  });

  test('a wrong input is exit 2 with its message, and no report', async () => {
    const { status, outputs, said } = await runAction({ version: tarball, topology: 'absent.yaml' });
    expect(status, said).toBe(2);
    expect(outputs).toMatchObject({ status: '2', report: '', broken: '' });
    expect(said).toContain('absent.yaml: there is no such file');
  });

  test.each([[['version']], [['topology', 'fail-on', 'baseline', 'args']]])(
    '%s: never run as shell',
    async (inputs) => {
      const hostile = '$(touch pwned)`touch pwned`"; touch pwned; \'; touch pwned #';
      const { status } = await runAction({
        version: tarball,
        ...Object.fromEntries(inputs.map((name) => [name, hostile])),
      });
      expect(status).not.toBe(0);
      expect(await readdir(folder)).toEqual(['temp']);
    },
  );
});

describe('docs/ci/gitlab.yml', () => {
  interface Job {
    variables: Record<string, string>;
    script: string[];
    artifacts: { paths: string[]; reports: Record<string, string> };
  }

  test.each([
    ['sound', SOUND, 0],
    ['broken', BROKEN, 1],
  ])('its script on a %s system, and the artifacts that it names', async (_, state, exit) => {
    const { tracegap } = parse(await readFile(join(REPOSITORY, 'docs/ci/gitlab.yml'), 'utf8')) as { tracegap: Job };
    await lay(state);
    const variables = { ...tracegap.variables, TRACEGAP_PACKAGE: tarball, CI: 'true', GITLAB_CI: 'true' };
    const { status, said } = await run('sh', ['-ec', tracegap.script.join('\n')], variables);
    expect(status, said).toBe(exit);
    const { paths, reports } = tracegap.artifacts;
    for (const name of [...paths, ...Object.values(reports)]) expect(existsSync(join(folder, name)), name).toBe(true);
    const quality = JSON.parse(await readFile(join(folder, reports.codequality ?? ''), 'utf8')) as unknown[];
    expect(quality).toHaveLength(exit);
  });
});

describe('docs/ci.md', () => {
  /** The shell recipes below a heading. */
  async function recipes(heading: string): Promise<string[]> {
    const page = await readFile(join(REPOSITORY, 'docs/ci.md'), 'utf8');
    const [, section = ''] = page.split(`## ${heading}\n`);
    const [own = ''] = section.split('\n## ');
    return [...own.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  }

  /** As in a project that has tracegap among its packages. */
  async function install(): Promise<void> {
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
    await symlink(join(REPOSITORY, 'bin/tracegap.js'), join(folder, 'node_modules/.bin/tracegap'));
  }

  const shell = (script: string): Promise<Outcome> => run('sh', ['-ec', script], { CI: 'true' });

  test('plain shell says what the exit status means, and hands it on', async () => {
    await install();
    const [script = ''] = await recipes('Plain shell');
    await lay(SOUND);
    expect(await shell(script)).toMatchObject({ status: 0, said: expect.stringContaining('survives every hop') });
    await lay(BROKEN);
    expect(await shell(script)).toMatchObject({ status: 1, said: expect.stringContaining('context is lost') });
  });

  test('before a deploy, what was lost before does not gate', async () => {
    await install();
    const [accept = '', gate = ''] = await recipes('Before a deploy');
    await lay(BROKEN);
    const accepted = await shell(accept);
    expect(accepted.status, accepted.said).toBe(0);
    const gated = await shell(gate);
    expect(gated.status, gated.said).toBe(0);
    await lay(SOUND);
    await shell(accept);
    await lay(BROKEN);
    const broke = await shell(gate);
    expect(broke.status, broke.said).toBe(1);
    expect(await readFile(join(folder, 'tracegap.md'), 'utf8')).toContain('not-injected');
  });

  test('every night, metrics are there whatever was found', async () => {
    await install();
    const [nightly = ''] = await recipes('Every night, with Prometheus');
    await lay(BROKEN);
    const { status, said } = await shell(nightly);
    expect(status, said).toBe(0);
    expect(await readFile(join(folder, 'tracegap.prom'), 'utf8')).toMatch(/^tracegap_faults\{.*\} 1$/m);
  });
});

describe('docs/ci/kubernetes-cronjob.yaml', () => {
  interface CronJob {
    kind: string;
    spec: { jobTemplate: { spec: { template: { spec: { initContainers: { args: string[] }[] } } } } };
  }

  test('its arguments bring metrics of a broken system, and do not fail the job', async () => {
    const text = await readFile(join(REPOSITORY, 'docs/ci/kubernetes-cronjob.yaml'), 'utf8');
    const documents = parseAllDocuments(text).map((each) => each.toJS() as CronJob);
    const job = documents.find(({ kind }) => kind === 'CronJob');
    const [audit] = job?.spec.jobTemplate.spec.template.spec.initContainers ?? [];
    await lay(BROKEN);
    await mkdir(join(folder, 'out'));
    const args = (audit?.args ?? []).map((arg) =>
      arg.replace('/etc/tracegap/', `${folder}/`).replace('=/out/', `=${folder}/out/`),
    );
    const { status, said } = await run('npx', ['--yes', `--package=${tarball}`, '--', 'tracegap', ...args], {});
    expect(status, said).toBe(0);
    const metrics = join(folder, 'out/tracegap.prom');
    expect(await readFile(metrics, 'utf8')).toMatch(/^tracegap_faults\{.*\} 1$/m);
    const promtool = (await ensurePromtool()) as string;
    const checked = await run('sh', ['-c', '"$0" check metrics <"$1"', promtool, metrics], {});
    expect(checked).toMatchObject({ status: 0 });
  });
});
