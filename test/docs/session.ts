/** Runs the commands of a page as its reader would: one after the other, in one shell, in one folder. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePorts } from '../../fixtures/parts/ports.mjs';
import { type Block, type Command, commandsOf, ROOT } from './blocks.ts';

export interface Ran extends Command {
  actualStatus: number;
  actualOutput: string;
}

export interface Folder {
  path: string;
  /** A page's ports, and the free ones that stand in for them. */
  ports: Record<string, number>;
  remove(): Promise<void>;
}

/** Where the pages' services listen, their tap, and tracegap's receiver. */
const SERVICES = [3000, 3001];
const PORTS = [...SERVICES, 9001, 4318];

/** With what a reader has who installed tracegap and the OpenTelemetry SDK. */
export async function openFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'tracegap-docs-'));
  await mkdir(join(path, 'node_modules/.bin'), { recursive: true });
  await symlink(join(ROOT, 'bin/tracegap.js'), join(path, 'node_modules/.bin/tracegap'));
  await symlink(join(ROOT, 'fixtures/node_modules/@opentelemetry'), join(path, 'node_modules/@opentelemetry'));
  const free: number[] = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((port, index) => [port, free[index] ?? port]));
  return { path, ports, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Saves the files and runs the commands of some blocks, in their order; ends whatever they left running. */
export async function run(blocks: readonly Block[], folder: Folder): Promise<Ran[]> {
  const commands: Command[] = [];
  const script = blocks.filter(({ notRun }) => notRun === undefined).map((block) => scriptOf(block, commands));
  const output = await bash(own(script.join(''), folder), folder);
  return commands.map((command, index) => {
    const [, text = '', status = 'NaN'] =
      new RegExp(`^@${index}<\n([\\s\\S]*?)\n?@${index}>(\\d+)$`, 'm').exec(output) ?? [];
    return { ...command, actualStatus: Number(status), actualOutput: text };
  });
}

/** A script has a shell of its own, which ends with the first failure; what it exports is for the shell of the page. */
function shellFor({ language, text }: Block): [open: string, close: string] {
  return language === 'sh' && !/^export /m.test(text) ? ['( set -e\n', ')'] : ['{', '}'];
}

function scriptOf(block: Block, commands: Command[]): string {
  if (block.file !== undefined) return `cat > ${block.file} <<'END-OF-FILE'\n${withReceiver(block.text)}END-OF-FILE\n`;
  let script = '';
  for (const command of commandsOf(block)) {
    const id = commands.push(command) - 1;
    const [open, close] = shellFor(block);
    script += `echo '@${id}<'\n${open} ${command.text}\n${close}\nstatus=$?; printf '\\n@${id}>%s\\n' $status\n`;
  }
  return / &$/m.test(block.text) ? `${script}${untilServed()}` : script;
}

/** The receiver listens on its usual port unless said; here on the free one that stands in for it. */
function withReceiver(text: string): string {
  const isTopology = text.startsWith('version: 1') && !text.includes('\nsources:');
  return isTopology ? `${text}sources: [{ otlp: { http: 127.0.0.1:4318 } }]\n` : text;
}

/** A reader waits until the services that were started are there. */
function untilServed(): string {
  return SERVICES.map(
    (port) => `for try in {1..300}; do (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && break; sleep 0.1; done\n`,
  ).join('');
}

/** The text with free ports in place of those that the page names. */
function own(text: string, { ports }: Folder): string {
  return text.replace(new RegExp(`\\b(?:${PORTS.join('|')})\\b`, 'g'), (port) => String(ports[port] ?? port));
}

export const LIMIT_MS = 240_000;

function bash(script: string, { path }: Folder): Promise<string> {
  const bin = join(path, 'node_modules/.bin');
  const child = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
    cwd: path,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => {
      clearTimeout(timer);
      // What it started in the background is of its process group still.
      killGroup(child.pid);
    });
    child.on('close', () => resolve(output));
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing was left running.
  }
}
