/** Receivers that are killed, closed or too busy, and what becomes of the spans that real exporters had for them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findCollector } from '../../../fixtures/parts/collector.mjs';
import { isAtHand } from '../../e2e/part.ts';
import { collectorWith } from './collector-exporting.ts';
import { framed, openStream } from './grpc-raw.ts';
import { grpcClient } from './grpc-rig.ts';
import { startReceiver } from './receiver-process.ts';
import { closeAll, closeLater, ONE_SPAN, openRig } from './receiver-rig.ts';

afterEach(closeAll);

const EXPORTER = fileURLToPath(new URL('steady-exporter.mjs', import.meta.url));
const SOON = { timeout: 30_000, interval: 20 };

/** A service that exports all the time. `exported` and `failed` are span ids, as its SDK has it. */
function startService(protocol: string, address: string) {
  const env = {
    ...process.env,
    OTEL_SERVICE_NAME: 'checkout',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
  const child = spawn(process.execPath, [EXPORTER], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  closeLater(() => child.kill('SIGKILL'));
  const exported = new Set<string>();
  const failed = new Map<string, string>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const { ids, error }: { ids: string[]; error?: string } = JSON.parse(text);
    for (const id of ids) error === undefined ? exported.add(id) : failed.set(id, error);
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  };
  return { exported, failed, stop };
}

test.each([
  ['http/protobuf', 'http'],
  ['grpc', 'grpc'],
] as const)('a receiver is killed under a service that exports over %s, and started again', async (protocol, port) => {
  const first = await startReceiver({ [port]: '127.0.0.1:0' });
  const { exported, failed, stop } = startService(protocol, first[port]);
  await vi.waitFor(() => expect(first.spans.size).toBeGreaterThan(20), SOON);
  await first.kill();
  await sleep(700);
  const second = await startReceiver({ [port]: first[port] });
  await vi.waitFor(() => expect(second.spans.size).toBeGreaterThan(20), SOON);
  await stop();

  const received = new Set([...first.spans, ...second.spans]);
  expect([...exported].filter((id) => !received.has(id))).toEqual([]);
  expect(second.problems).toEqual([]);
  if (protocol === 'grpc') {
    // Of this SDK's exporters only those over HTTP send a batch again: what fails is lost, whatever it is answered.
    expect(failed.size).toBeGreaterThan(0);
    for (const error of failed.values()) expect(error).toContain('UNAVAILABLE');
  } else expect([...failed]).toEqual([]);
});

/** One call may be read at a time. */
const ONE_AT_ONCE = { body: 100_000, memory: 200_000 };

/** Calls whose messages stay away: one is read for 5 s, then the next. */
function stall(address: string, count: number): void {
  for (let left = count; left > 0; left--) openStream(address).stream.write(framed(ONE_SPAN.protobuf).subarray(0, 20));
}

test('closing: calls that are half here or wait for their turn are UNAVAILABLE, which exporters may send again', async () => {
  const { receiver } = await openRig({ grpc: '127.0.0.1:0', limits: ONE_AT_ONCE });
  const grpc = receiver.grpc ?? '';
  stall(grpc, 1);
  await sleep(100);
  const waiting = [ONE_SPAN.protobuf, Buffer.alloc(90_000)].map((body) => grpcClient(grpc).call(body));
  await sleep(300);
  await receiver.close();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
});

test('a service that exports over gRPC while others are in the way waits for its turn, and loses nothing', async () => {
  const { receiver, spans } = await openRig({ grpc: '127.0.0.1:0', limits: ONE_AT_ONCE });
  const grpc = receiver.grpc ?? '';
  stall(grpc, 1);
  const { exported, failed, stop } = startService('grpc', grpc);
  await vi.waitFor(() => expect(exported.size).toBeGreaterThan(20), SOON);
  await stop();
  expect([...failed]).toEqual([]);
  expect(new Set(spans.map(({ spanId }) => spanId))).toEqual(exported);
});

describe.runIf(isAtHand('the OpenTelemetry Collector', findCollector))('a real Collector', () => {
  test('sends again over gRPC what was refused with RetryInfo, and nothing is lost', async () => {
    const { receiver, spans } = await openRig({ grpc: '127.0.0.1:0', limits: ONE_AT_ONCE });
    const grpc = receiver.grpc ?? '';
    const exporter = { endpoint: grpc, tls: { insecure: true }, timeout: '20s' };
    const collector = await collectorWith({ otlp_grpc: exporter });
    stall(grpc, 2);
    await sleep(100);
    const sent = await collector.send();
    await vi.waitFor(() => expect(new Set(spans.map(({ spanId }) => spanId))).toEqual(sent), SOON);
    const reasons = receiver.sight().gaps.map(({ reason }) => reason);
    expect(reasons).toContainEqual(expect.stringMatching(/RESOURCE_EXHAUSTED: too many calls/));
  });
});
