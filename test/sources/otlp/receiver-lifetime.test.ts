/** Opening and closing the receiver, and what it says of the time between. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { Complaint } from '../../../src/model/problem.ts';
import { openOtlpReceiver } from '../../../src/sources/otlp/receiver.ts';
import { closeAll, closeLater, connectTo, headOf, keepAlive, ONE_SPAN, openRig } from './receiver-rig.ts';
import { settingsFor } from './settings.ts';

afterEach(closeAll);

const BODY = ONE_SPAN.protobuf;

test('closing destroys idle connections and half-sent requests, and frees the port', async () => {
  const { receiver, connect, send } = await openRig();
  const idle = keepAlive();
  await send({ agent: idle });
  const [fresh, half] = [await connect(), await connect()];
  half.write(headOf(BODY.length));
  await send({ agent: idle });
  const ends = [fresh, half].map((socket) => {
    socket.resume();
    return once(socket, 'close');
  });
  await receiver.close();
  await Promise.all(ends);
  await expect(send({ agent: idle })).rejects.toThrow(/ECONNREFUSED/);

  const again = await openRig({ http: receiver.address });
  expect(again.receiver.address).toBe(receiver.address);
  expect(await again.send({})).toMatchObject({ status: 200 });
});

test('a request that is in when the receiver closes still gets its answer', async () => {
  const closing: Promise<void>[] = [];
  const rig = await openRig({ onSpans: () => closing.push(rig.receiver.close()) });
  expect(await rig.send({ agent: keepAlive() })).toMatchObject({ status: 200 });
  await Promise.all(closing);
  expect(closing).toHaveLength(1);
  await expect(connectTo(rig.receiver.address)).rejects.toThrow(/ECONNREFUSED/);
});

test('the sight: from when to when, what was refused, what was dropped; nothing after closing', async () => {
  let now = 1000;
  const { receiver, send, connect } = await openRig({ clock: () => now });
  expect(receiver.sight()).toEqual({ part: 'source', name: 'main', from: 1000, until: 1000, gaps: [], dropped: 0 });
  now = 2000;
  await send({ body: Buffer.from('no') });
  const gap = { from: 2000, until: 2000, reason: expect.stringMatching(/^a batch was refused with 400: /), lost: true };
  expect(receiver.sight()).toMatchObject({ until: 2000, gaps: [gap] });
  const half = await connect();
  half.write(headOf(BODY.length));
  await send({});
  now = 3000;
  await receiver.close();
  now = 4000;
  await receiver.caughtUp();
  expect(receiver.sight()).toEqual({ part: 'source', name: 'main', from: 1000, until: 3000, gaps: [gap], dropped: 0 });
});

test.each([
  ['a probe was taken and nobody connected', { first: 1, last: 1, taken: true }, false, true],
  ['somebody connected', { first: 1, last: 1, taken: true }, true, false],
  ['what was sent reached nobody', { first: 1, last: 1 }, false, false],
  ['nothing was sent', {}, false, false],
])('whether nobody came is said at the end: %s', async (_what, sent, connects, isSaid) => {
  const problems: Complaint[] = [];
  const sink = { spans: () => undefined, problem: (problem: Complaint) => void problems.push(problem) };
  const needles = { ...settingsFor().needles, sent };
  const config = { name: 'main', http: '127.0.0.1:0', grpc: '127.0.0.1:0' };
  const { http = '', grpc = '', close, caughtUp } = await openOtlpReceiver(config, needles, new Set(), sink);
  if (connects) await connectTo(grpc);
  await caughtUp();
  await close();
  const message = `nobody connected to the OTLP receiver on ${http} and ${grpc}`;
  expect(problems).toEqual(isSaid ? [{ message, hint: expect.stringContaining('start it after tracegap') }] : []);
});

test('a port that is taken is in the way, and its owner is named', async () => {
  const script = `const server = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))`;
  const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  closeLater(() => owner.kill());
  const [output] = await once(owner.stdout, 'data');
  const port = Number(String(output));
  const named = process.platform === 'linux' ? `\\S+ \\(pid ${owner.pid}\\)` : '.+';
  await expect(openRig({ http: `127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'in-the-way',
    complaint: {
      message: expect.stringMatching(new RegExp(`^port ${port}, .*127\\.0\\.0\\.1:${port}.* is taken by ${named}$`)),
      hint: expect.stringContaining('http: "127.0.0.1:<port>"'),
    },
  });
});

test('an address that is not of this machine is in the way', async () => {
  await expect(openRig({ http: '192.0.2.1:0' })).rejects.toMatchObject({
    code: 'in-the-way',
    complaint: {
      message: expect.stringMatching(/192\.0\.2\.1:0 \(EADDRNOTAVAIL\)/),
      hint: expect.stringContaining('0.0.0.0'),
    },
  });
});

test('IPv6', async () => {
  const { receiver, send, spans } = await openRig({ http: '[::1]:0' });
  expect(receiver.address).toMatch(/^\[::1\]:[1-9]\d*$/);
  expect(await send({})).toMatchObject({ status: 200 });
  expect(spans).toHaveLength(1);
});
