/** What the receiver sends on, to a pipeline that is well, down, slow or unwilling. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { grpcClient, METRICS } from './grpc-rig.ts';
import { CONTENT_TYPES, closeAll, closeLater, ONE_SPAN, openRig, type Rig } from './receiver-rig.ts';

afterEach(closeAll);

interface Received {
  path: string;
  type: string | undefined;
  authorization: string | undefined;
  body: Buffer;
}

/** A pipeline that keeps what it gets. */
async function openPipeline(
  answer: (response: ServerResponse) => void = (response) => void response.end(),
): Promise<{ at: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const { url = '', headers } = request;
    const body = await buffer(request);
    received.push({ path: url, type: headers['content-type'], authorization: headers.authorization, body });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { at: `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, received };
}

async function closed({ receiver, forwardProblems }: Rig): Promise<{ ms: number; problems: typeof forwardProblems }> {
  const start = performance.now();
  await receiver.close();
  return { ms: performance.now() - start, problems: forwardProblems };
}

const BODY = ONE_SPAN.protobuf;

test('every batch goes on as the same bytes with the same content-type, whichever way it came', async () => {
  const { at, received } = await openPipeline();
  const rig = await openRig({ http: '127.0.0.1:0', grpc: '127.0.0.1:0', forward: `http://${at}/base/` });
  await rig.send({});
  await rig.send({
    headers: { 'content-type': CONTENT_TYPES.json ?? '' },
    body: ONE_SPAN.json,
    path: '/prefix/v1/traces',
  });
  await rig.send({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(BODY) });
  await rig.send({ path: '/v1/metrics', body: Buffer.from('metrics') });
  await rig.send({
    path: '/v1/logs',
    body: Buffer.from('{"a":1}'),
    headers: { 'content-type': CONTENT_TYPES.json ?? '' },
  });
  const { call } = grpcClient(rig.receiver.grpc ?? '', undefined, 2);
  await call(BODY);
  await call(Buffer.from('grpc metrics'), METRICS);
  await vi.waitFor(() => expect(received).toHaveLength(7));
  const seen = received.map(({ path, type, body }) => `${path} ${type} ${body.toString('hex')}`);
  const sent = (path: string, encoding: 'protobuf' | 'json', body: Buffer | string) =>
    `/base${path} ${CONTENT_TYPES[encoding]} ${Buffer.from(body).toString('hex')}`;
  expect(seen.sort()).toEqual(
    [
      sent('/v1/traces', 'protobuf', BODY),
      sent('/v1/traces', 'protobuf', BODY),
      sent('/v1/traces', 'protobuf', BODY),
      sent('/v1/traces', 'json', ONE_SPAN.json),
      sent('/v1/metrics', 'protobuf', 'metrics'),
      sent('/v1/metrics', 'protobuf', 'grpc metrics'),
      sent('/v1/logs', 'json', '{"a":1}'),
    ].sort(),
  );
  expect(rig.spans).toHaveLength(4);
  const { problems } = await closed(rig);
  expect([problems, rig.problems]).toEqual([[], []]);
});

test('what this reader refuses goes on too: the pipeline may know better', async () => {
  const { at, received } = await openPipeline();
  const rig = await openRig({ forward: `http://${at}` });
  expect(await rig.send({ body: Buffer.from('no') })).toMatchObject({ status: 400 });
  await vi.waitFor(() => expect(received).toMatchObject([{ path: '/v1/traces', body: Buffer.from('no') }]));
});

test('userinfo becomes Authorization, and is shown nowhere', async () => {
  const { at, received } = await openPipeline((response) => void response.writeHead(401).end());
  const rig = await openRig({ forward: `http://tenant:hunter2@${at}` });
  await rig.send({});
  await vi.waitFor(() => expect(received).toHaveLength(1));
  expect(received[0]?.authorization).toBe(`Basic ${Buffer.from('tenant:hunter2').toString('base64')}`);
  const { problems } = await closed(rig);
  expect(problems).toMatchObject([{ message: expect.stringContaining(`${at} answered 401`) }]);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('a pipeline that answers 500: nobody notices but the count, which is said once', async () => {
  const { at, received } = await openPipeline((response) => void response.writeHead(500).end('no'));
  const rig = await openRig({ forward: `http://${at}` });
  for (let count = 0; count < 3; count++) expect(await rig.send({})).toMatchObject({ status: 200 });
  await vi.waitFor(() => expect(received).toHaveLength(3));
  const { problems } = await closed(rig);
  expect(problems).toEqual([
    {
      message: `3 of 3 batches could not be forwarded to ${at}: ${at} answered 500`,
      hint: expect.stringContaining('The audit is not affected'),
    },
  ]);
  expect([rig.spans.length, rig.problems, rig.receiver.sight().gaps]).toEqual([3, [], []]);
  // One attempt each.
  expect(received).toHaveLength(3);
});

test('a pipeline that is down', async () => {
  const rig = await openRig({ forward: 'http://127.0.0.1:9' });
  expect(await rig.send({})).toMatchObject({ status: 200 });
  const { ms, problems } = await closed(rig);
  expect(problems).toMatchObject([
    { message: expect.stringMatching(/^1 of 1 batches could not be forwarded to 127\.0\.0\.1:9: .*refused/) },
  ]);
  expect(ms).toBeLessThan(900);
  expect(rig.receiver.sight()).toMatchObject({ gaps: [], dropped: 0 });
});

test('a pipeline that never answers holds nothing up: 64 are on their way, the rest is dropped, closing waits a second', async () => {
  const { at, received } = await openPipeline(() => {});
  const rig = await openRig({ forward: `http://${at}` });
  const answers = await Promise.all(Array.from({ length: 70 }, () => rig.send({})));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(rig.spans).toHaveLength(70);
  expect(received.length).toBeLessThanOrEqual(8);
  const { ms, problems } = await closed(rig);
  expect(problems).toMatchObject([
    {
      message: expect.stringMatching(
        /^70 of 70 batches .*: more than 64 batches or \d+ bytes .* \(6\); the run was over before the answer came \(64\)$/,
      ),
    },
  ]);
  expect(ms).toBeGreaterThan(900);
  expect(ms).toBeLessThan(3000);
});

test('a pipeline that answers late, and in time: closing waits for it', async () => {
  const { at } = await openPipeline((response) => void setTimeout(() => response.end(), 300));
  const rig = await openRig({ forward: `http://${at}` });
  await rig.send({});
  const { ms, problems } = await closed(rig);
  expect(problems).toEqual([]);
  expect(ms).toBeLessThan(900);
});

test('more than 16 MiB on their way are not kept', async () => {
  const { at, received } = await openPipeline();
  const rig = await openRig({ forward: `http://${at}` });
  await rig.send({ path: '/v1/logs', body: Buffer.alloc(17 * 2 ** 20) });
  await rig.send({ path: '/v1/logs', body: Buffer.alloc(15 * 2 ** 20) });
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 10_000 });
  const { problems } = await closed(rig);
  expect(problems).toMatchObject([{ message: expect.stringMatching(/^1 of 2 .*16777216 bytes/) }]);
});

test('what never came in whole is counted too', async () => {
  const { at } = await openPipeline();
  const rig = await openRig({ forward: `http://${at}`, limits: { body: 1000, memory: 10_000 } });
  await rig.send({ body: Buffer.alloc(2000) });
  await rig.send({ headers: { 'content-encoding': 'br' } });
  await rig.send({ path: '/v1/metrics', body: Buffer.alloc(2000) });
  const { problems } = await closed(rig);
  expect(problems).toMatchObject([
    { message: expect.stringMatching(/^3 of 3 .*larger than 1000 bytes.*\(2\); .*\(1\)$/) },
  ]);
});

test('a url that is none', async () => {
  const complaint = {
    message: expect.stringContaining('`forward`'),
    hint: expect.stringContaining('http://host:port'),
  };
  await expect(openRig({ forward: 'collector:4318' })).rejects.toMatchObject({ complaint });
});
