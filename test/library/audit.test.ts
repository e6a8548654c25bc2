/** The library's own functions, on real services with OpenTelemetry SDKs. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  audit,
  type Evidence,
  isTracegapError,
  judge,
  type Progress,
  parseEvidence,
  parseReport,
  readTopology,
  render,
  type TracegapError,
} from '../../src/index.ts';
import { type Shop, startShop } from '../e2e/shop.ts';

let shop: Shop;
let file = '';
const printed = vi.fn();

beforeAll(async () => {
  shop = await startShop({ parts: [] });
  file = await shop.writeTopology({ deadline: '6s' });
});

afterAll(() => shop?.stop());

beforeEach(() => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      printed(String(chunk));
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(printed.mock.calls).toEqual([]);
});

/** @throws where nothing was thrown, or something that is no error of the library's */
async function errorOf(attempt: Promise<unknown>): Promise<TracegapError> {
  const error = await attempt.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!isTracegapError(error)) throw error;
  return error;
}

test('audit resolves to a report and the evidence that it was judged from', async () => {
  const told: Progress['kind'][] = [];
  const { report, evidence, warnings } = await audit(file, { onProgress: ({ kind }) => void told.push(kind) });
  expect(report.hops.map(({ from, to, verdict }) => `${from} -> ${to}: ${verdict}`)).toEqual([
    'probe -> checkout: intact',
    'checkout -> pricing: intact',
    'pricing -> catalog: intact',
  ]);
  expect([report.summary.exit, warnings]).toEqual([0, []]);
  expect(told).toEqual(expect.arrayContaining(['open', 'sent', 'decided']));
  expect(judge(evidence)).toEqual(report);
  expect(parseEvidence(JSON.parse(JSON.stringify(evidence))).problems).toEqual([]);
  expect(parseReport(JSON.parse(await render(report, 'json'))).report).toEqual(report);
});

test('a lost context does not throw; what a baseline has does not gate', async () => {
  await shop.set({ faults: { checkout: 'unpatched-client' }, taps: ['pricing'] });
  const tapped = await shop.writeTopology({ deadline: '6s' });
  const { report, evidence } = await audit({ text: await readFile(tapped, 'utf8'), file: 'shop.yaml' });
  await shop.set({ faults: {} });
  expect(report.topology.file).toBe('shop.yaml');
  expect(report.summary).toMatchObject({ exit: 1, broken: 1 });
  expect(judge(evidence, { failOn: 'none' }).summary.exit).toBe(0);
  expect(judge(evidence, { baseline: report }).summary.exit).toBe(0);
  expect(await render(report, 'table')).toContain('not-injected');
});

test('a selection narrows what is judged, and one that means nothing throws', async () => {
  const { report } = await audit(file, { hops: ['checkout -> pricing'] });
  expect(report.hops.map(({ to }) => to)).toEqual(['pricing']);
  const { code, message } = await errorOf(audit(file, { flows: ['place-ordre'] }));
  expect([code, message]).toEqual(['bad-input', expect.stringContaining('did you mean place-order?')]);
});

test('a bad topology throws with each problem at its place', async () => {
  const text = 'version: 1\nnodes: { a: }\nflows: { f: { send: none, trough: b } }\n';
  const { code, problems, message } = await errorOf(audit({ text }));
  expect(code).toBe('bad-topology');
  expect(problems[0]).toMatchObject({ file: 'tracegap.yaml', line: 3, severity: 'error' });
  expect(message).toContain('tracegap.yaml:3:');
  expect((await readTopology({ text })).problems).toEqual(expect.arrayContaining(problems));
  expect(await errorOf(audit('absent.yaml'))).toMatchObject({ code: 'bad-input', problems: [] });
});

test('readTopology tells hops and variables', async () => {
  const text = `version: 1\nnodes: { a: { url: "\${URL}" } }\nflows: { f: { send: { http: { path: "/\${probe.id}" } }, through: a } }\n`;
  expect(await readTopology({ text }, { env: { URL: 'http://127.0.0.1:1' } })).toMatchObject({
    hops: ['f: probe -> a'],
    problems: [],
    variables: ['URL'],
  });
});

test('a port that is taken throws, and is free again for the next audit', async () => {
  const other = createServer().listen(shop.receiverPort, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { code, message } = await errorOf(audit(file));
  expect([code, message]).toEqual(['in-the-way', expect.stringContaining(String(shop.receiverPort))]);
  await new Promise((resolve) => other.close(resolve));
  expect((await audit(file)).report.summary.exit).toBe(0);
});

test('a signal ends the audit at once, with its reason, and all is closed', async () => {
  await shop.stopService('catalog');
  const abort = new AbortController();
  const reason = new Error('enough');
  const onProgress = ({ kind }: Progress): void => {
    if (kind === 'sent') abort.abort(reason);
  };
  const start = performance.now();
  await expect(audit(file, { signal: abort.signal, deadlineMs: 30_000, onProgress })).rejects.toBe(reason);
  expect(performance.now() - start).toBeLessThan(10_000);
  await expect(audit(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await shop.set({ faults: {} });
  expect((await audit(file)).report.summary.exit).toBe(0);
});

test('a trace that something else began is judged, and looked at again', async () => {
  const traceId = 'a3ce929d0e0e47364bf92f3577b34da6';
  const text = (await readFile(file, 'utf8')).replace(/^( +)send:\n(?:\1 +.*\n)+/m, '$1send: none\n');
  let sent: Promise<unknown> | undefined;
  const begin = ({ kind }: Progress): void => {
    if (kind !== 'open') return;
    sent = request(`http://127.0.0.1:${shop.ports.checkout}/checkout?ref=nightly-1`, {
      method: 'POST',
      headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'content-type': 'application/json' },
      body: '{"orderId":"nightly-1"}',
    });
  };
  const first = await audit({ text }, { traces: { 'place-order': [traceId] }, onProgress: begin });
  await sent;
  expect(first.report.probes.map((probe) => probe.traceId)).toEqual([traceId]);
  expect(first.report.summary.exit).toBe(0);

  const evidence: Evidence = JSON.parse(JSON.stringify(first.evidence));
  const again = await audit({ text }, { resume: evidence });
  expect([again.report.summary.exit, again.evidence.run.resumedAt?.length]).toEqual([0, 1]);
  expect(await errorOf(audit(file, { resume: evidence }))).toMatchObject({ code: 'bad-input' });
});

test('a format that is none throws with the nearest', async () => {
  const { report } = await audit(file);
  expect(await errorOf(render(report, 'tabel'))).toMatchObject({
    message: expect.stringContaining('did you mean table'),
  });
});
