/** What each gRPC call is answered. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { field, hex, IDS, requestWith, SPAN_ID, TRACE_ID } from './bytes.ts';
import { framed, openStream, rawCall } from './grpc-raw.ts';
import { grpcClient, LOGS, METRICS, TRACES } from './grpc-rig.ts';
import { closeAll, closeLater, connectTo, ONE_SPAN, openDying, openRig, type Rig } from './receiver-rig.ts';

afterEach(closeAll);

const BODY = ONE_SPAN.protobuf;
const SMALL = { body: 10_000, memory: 100_000 };

async function openGrpc(given: Parameters<typeof openRig>[0] = {}): Promise<Rig & { grpc: string }> {
  const rig = await openRig({ grpc: '127.0.0.1:0', ...given });
  return { ...rig, grpc: rig.receiver.grpc ?? '' };
}

test.each([
  ['plain', 0],
  ['deflate', 1],
  ['gzip', 2],
])('%s: OK, and the span is handed over', async (_, compression) => {
  const { grpc, spans, problems, receiver } = await openGrpc();
  const { call } = grpcClient(grpc, undefined, compression);
  expect(await call(BODY)).toMatchObject({ status: 'OK', body: Buffer.alloc(0) });
  expect(await call(Buffer.alloc(0))).toMatchObject({ status: 'OK' });
  expect(spans).toMatchObject([{ traceId: TRACE_ID, spanId: SPAN_ID, service: 'checkout', sources: ['main'] }]);
  expect(problems).toEqual([]);
  expect(receiver.sight()).toMatchObject({ gaps: [], dropped: 0 });
  expect(receiver.http).toBeUndefined();
});

test('HTTP and gRPC side by side are one source', async () => {
  const { grpc, send, spans, receiver } = await openGrpc({ http: '127.0.0.1:0' });
  await send({});
  await grpcClient(grpc).call(BODY);
  expect(spans).toHaveLength(2);
  expect(receiver.address).not.toBe(grpc);
});

test('a connection gets room for a whole batch of spans on its way, and no more calls at once than before', async () => {
  const { grpc } = await openGrpc();
  const { session } = openStream(grpc);
  await vi.waitFor(() => {
    expect(session.remoteSettings).toMatchObject({ initialWindowSize: 256 * 1024, maxConcurrentStreams: 32 });
    expect(session.state.remoteWindowSize).toBe(1024 * 1024);
  });
});

test.each([METRICS, LOGS])('%s is taken and let go', async (method) => {
  const { grpc, spans, problems } = await openGrpc();
  expect(await grpcClient(grpc).call(randomBytes(5000), method)).toMatchObject({ status: 'OK' });
  expect([spans, problems]).toEqual([[], []]);
});

test('another method is UNIMPLEMENTED, and costs no sight', async () => {
  const { grpc, problems, receiver } = await openGrpc();
  const method = TRACES.replace('Export', 'Import');
  expect(await grpcClient(grpc).call(BODY, method)).toMatchObject({ status: 'UNIMPLEMENTED' });
  expect([problems, receiver.sight().gaps]).toEqual([[], []]);
});

test('partial success: what cannot be told apart is rejected, the rest handed over', async () => {
  const { grpc, spans, receiver } = await openGrpc();
  const bad = ['b7ad', `${SPAN_ID}00`].map((id) => requestWith(field(1, hex(TRACE_ID)), field(2, hex(id))));
  const long = requestWith(field(1, hex(`${TRACE_ID}00`)), field(2, hex(SPAN_ID)));
  const { status, body } = await grpcClient(grpc).call(Buffer.concat([BODY, ...bad, long]));
  expect(status).toBe('OK');
  expect(body.toString()).toContain('2 rejected: span id is not 8 bytes');
  expect(body.toString()).toContain('1 rejected: trace id is not 16 bytes');
  expect(spans).toHaveLength(1);
  expect(receiver.sight()).toMatchObject({ dropped: 3, gaps: [] });
});

/** Groups in groups, and attribute values in values. */
const DEEP = {
  groups: Buffer.concat([Buffer.alloc(5000, 0x0b), Buffer.alloc(5000, 0x0c)]),
  values: (() => {
    let value = field(1, 'x');
    for (let depth = 0; depth < 1500; depth++) value = field(5, field(1, value));
    return requestWith(IDS, field(9, field(1, 'http.route'), field(2, value)));
  })(),
};

test.each([
  ['bytes that are nothing', Buffer.alloc(50, 0xff), /byte/],
  ['a body that was cut', BODY.subarray(0, -1), /length|cut off/],
  ['groups nested deep', DEEP.groups, /nested deeper/],
])('%s: INVALID_ARGUMENT with details, once said, and the connection goes on', async (_, body, says) => {
  const { grpc, spans, problems, receiver } = await openGrpc();
  const { call } = grpcClient(grpc);
  const answer = await call(body);
  expect(answer).toMatchObject({ status: 'INVALID_ARGUMENT', message: expect.stringMatching(says) });
  expect(answer.details).toEqual({
    code: 3,
    message: answer.message,
    details: [
      {
        type: 'type.googleapis.com/google.rpc.BadRequest',
        value: { fieldViolations: [{ description: answer.message }] },
      },
    ],
  });
  await call(body);
  expect(problems).toHaveLength(1);
  expect(receiver.sight().gaps).toHaveLength(2);
  expect(await call(BODY)).toMatchObject({ status: 'OK' });
  expect(spans).toHaveLength(1);
});

test('attribute values nested deep are passed over', async () => {
  const { grpc, spans } = await openGrpc();
  expect(await grpcClient(grpc).call(DEEP.values)).toMatchObject({ status: 'OK' });
  expect(spans).toHaveLength(1);
});

test.each([
  ['too large', randomBytes(20_000), 0],
  ['a gzip bomb', Buffer.alloc(8_000_000), 2],
  ['too large after gzip', randomBytes(12_000), 2],
])(
  '%s: RESOURCE_EXHAUSTED without RetryInfo, so it is not sent again; the sight says so',
  async (_, body, compression) => {
    const { grpc, spans, problems, receiver } = await openGrpc({ limits: SMALL });
    const { call } = grpcClient(grpc, undefined, compression);
    expect(await call(body)).toMatchObject({ status: 'RESOURCE_EXHAUSTED', details: undefined });
    const reason = expect.stringMatching(/RESOURCE_EXHAUSTED.*larger than .*10000/);
    await vi.waitFor(() => expect(receiver.sight().gaps).toMatchObject([{ reason }]));
    expect(problems).toMatchObject([{ message: reason }]);
    expect(await call(BODY)).toMatchObject({ status: 'OK' });
    expect(spans).toHaveLength(1);
  },
);

test('a gzip bomb of the real size: 64 MiB of it are made, no more', async () => {
  const { grpc, receiver } = await openGrpc();
  const before = process.memoryUsage().rss;
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 5);
  const bomb = Buffer.concat(Array.from({ length: 10 }, () => gzipSync(Buffer.alloc(16 * 2 ** 20))));
  const calls = Array.from({ length: 8 }, () => rawCall(grpc, { 'grpc-encoding': 'gzip' }, framed(bomb, true)));
  for (const trailers of await Promise.all(calls)) expect(trailers['grpc-status']).toBe('8');
  clearInterval(watch);
  // 8 × 160 MiB were asked for; 4 calls are read at once, 64 MiB of each.
  expect(highest - before).toBeLessThan(1200 * 2 ** 20);
  await vi.waitFor(() => expect(receiver.sight().gaps).toHaveLength(8));
});

test.each([
  ['gzip that is none', { 'grpc-encoding': 'gzip' }, framed(BODY, true), '13', /^.* INTERNAL: Failed to decompress/],
  [
    'gzip that was cut',
    { 'grpc-encoding': 'gzip' },
    framed(gzipSync(BODY).subarray(0, -9), true),
    '13',
    /INTERNAL: Failed to decompress/,
  ],
  [
    'zstd, which is not taken over gRPC',
    { 'grpc-encoding': 'zstd' },
    framed(BODY, true),
    '12',
    /UNIMPLEMENTED: .*unsupported encoding "zstd"/,
  ],
  [
    'a bomb of deflate',
    { 'grpc-encoding': 'deflate' },
    framed(deflateSync(Buffer.alloc(80_000_000)), true),
    '8',
    /RESOURCE_EXHAUSTED: .*decompresses to .*larger/,
  ],
  [
    'a length that says 4 GiB',
    {},
    Buffer.concat([Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), BODY]),
    '8',
    /RESOURCE_EXHAUSTED: .*larger/,
  ],
  ['a message that was cut', {}, framed(BODY).subarray(0, -3), '12', /UNIMPLEMENTED: .*no request message/],
  ['a prefix that was cut', {}, framed(BODY).subarray(0, 3), '12', /UNIMPLEMENTED: .*no request message/],
  ['nothing at all', {}, Buffer.alloc(0), '12', /UNIMPLEMENTED: .*no request message/],
  ['two messages', {}, Buffer.concat([framed(BODY), framed(BODY)]), '12', /UNIMPLEMENTED: .*second request message/],
])(
  '%s is refused by the library; the sight says so, and the next call is taken',
  async (_, headers, bytes, code, says) => {
    const { grpc, spans, problems, receiver } = await openGrpc();
    expect((await rawCall(grpc, headers, bytes))['grpc-status']).toBe(code);
    const reason = expect.stringMatching(says);
    await vi.waitFor(() => expect(receiver.sight().gaps).toMatchObject([{ reason }]));
    expect(problems).toMatchObject([{ hint: expect.stringContaining('lost to this run') }]);
    expect(await grpcClient(grpc).call(BODY)).toMatchObject({ status: 'OK' });
    expect(spans).toHaveLength(1);
  },
);

test('a call whose deadline passes before its message has come: the sight says so, with what exporters do then', async () => {
  const { grpc, problems, receiver } = await openGrpc();
  const { stream } = openStream(grpc, { 'grpc-timeout': '100m' });
  stream.write(framed(BODY).subarray(0, 20));
  await vi.waitFor(() =>
    expect(receiver.sight().gaps).toMatchObject([{ reason: expect.stringContaining('DEADLINE_EXCEEDED') }]),
  );
  expect(problems).toMatchObject([{ hint: expect.stringContaining('send it again') }]);
});

test.each(['application/json', 'application/x-protobuf'])('content-type %s is 415', async (type) => {
  const { grpc, spans } = await openGrpc();
  expect(await rawCall(grpc, { 'content-type': type }, framed(BODY))).toMatchObject({ ':status': 415 });
  expect(spans).toEqual([]);
});

test.each(['application/grpc+proto', 'application/grpc'])('content-type %s is taken', async (type) => {
  const { grpc, spans } = await openGrpc();
  expect(await rawCall(grpc, { 'content-type': type }, framed(BODY))).toMatchObject({ 'grpc-status': '0' });
  expect(spans).toHaveLength(1);
});

test('a client that breaks off in the middle of a message: the sight says so, and nobody else notices', async () => {
  const { grpc, spans, problems, receiver } = await openGrpc();
  const { session, stream } = openStream(grpc);
  stream.write(framed(BODY).subarray(0, 20));
  await grpcClient(grpc).call(BODY);
  session.destroy();
  const reason = 'a client broke off in the middle of a batch';
  await vi.waitFor(() => expect(receiver.sight().gaps).toMatchObject([{ reason }]));
  expect([spans.length, problems]).toEqual([1, []]);
});

test('too much at once: RESOURCE_EXHAUSTED with RetryInfo, and room again once one is done', {
  timeout: 30_000,
}, async () => {
  const { grpc, spans, problems, receiver } = await openGrpc({ limits: { body: 1000, memory: 2000 } });
  const { session, stream } = openStream(grpc);
  stream.write(framed(BODY).subarray(0, 20));
  const second = openStream(grpc);
  second.stream.write(framed(BODY).subarray(0, 20));
  const { call } = grpcClient(grpc);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const answer = await call(BODY);
  expect(answer).toMatchObject({
    status: 'RESOURCE_EXHAUSTED',
    message: expect.stringContaining('send this one again'),
  });
  expect(answer.details?.details).toEqual([
    { type: 'type.googleapis.com/google.rpc.RetryInfo', value: { retryDelay: { seconds: 1 } } },
  ]);
  expect(problems).toMatchObject([{ hint: expect.stringContaining('send it again') }]);
  expect(receiver.sight().gaps.at(-1)?.reason).toContain('RESOURCE_EXHAUSTED');
  session.destroy();
  second.session.destroy();
  await vi.waitFor(async () => expect(await call(BODY)).toMatchObject({ status: 'OK' }));
  expect(spans.length).toBeGreaterThan(0);
});

test('a call that does not come to its end is ended with RetryInfo after 5 s', { timeout: 20_000 }, async () => {
  const { grpc, receiver } = await openGrpc();
  const { stream } = openStream(grpc);
  stream.write(framed(BODY).subarray(0, 20));
  const [head] = await once(stream, 'response');
  expect(head).toMatchObject({ 'grpc-status': '8', 'grpc-message': expect.stringContaining('too%20long') });
  expect(receiver.sight().gaps).toHaveLength(1);
});

test('a receiver that dies in the middle of a call and is started again gets it', async () => {
  const { address, died } = await openDying();
  const answer = grpcClient(address, undefined, 0, true).call(BODY);
  await died;
  const { spans } = await openGrpc({ grpc: address });
  expect(await answer).toMatchObject({ status: 'OK' });
  expect(spans).toHaveLength(1);
});

test('many large calls at once on one connection wait for their turn, and all are taken', async () => {
  const { grpc, spans, problems } = await openGrpc();
  const body = requestWith(IDS, field(5, 'x'.repeat(300_000)));
  const { call } = grpcClient(grpc);
  const answers = await Promise.all(Array.from({ length: 60 }, () => call(body)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['OK']));
  expect([spans.length, problems]).toEqual([60, []]);
});

test('catching up waits for what was begun, and not for ever', async () => {
  const { grpc, receiver, spans } = await openGrpc();
  const { stream } = openStream(grpc);
  stream.write(framed(BODY).subarray(0, 20));
  await grpcClient(grpc).call(BODY);
  const caughtUp = receiver.caughtUp().then(() => spans.length);
  setTimeout(() => stream.end(framed(BODY).subarray(20)), 50);
  expect(await caughtUp).toBe(2);

  const stuck = openStream(grpc).stream;
  stuck.write(framed(BODY).subarray(0, 20));
  await grpcClient(grpc).call(BODY);
  await receiver.caughtUp();
  expect(spans).toHaveLength(3);
});

/** Makes a call on each of many connections, and is gone before anything is answered. */
const MANY_CALLERS = `
  const [address, path, count, bytes] = process.argv.slice(1);
  for (let left = Number(count); left > 0; left--) {
    const session = require('node:http2').connect('http://' + address);
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    session.request(headers).end(Buffer.from(bytes, 'hex'));
  }
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000);`;

test('caught up: all that stood in the kernel by then has been handed over', async () => {
  const { grpc, receiver, spans } = await openGrpc();
  // Nothing of it can be read before the child is gone: this process stands still meanwhile.
  spawnSync(process.execPath, ['-e', MANY_CALLERS, grpc, TRACES, '40', framed(BODY).toString('hex')]);
  expect(spans).toHaveLength(0);
  await receiver.caughtUp();
  expect(spans).toHaveLength(40);
});

test('closing destroys idle connections and half-sent calls, and frees the port', async () => {
  const { grpc, receiver } = await openGrpc();
  const { session, stream } = openStream(grpc);
  stream.write(framed(BODY).subarray(0, 20));
  const raw = await connectTo(grpc);
  raw.resume();
  await grpcClient(grpc).call(BODY);
  const ends = [once(session, 'close'), once(raw, 'close')];
  const start = performance.now();
  await receiver.close();
  expect(performance.now() - start).toBeLessThan(500);
  await Promise.all(ends);
  await expect(connectTo(grpc)).rejects.toThrow(/ECONNREFUSED/);
  expect(receiver.sight().gaps).toEqual([]);

  const again = await openGrpc({ grpc });
  expect(again.grpc).toBe(grpc);
  expect(await grpcClient(again.grpc).call(BODY)).toMatchObject({ status: 'OK' });
});

test('a call that is in when the receiver closes still gets its answer', async () => {
  const closing: Promise<void>[] = [];
  const rig = await openGrpc({ onSpans: () => closing.push(rig.receiver.close()) });
  expect(await grpcClient(rig.grpc).call(BODY)).toMatchObject({ status: 'OK' });
  await Promise.all(closing);
  expect(closing).toHaveLength(1);
});

test('HTTP/1.1 at the gRPC port: said once, with what to set, and answered', async () => {
  const { grpc, problems } = await openGrpc();
  for (let count = 0; count < 2; count++) {
    const answer = await fetch(`http://${grpc}/v1/traces`, { method: 'POST', body: new Uint8Array(BODY) });
    expect(answer.status).toBe(415);
  }
  expect(problems).toEqual([
    {
      message: expect.stringContaining('no HTTP/2'),
      hint: expect.stringContaining('OTEL_EXPORTER_OTLP_PROTOCOL=grpc'),
    },
  ]);
});

test('TLS at the plain gRPC port: said, with what to set', async () => {
  const { grpc, problems } = await openGrpc();
  const [host = '', port] = grpc.split(':');
  const socket = connectTls({ host, port: Number(port) });
  await once(socket, 'error').catch(() => {});
  expect(problems).toMatchObject([{ message: expect.stringContaining('speaks TLS') }]);
});

test('a gRPC port that is taken is in the way, its owner is named, and HTTP is closed again', async () => {
  const script = `const server = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))`;
  const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  closeLater(() => owner.kill());
  const [output] = await once(owner.stdout, 'data');
  const port = Number(String(output));
  const { receiver } = await openRig();
  await receiver.close();
  await expect(openRig({ http: receiver.address, grpc: `127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'in-the-way',
    complaint: {
      message: expect.stringMatching(new RegExp(`^port ${port}, where the OTLP/gRPC receiver .* is taken by .+$`)),
      hint: expect.stringContaining('grpc: "127.0.0.1:<port>"'),
    },
  });
  await expect(connectTo(receiver.address)).rejects.toThrow(/ECONNREFUSED/);
});
