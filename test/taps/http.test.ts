import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { complaintOf } from '../../src/model/problem.ts';
import { openHttpTap } from '../../src/taps/http.ts';
import { clientOf, listening, openRig, PROBE, RUN } from './http-rig.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function kept<Each extends { close(): unknown }>(each: Each): Each {
  open.push(each);
  return each;
}

test('what the sink throws blinds one connection and stops nothing', async () => {
  const node = kept(createServer((socket) => socket.pipe(socket)));
  const sink = {
    event: () => {
      throw new Error('the sink is full');
    },
    problem: () => {},
  };
  const tap = kept(
    await openHttpTap({ listen: '127.0.0.1:0', to: await listening(node) }, { node: 'cart', runId: RUN, sink }),
  );
  const client = await clientOf(tap);
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  client.socket.write('more');
  expect((await client.receive(22)).toString()).toBe('GET / HTTP/1.1\r\n\r\nmore');
  expect(tap.sight().gaps.map(({ reason }) => reason)).toEqual(['the sink is full']);
  client.socket.destroy();
});

test('caught up: what was sent before the call was told', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.write('GET /1 HTTP/1.1\r\n\r\n');
  await server.receive(19);
  client.socket.write(`GET /${PROBE} HTTP/1.1\r\n\r\n`);
  await rig.tap.caughtUp();
  expect([...rig.events.values()].map(({ target }) => target)).toEqual(['GET /1', `GET /${PROBE}`]);
});

test('sight: from opening to closing, a gap while an unread connection is open', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.write(Buffer.from('160301', 'hex'));
  await server.receive(3);
  const [during] = rig.tap.sight().gaps;
  const seen = rig.tap.sight();
  expect(seen).toMatchObject({ part: 'tap', name: 'cart', dropped: 0 });
  expect(during?.from).toBeGreaterThanOrEqual(seen.from);
  await rig.tap.close();
  const after = rig.tap.sight();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(rig.tap.sight()).toEqual(after);
  expect(after.gaps).toHaveLength(1);
  expect(after.gaps[0]?.from).toBe(during?.from);
});

test('closing ends both sides at once and frees the port', async () => {
  const rig = kept(await openRig());
  const [client, server] = [await rig.client(), await rig.server()];
  client.socket.write('GET / HTTP/1.1\r\n');
  await server.receive(16);
  await rig.tap.close();
  await Promise.all([client.ended, server.ended]);
  const [host, port] = rig.tap.address.split(':');
  const next = kept(createServer());
  next.listen(Number(port), host);
  await once(next, 'listening');
});

const nobody = { node: 'cart', runId: RUN, sink: { event: () => {}, problem: () => {} } };

test('a port that is taken is named with its owner', async () => {
  const taken = await listening(kept(createServer()));
  const failure = await openHttpTap({ listen: taken, to: '127.0.0.1:1' }, nobody).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'in-the-way' });
  expect(complaintOf(failure)?.message).toMatch(
    new RegExp(`^port ${taken.split(':')[1]} of the tap \\(${taken}\\) is taken by \\S+ \\(pid ${process.pid}\\)$`),
  );
});

test.each(['192.0.2.1:9002', 'no-such-host.invalid:9002'])('%s is no address to listen on', async (listen) => {
  const failure = await openHttpTap({ listen, to: '127.0.0.1:1' }, nobody).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'in-the-way' });
  expect(complaintOf(failure)?.message).toMatch(/is no address of this machine/);
});
