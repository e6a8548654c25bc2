/** The built binary at a real terminal: util-linux's `script` gives it one. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BINARY, tracegap } from './cli.ts';

const ESC = '\x1b';

let mute: Server;
let folder: string;
let topology: string;

/** A service that answers and has no tracing, so that there is something to wait for. */
beforeAll(async () => {
  mute = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'tracegap-terminal-'));
  topology = join(folder, 'tracegap.yaml');
  const { port } = mute.address() as AddressInfo;
  await writeFile(
    topology,
    `version: 1
name: shop
sources: [{ otlp: { http: "127.0.0.1:0" } }]
nodes:
  edge: { kind: proxy, url: "http://127.0.0.1:${port}" }
  checkout:
  pricing:
flows:
  order:
    deadline: 2s
    send: { http: { path: "/?ref=\${probe.id}" } }
    through: ["edge -> checkout -> pricing"]
`,
  );
});

afterAll(async () => {
  mute?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

function atTerminal(args: string, env: NodeJS.ProcessEnv): Promise<string> {
  const command = `${process.execPath} ${BINARY} ${args}`;
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...rest } = process.env;
  return new Promise((resolve) => {
    execFile(
      'script',
      ['-qec', command, '/dev/null'],
      { env: { ...rest, TERM: 'xterm-256color', ...env } },
      (_error, stdout) => resolve(stdout),
    );
  });
}

test('what is awaited is drawn over itself, and gone before the report', async () => {
  const said = await atTerminal(`audit ${topology}`, { TERM_PROGRAM: 'vscode' });
  expect(said).toContain('waiting for 2 hops, at most 2 s more');
  expect(said).toContain("order: probe -> edge -> checkout: checkout's entry span");
  expect(said).toContain(`${ESC}[3A`);
  const report = said.slice(said.lastIndexOf(`${ESC}[J`));
  expect(report).toContain('could not be judged');
  expect(report).not.toContain('waiting for');
  expect(report).toContain(`${ESC}[33m`);
  expect(report).toContain(`${ESC}]8;;file://`);
});

test('in a pipeline the same terminal gets plain lines, and no links', async () => {
  const said = await atTerminal(`audit ${topology} --no-color`, { TERM_PROGRAM: 'vscode', CI: 'true' });
  expect(said).toContain('could not be judged');
  expect(said).not.toContain(ESC);
});

test('--quiet says nothing on stderr, at a terminal neither', async () => {
  expect((await tracegap(['audit', topology, '-q'])).stderr).toBe('');
  const said = await atTerminal(`audit ${topology} --quiet`, {});
  expect(said).not.toContain('waiting for');
  expect(said).toContain('could not be judged');
});
