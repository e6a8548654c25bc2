/** An audit of two services that export over gRPC, with what comes sent on to a pipeline that is well or down. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePort } from '../../fixtures/parts/ports.mjs';
import { audit, tracegap, verdictsOf } from './cli.ts';

const SERVICE = new URL('grpc-service.mjs', import.meta.url).pathname;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** @returns its port */
async function startService(name: string, endpoint: string, others: Record<string, string> = {}): Promise<string> {
  const env = {
    ...process.env,
    OTEL_SERVICE_NAME: name,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    ...others,
  };
  const child = spawn(process.execPath, [SERVICE], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  stops.push(() => child.kill('SIGKILL'));
  const [output] = await once(child.stdout, 'data');
  return String(output).trim();
}

interface System {
  topology: string;
  grpc: number;
}

async function startSystem(source: string, faults: Record<string, string> = {}): Promise<System> {
  const grpc: number = await freePort();
  const endpoint = `http://127.0.0.1:${grpc}`;
  const back = await startService('back', endpoint);
  const front = await startService('front', endpoint, { NEXT: `http://127.0.0.1:${back}`, ...faults });
  const folder = await mkdtemp(join(tmpdir(), 'tracegap-grpc-'));
  stops.push(() => rm(folder, { recursive: true }));
  const topology = join(folder, 'tracegap.yaml');
  await writeFile(
    topology,
    `version: 1
sources: [{ otlp: { grpc: "127.0.0.1:${grpc}"${source} } }]
nodes:
  front: { url: "http://127.0.0.1:${front}" }
  back:
flows:
  get: { send: { http: { path: "/\${probe.id}" } }, through: front -> back, deadline: 6s }
`,
  );
  return { topology, grpc };
}

test('sound services over gRPC are intact, and a pipeline behind gets all of it', async () => {
  let batches = 0;
  const pipeline = createServer((request, response) => {
    if (request.url === '/v1/traces') batches++;
    request.resume();
    request.on('end', () => response.end());
  });
  pipeline.listen(0, '127.0.0.1');
  await once(pipeline, 'listening');
  stops.push(() => pipeline.close());
  const bound = pipeline.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const { topology } = await startSystem(`, forward: "http://127.0.0.1:${port}"`);
  const { report, status, stdout } = await audit(topology);
  expect(verdictsOf(report), stdout).toEqual({ 'probe -> front': 'intact', 'front -> back': 'intact' });
  expect([status, report.problems]).toEqual([0, []]);
  expect(batches).toBeGreaterThan(0);
});

test('lost context is found, and a pipeline that is down is said and makes nothing inconclusive', async () => {
  const { topology } = await startSystem(', forward: "http://u:hunter2@127.0.0.1:9"', { LOSES_CONTEXT: 'true' });
  const { report, reportText, status, stdout, stderr, judged } = await audit(topology);
  expect(
    report.hops.map(({ verdict }) => verdict),
    stdout,
  ).toEqual(['intact', 'broken']);
  expect(status).toBe(1);
  expect(report.problems).toMatchObject([
    {
      part: 'forward',
      name: 'otlp',
      flows: [],
      message: expect.stringMatching(/could not be forwarded to 127\.0\.0\.1:9/),
    },
  ]);
  expect(JSON.parse(judged.stdout)).toEqual(report);
  expect(stdout + stderr + reportText).not.toContain('hunter2');
});

test('a TLS file that is missing: exit 2, named, nothing sent', async () => {
  const { topology } = await startSystem(', tls: { certFile: /nowhere/receiver.pem, keyFile: /nowhere/receiver.key }');
  const { status, stderr } = await tracegap(['audit', topology]);
  expect(status).toBe(2);
  expect(stderr).toContain('cannot read `/nowhere/receiver.pem`: there is no such file');
});

test('a gRPC port that is taken: exit 2, its owner named', async () => {
  const { topology, grpc } = await startSystem('');
  const owner = createServer().listen(grpc, '127.0.0.1');
  await once(owner, 'listening');
  stops.push(() => owner.close());
  const { status, stderr } = await tracegap(['audit', topology]);
  expect(status).toBe(2);
  expect(stderr).toMatch(new RegExp(`port ${grpc}, where the OTLP/gRPC receiver .* is taken by`));
});
