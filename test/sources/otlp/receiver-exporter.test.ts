/** The receiver and the real SDK's exporters, in a process of their own, configured as a service's owner would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { closeAll, closeLater, openDying, openRig } from './receiver-rig.ts';

afterEach(closeAll);

const EXPORTER = fileURLToPath(new URL('receiver-exporter.mjs', import.meta.url));

/** Starts the exporter, with nothing of OpenTelemetry in its environment but what is given. */
function startExporter(variables: Record<string, string>) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_'));
  const env = { ...Object.fromEntries(inherited), OTEL_SERVICE_NAME: 'checkout', ...variables };
  const child = spawn(process.execPath, [EXPORTER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  closeLater(() => child.kill('SIGKILL'));
  return child;
}

async function runExporter(variables: Record<string, string>): Promise<object[]> {
  const child = startExporter(variables);
  const [output, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect([code, complaints]).toEqual([0, '']);
  return JSON.parse(output);
}

const ALL_SIGNALS = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' };

test.each([
  ['http/protobuf', 'ENDPOINT', '', {}],
  ['http/protobuf', 'ENDPOINT', '/', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }],
  ['http/protobuf', 'TRACES_ENDPOINT', '', {}],
  ['http/protobuf', 'ENDPOINT', '/prefix', {}],
  ['http/json', 'ENDPOINT', '', {}],
  ['http/json', 'TRACES_ENDPOINT', '/v1/traces', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }],
])('%s to OTEL_EXPORTER_OTLP_%s=…%s %j: exactly the three spans', async (protocol, variable, path, others) => {
  const { receiver, spans, problems } = await openRig({ services: ['checkout'] });
  const made = await runExporter({
    ...(variable === 'ENDPOINT' ? ALL_SIGNALS : { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }),
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    [`OTEL_EXPORTER_OTLP_${variable}`]: `http://${receiver.address}${path}`,
    ...others,
  });
  expect(made).toHaveLength(3);
  expect(spans).toHaveLength(3);
  expect(spans).toMatchObject(made);
  expect(spans.map(({ kind, service, scope, sources }) => ({ kind, service, scope, sources }))).toEqual(
    ['client', 'consumer', 'server'].map((kind) => ({
      kind,
      service: 'checkout',
      scope: 'checkout-tracer',
      sources: ['main'],
    })),
  );
  expect(spans.map(({ attributes }) => attributes)).toEqual([
    {},
    {},
    { 'http.request.method': 'POST', 'http.response.status_code': 201 },
  ]);
  expect(problems).toEqual([]);
  expect(receiver.sight()).toMatchObject({ gaps: [], dropped: 0 });
});

test.each([
  ['ENDPOINT', {}],
  ['ENDPOINT', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }],
  ['TRACES_ENDPOINT', {}],
])('grpc to OTEL_EXPORTER_OTLP_%s %j: exactly the three spans', async (variable, others) => {
  const { receiver, spans, problems } = await openRig({ grpc: '127.0.0.1:0', services: ['checkout'] });
  const made = await runExporter({
    ...(variable === 'ENDPOINT' ? ALL_SIGNALS : { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    [`OTEL_EXPORTER_OTLP_${variable}`]: `http://${receiver.grpc}`,
    ...others,
  });
  expect(spans).toHaveLength(3);
  expect(spans).toMatchObject(made);
  expect(problems).toEqual([]);
  expect(receiver.sight()).toMatchObject({ gaps: [], dropped: 0 });
});

test('a receiver that dies in the middle of a batch and is started again: the exporter over HTTP sends it again', async () => {
  const { address, died } = await openDying();
  const running = runExporter({
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`,
  });
  await died;
  const { spans } = await openRig({ http: address });
  expect(spans).toMatchObject(await running);
  expect(spans).toHaveLength(3);
});

test('grpc, sent to the HTTP port by mistake: said, with what to set', async () => {
  const { receiver, spans, problems } = await openRig();
  startExporter({
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${receiver.address}`,
  });
  const hint = expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
  await vi.waitFor(() => expect(problems).toMatchObject([{ hint }]), { timeout: 30_000, interval: 20 });
  expect(spans).toEqual([]);
});
