import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Broker, connectUser, startRabbitmq } from '../clients/rabbitmq-broker.ts';
import { closeTaps, type OpenedTap, openTap } from './rabbitmq-opened.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

let broker: Broker;
let compiled: string | undefined;
let child: ChildProcess | undefined;

beforeAll(async () => {
  broker = await startRabbitmq();
  await declare();
}, 120_000);

afterEach(async () => {
  child?.kill('SIGKILL');
  await closeTaps();
});

afterAll(async () => {
  await broker?.stop();
  if (compiled !== undefined) rmSync(compiled, { recursive: true, force: true });
});

async function declare(): Promise<void> {
  const user = await connectUser(broker);
  await user.channel.assertExchange('invoices', 'topic');
  await user.close();
}

/**
 * The same port with an empty broker, on which the service declares its exchange again, as services do. One that keeps
 * its data is no help here: killed soon after a declaration, it sometimes comes back without the exchange.
 */
async function comeBack(): Promise<void> {
  broker = await startRabbitmq({ port: broker.port });
  await declare();
}

async function publish(routingKey: string): Promise<void> {
  const user = await connectUser(broker);
  await user.publish('invoices', routingKey);
  await user.close();
}

function keysSeenBy({ events }: OpenedTap): (string | undefined)[] {
  return events.map(({ rabbitmq }) => rabbitmq?.routingKey);
}

test('a broker that dies in mid-run is a gap, and then it watches again', async () => {
  const opened = await openTap(broker, { exchange: 'invoices', queue: 'mail' });
  await publish('before');
  await opened.tap.caughtUp();
  const from = opened.tap.sight().until;

  await broker.kill();
  await vi.waitFor(() => expect(opened.tap.sight().gaps).toHaveLength(1), PATIENCE);
  // There is nothing to wait for, and nothing to say that has not been said.
  await opened.tap.caughtUp();
  await comeBack();
  await vi.waitFor(async () => {
    await publish('again');
    expect(keysSeenBy(opened)).toContain('again');
  }, PATIENCE);
  await opened.tap.close();

  const { gaps, blind, until } = opened.tap.sight();
  expect(blind).toBeUndefined();
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.reason).toContain(`127.0.0.1:${broker.port}`);
  expect(gaps[0]?.from).toBeLessThanOrEqual(from);
  expect(gaps[0]?.until).toBeLessThan(until);
  expect(opened.events.map(({ id }) => id)).toEqual(opened.events.map((_event, at) => `invoices:${at + 1}`));
}, 120_000);

test('a broker that is down from the start leaves it blind, until the broker comes', async () => {
  await broker.kill();
  const opened = await openTap(broker, { exchange: 'invoices' });
  expect(opened.tap.sight()).toMatchObject({ blind: expect.stringContaining(`127.0.0.1:${broker.port}`), gaps: [] });
  await opened.tap.caughtUp();
  const closedWhileDown = await openTap(broker, { exchange: 'invoices' });
  await closedWhileDown.tap.close();
  expect(closedWhileDown.tap.sight()).toHaveProperty('blind');

  await comeBack();
  await vi.waitFor(() => expect(opened.tap.sight()).not.toHaveProperty('blind'), PATIENCE);
  await publish('at last');
  await opened.tap.caughtUp();
  await opened.tap.close();
  expect(keysSeenBy(opened)).toEqual(['at last']);
  expect(opened.tap.sight().gaps).toMatchObject([{ reason: expect.stringContaining(`127.0.0.1:${broker.port}`) }]);
  // It was tried many times and is said once.
  const refused = opened.problems.filter(({ message }) => message.includes('connection refused'));
  expect(refused).toHaveLength(1);
}, 120_000);

test('an exchange that a service declares later is watched from then on', async () => {
  const opened = await openTap(broker, { exchange: 'declared-late', binding: 'k' });
  expect(opened.tap.sight().blind).toContain("no exchange 'declared-late'");
  const user = await connectUser(broker);
  await user.channel.assertExchange('declared-late', 'direct');
  await vi.waitFor(() => expect(opened.tap.sight()).not.toHaveProperty('blind'), PATIENCE);
  await user.publish('declared-late', 'k');
  await opened.tap.caughtUp();
  await opened.tap.close();
  await user.close();
  expect(keysSeenBy(opened)).toEqual(['k']);
}, 60_000);

test('a queue that somebody deletes under it is a gap, and it binds another', async () => {
  const opened = await openTap(broker, { exchange: 'invoices' });
  const [queue] = await tapQueues();
  await broker.ctl('eval', deletionOf(queue ?? 'no queue'));
  await vi.waitFor(() => expect(opened.tap.sight().gaps).toHaveLength(1), PATIENCE);
  await vi.waitFor(async () => {
    await publish('again');
    expect(keysSeenBy(opened)).toContain('again');
  }, PATIENCE);
  await opened.tap.close();
  expect(opened.problems).toMatchObject([{ message: expect.stringContaining('its queue was deleted') }]);
}, 60_000);

test('after SIGKILL no queue and no binding of it is left', async () => {
  const tap = await tapInProcess();
  expect(await tapQueues()).toHaveLength(2);
  tap.kill('SIGKILL');
  await once(tap, 'exit');
  await vi.waitFor(async () => expect(await tapQueues()).toEqual([]), PATIENCE);
  expect(await broker.ctl('list_bindings', '-q')).not.toContain('tracegap');
}, 60_000);

/** Names of the queues that taps have, the first its own, the second for what overflows. */
async function tapQueues(): Promise<string[]> {
  const names = (await broker.ctl('list_queues', '-q', 'name')).split('\n');
  return names.filter((name) => name.startsWith('tracegap')).sort();
}

/** Erlang for deleting a queue, which no client may do with one that is exclusive to another. */
function deletionOf(queue: string): string {
  const name = `rabbit_misc:r(<<"/">>, queue, <<"${queue}">>)`;
  return `{ok, Q} = rabbit_amqqueue:lookup(${name}), rabbit_amqqueue:delete(Q, false, false, <<"test">>).`;
}

/** The tap in a process of its own, once it watches. */
async function tapInProcess(): Promise<ChildProcess> {
  const folder = compile(['clients', 'model', 'taps', 'trace-context']);
  compiled = folder;
  const program = `
    import { openRabbitmqTap } from ${JSON.stringify(pathToFileURL(join(folder, 'taps/rabbitmq.js')).href)};
    const sink = { event() {}, problem(problem) { console.error(problem); } };
    const context = { node: 'invoices', runId: '1f2e3d4c', sink };
    const tap = await openRabbitmqTap({ connection: { url: ${JSON.stringify(broker.url)} }, exchange: 'invoices' }, context);
    console.log(tap.sight().blind ?? 'watching');
    process.stdin.resume().on('end', () => process.exit());`;
  const started = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = started;
  const [said] = await once(started.stdout, 'data');
  expect(String(said).trim()).toBe('watching');
  return started;
}

/** Strips the types of some folders of src, beside this project's node_modules so that libraries are found. */
function compile(folders: string[]): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  const target = mkdtempSync(join(root, 'node_modules/.cache/tracegap-tap-'));
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }');
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    rewriteRelativeImportExtensions: true,
  };
  for (const folder of folders) {
    cpSync(join(root, 'src', folder), join(target, folder), { recursive: true });
    for (const file of readdirSync(join(target, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const path = join(target, folder, file);
      const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions });
      writeFileSync(path.replace(/\.ts$/, '.js'), outputText);
    }
  }
  return target;
}
