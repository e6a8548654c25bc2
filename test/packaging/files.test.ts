/** Dockerfile, action, GitLab job, CronJob and dashboard against their linters and published schemas. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readTopology } from '../../src/index.ts';
import { ensureLinters, lint } from './linters.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const at = (name: string): string => join(REPOSITORY, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');

let folder = '';

beforeAll(async () => {
  await ensureLinters();
  folder = await mkdtemp(join(tmpdir(), 'tracegap-files-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

type Linter = Parameters<typeof lint>[0];

const GITLAB = ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'];
const CHECKS: [file: string, linter: Linter, args: string[], mistake: [right: string, wrong: string]][] = [
  ['Dockerfile', 'hadolint', [], ['WORKDIR /work', 'WORKDIR work']],
  [
    'action.yml',
    'check_jsonschema',
    ['--builtin-schema', 'vendor.github-actions'],
    ['using: composite', 'using: bash'],
  ],
  ['docs/ci/gitlab.yml', 'check_jsonschema', GITLAB, ['when: always', 'when: sometimes']],
  ['docs/ci/kubernetes-cronjob.yaml', 'kubernetes_validate', ['--strict'], ['backoffLimit: 0', 'backOffLimit: 0']],
];

describe.each(CHECKS)('%s against %s', (file, linter, args, [right, wrong]) => {
  test('is sound', async () => {
    await lint(linter, [...args, at(file)]);
  });

  test('the check finds a mistake', async () => {
    const mistaken = read(file).replace(right, wrong);
    expect(mistaken).not.toBe(read(file));
    const copy = await written(basename(file), mistaken);
    await expect(lint(linter, [...args, copy])).rejects.toThrow();
  });
});

interface Step {
  shell: string;
  env: Record<string, string>;
  run: string;
}

interface Action {
  inputs: Record<string, unknown>;
  outputs: Record<string, { value: string }>;
  runs: { steps: Step[] };
}

describe('action.yml', () => {
  const action = parse(read('action.yml')) as Action;

  test('its scripts are sound shell', async () => {
    for (const [index, { run }] of action.runs.steps.entries()) {
      await lint('shellcheck', ['--shell=bash', await written(`${index}.sh`, run)]);
    }
    await expect(lint('shellcheck', ['--shell=bash', await written('bad.sh', 'rm $1\n')])).rejects.toThrow('SC2086');
  });

  test('no input stands in the text of a script; each comes in as a variable', () => {
    const scripts = action.runs.steps.map(({ run }) => run).join('\n');
    expect(scripts).not.toContain('${{');
    const given = action.runs.steps.flatMap(({ env }) => Object.values(env));
    expect(given.sort()).toEqual(
      Object.keys(action.inputs)
        .map((name) => `\${{ inputs.${name} }}`)
        .sort(),
    );
    for (const name of action.runs.steps.flatMap(({ env }) => Object.keys(env))) expect(scripts).toContain(`$${name}`);
  });
});

describe('ci.md', () => {
  const blocks = [...read('docs/ci.md').matchAll(/```(sh|yaml)\n([\s\S]*?)```/g)];
  const blocksOf = (language: string): string[] =>
    blocks.flatMap(([, found, text = '']) => (found === language ? [text] : []));

  test('its shell is sound', async () => {
    expect(blocksOf('sh').length).toBeGreaterThan(3);
    for (const text of blocksOf('sh')) await lint('shellcheck', ['--shell=sh', await written('recipe.sh', text)]);
  });

  test('its workflow is one, and gives the action what it takes', async () => {
    const text = blocksOf('yaml').find((each) => each.includes('runs-on')) ?? '';
    const schema = ['--builtin-schema', 'vendor.github-workflows'];
    await lint('check_jsonschema', [...schema, await written('workflow.yml', text)]);
    const wrong = text.replace('runs-on:', 'run-on:');
    await expect(lint('check_jsonschema', [...schema, await written('wrong.yml', wrong)])).rejects.toThrow();

    const { jobs } = parse(text) as { jobs: { tracegap: { steps: { id?: string; with?: object }[] } } };
    const action = parse(read('action.yml')) as Action;
    const given = jobs.tracegap.steps.find(({ id }) => id === 'tracegap')?.with ?? {};
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
    const used = [...text.matchAll(/steps\.tracegap\.outputs\.(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(used));
    const table = [...read('docs/ci.md').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
    expect(table).toEqual(Object.keys(action.inputs));
  });
});

interface Manifest {
  kind: string;
  data: Record<string, string>;
  spec: { jobTemplate: { spec: { template: { spec: Pod } } } };
}

interface Pod {
  securityContext: object;
  initContainers: Container[];
  containers: Container[];
}

interface Container {
  command?: string[];
  resources: object;
  securityContext: object;
}

describe('kubernetes-cronjob.yaml', () => {
  const manifests = parseAllDocuments(read('docs/ci/kubernetes-cronjob.yaml')).map((each) => each.toJS() as Manifest);
  const find = (kind: string): Manifest => manifests.find((each) => each.kind === kind) as Manifest;

  test('its topology has no problem', async () => {
    const text = find('ConfigMap').data['tracegap.yaml'] ?? '';
    const { problems, hops } = await readTopology({ text }, { env: { SHOP_TOKEN: 'x' } });
    expect(problems).toEqual([]);
    expect(hops).toEqual(['place-order: probe -> checkout', 'place-order: checkout -> pricing']);
  });

  test('nothing runs as root, writes to its image, or runs a shell', () => {
    const pod = find('CronJob').spec.jobTemplate.spec.template.spec;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    const containers = [...pod.initContainers, ...pod.containers];
    expect(containers).toHaveLength(2);
    for (const { securityContext, resources, command } of containers) {
      expect(command).toBeUndefined();
      expect(securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources).toMatchObject({ requests: {}, limits: {} });
    }
  });
});
