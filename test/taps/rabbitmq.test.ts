import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Broker, connectUser, startRabbitmq, type User, urlOf } from '../clients/rabbitmq-broker.ts';
import { closeTaps, openTap, RUN_ID } from './rabbitmq-opened.ts';

const PROBE = `${RUN_ID}-1111-4222-8333-444455556666`;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let broker: Broker;
let user: User;
let before: string[];

beforeAll(async () => {
  broker = await startRabbitmq();
  user = await connectUser(broker);
  const { channel } = user;
  await channel.assertExchange('topical', 'topic');
  await channel.assertExchange('spread', 'fanout');
  await channel.assertExchange('straight', 'direct');
  await channel.assertExchange('by-headers', 'headers');
  await channel.assertExchange('inner', 'topic', { internal: true });
  await channel.assertExchange('spare', 'topic', { alternateExchange: 'spread' });
  await channel.assertExchange('fleeting', 'topic', { autoDelete: true });
  await channel.assertQueue('mail');
  await channel.bindQueue('mail', 'topical', 'created.#');
  await channel.assertQueue('votes', { arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue('votes', 'spread', '');
  await channel.bindQueue('mail', 'fleeting', '#');
  await channel.bindExchange('inner', 'spread', '');
  await channel.assertExchange('flood', 'fanout');
  await channel.assertQueue('dead');
  before = await queuesAndBindings();
}, 120_000);

afterEach(closeTaps);

afterAll(async () => {
  await user?.close();
  await broker?.stop();
});

/** Every queue (each is bound to the default exchange), and every binding. */
async function queuesAndBindings(): Promise<string[]> {
  return (await broker.ctl('list_bindings', '-q')).trim().split('\n').sort();
}

test.each([
  ['topical', undefined, ['created.a.b', 'deleted']],
  ['topical', 'created.#', ['created.a.b']],
  ['spread', undefined, ['created.a.b', 'deleted']],
  ['straight', 'deleted', ['deleted']],
  ['by-headers', undefined, ['created.a.b', 'deleted']],
])('on exchange %s bound with %s it sees what goes through, in order', async (exchange, binding, seen) => {
  const { tap, events, problems } = await openTap(broker, { exchange, ...(binding !== undefined && { binding }) });
  await user.publish(exchange, 'created.a.b', '', { headers: { kind: 'x' } });
  await user.publish(exchange, 'deleted');
  await tap.caughtUp();
  await tap.close();
  expect(events.map(({ target }) => target)).toEqual(seen.map((key) => `${exchange}:${key}`));
  expect(events.map(({ id }) => id)).toEqual(seen.map((_key, index) => `invoices:${index + 1}`));
  expect(problems).toEqual([]);
  expect(tap.sight()).toMatchObject({ part: 'tap', name: 'invoices', gaps: [], dropped: 0 });
  expect(tap.sight()).not.toHaveProperty('blind');
});

test('a message comes through an internal exchange under the name of where it was published to', async () => {
  const { tap, events } = await openTap(broker, { exchange: 'inner' });
  await user.publish('spread', 'k');
  await tap.caughtUp();
  await tap.close();
  expect(events).toMatchObject([{ target: 'spread:k', rabbitmq: { exchange: 'spread', routingKey: 'k' } }]);
});

test('context and marker are as the sender wrote them', async () => {
  const { tap, events } = await openTap(broker, { exchange: 'topical' });
  const headers = { TraceParent: Buffer.from(TRACEPARENT), tracestate: ['a=1', 'b=2'], baggage: `p=${PROBE}`, n: 1 };
  await user.publish('topical', 'created', PROBE, { headers, messageId: PROBE, correlationId: 'c' });
  await user.publish('topical', 'created', 'bare');
  await tap.caughtUp();
  await tap.close();
  expect(events[0]).toMatchObject({
    node: 'invoices',
    transport: 'rabbitmq',
    context: [
      { name: 'TraceParent', value: TRACEPARENT, type: 'bytes' },
      { name: 'tracestate', value: 'a=1' },
      { name: 'tracestate', value: 'b=2' },
      { name: 'baggage', value: `p=${PROBE}` },
    ],
    tie: ['messageId', 'baggage', 'body'].map((where) => ({ probe: PROBE, where })),
    rabbitmq: { messageId: PROBE, correlationId: 'c' },
  });
  expect(events[1]).toMatchObject({ context: [], tie: [] });
});

test('once caught up it has all that was confirmed before, and its fences are no events', async () => {
  const { tap, events } = await openTap(broker, { exchange: 'spread' });
  for (const round of [1, 2, 3]) {
    await Promise.all(Array.from({ length: 200 }, (_none, at) => user.publish('spread', `${at}`)));
    await Promise.all([tap.caughtUp(), tap.caughtUp()]);
    expect(events).toHaveLength(200 * round);
  }
  await tap.close();
  expect(events.map(({ rabbitmq }) => rabbitmq?.exchange)).not.toContain('');
  await user.channel.purgeQueue('votes');
});

test('consumers get everything while it watches, in order', async () => {
  await user.channel.purgeQueue('mail');
  const consumed: string[] = [];
  const { consumerTag } = await user.channel.consume(
    'mail',
    (message) => {
      if (message) consumed.push(message.content.toString());
    },
    { noAck: true },
  );
  const { tap, events } = await openTap(broker, { exchange: 'topical', binding: 'created.#', queue: 'mail' });
  const sent = Array.from({ length: 300 }, (_none, at) => `message ${at}`);
  for (const body of sent) await user.publish('topical', 'created', body);
  await tap.caughtUp();
  expect(tap.sight().queue).toEqual({ name: 'mail', messages: 0, consumers: 1 });
  await tap.close();
  await user.channel.cancel(consumerTag);
  expect(consumed).toEqual(sent);
  expect(events).toHaveLength(sent.length);
});

test.each(['mail', 'votes'])(
  'the declared queue %s is counted when caught up and once more at the end',
  async (queue) => {
    await user.channel.purgeQueue(queue);
    const { tap } = await openTap(broker, { exchange: 'spread', queue });
    await user.publish('', queue);
    await tap.caughtUp();
    expect(tap.sight().queue).toEqual({ name: queue, messages: 1, consumers: 0 });
    await user.channel.purgeQueue(queue);
    await tap.close();
    expect(tap.sight().queue).toEqual({ name: queue, messages: 0, consumers: 0 });
  },
);

test('a declared queue that is not there is a problem, said once, and the tap goes on', async () => {
  const { tap, events, problems } = await openTap(broker, { exchange: 'spread', queue: 'nowhere' });
  await tap.caughtUp();
  await user.publish('spread', 'k');
  await tap.caughtUp();
  await tap.close();
  expect(events).toHaveLength(1);
  expect(tap.sight()).not.toHaveProperty('queue');
  expect(problems).toEqual([
    { message: expect.stringContaining("no queue 'nowhere'"), hint: expect.stringContaining('name') },
  ]);
});

test.each([
  ['the default exchange', { exchange: '' }, /cannot be bound to the default exchange/],
  ['a direct exchange without a key', { exchange: 'straight' }, /"straight" is direct/],
  ['an exchange with an alternate', { exchange: 'spare', binding: '#' }, /has the alternate exchange "spread"/],
  ['an auto-delete exchange', { exchange: 'fleeting' }, /is auto-delete/],
  ['a missing exchange', { exchange: 'nowhere' }, /no exchange 'nowhere'/],
])('%s is left alone, with a reason', async (_what, config, reason) => {
  const { tap, problems } = await openTap(broker, config);
  expect(tap.sight().blind).toMatch(reason);
  expect(problems).toEqual([{ message: tap.sight().blind, hint: expect.stringMatching(/\.$/) }]);
  await tap.caughtUp();
  await tap.close();
});

test('with a wrong password it is blind, and shows neither name nor password', async () => {
  const url = urlOf(broker, { username: 'audit', password: 'hunter2' });
  const { tap, problems } = await openTap(broker, { exchange: 'spread', url });
  await tap.close();
  expect(tap.sight().blind).toContain(`RabbitMQ at 127.0.0.1:${broker.port} refused the login`);
  expect(JSON.stringify([problems, tap.sight()])).not.toMatch(/audit|hunter2/);
});

test('the rights that it asks for are those that it needs', async () => {
  await broker.ctl('add_user', 'audit', 'hunter2');
  await broker.ctl('set_permissions', 'audit', '', '', '.*');
  const url = urlOf(broker, { username: 'audit', password: 'hunter2' });
  const refused = await openTap(broker, { exchange: 'spread', url });
  await refused.tap.close();
  expect(refused.tap.sight().blind).toContain('does not permit this user to configure exchange "spread"');
  expect(JSON.stringify(refused.problems)).not.toMatch(/audit|hunter2/);

  const advised = /set_permissions -p '\/' <user> '([^']*)' '([^']*)' '([^']*)'/.exec(refused.problems[0]?.hint ?? '');
  await broker.ctl('set_permissions', 'audit', ...(advised ?? []).slice(1));
  const { tap, events, problems } = await openTap(broker, { exchange: 'spread', queue: 'mail', url });
  await user.publish('spread', 'k');
  await tap.caughtUp();
  await tap.close();
  expect(problems).toEqual([]);
  expect(events).toHaveLength(1);
}, 60_000);

test('what a slow tap has no room for is counted, and is nobody’s dead letter', async () => {
  const policy = { 'max-length': 10, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'dead' };
  await broker.ctl('set_policy', 'everybody', '^tracegap\\.tap\\.[0-9a-f-]+$', JSON.stringify(policy));
  const { stall, proxied } = await slowLane(broker.port);
  const { tap, events } = await openTap(broker, { exchange: 'flood', url: urlOf(broker, { port: proxied }) });
  stall(true);
  const sent = Array.from({ length: 3_000 }, () => user.publish('flood', 'k', Buffer.alloc(10_000)));
  await Promise.all(sent);
  stall(false);
  await tap.caughtUp();
  const { dropped } = tap.sight();
  await tap.close();
  expect(dropped).toBeGreaterThan(0);
  expect(events.length + dropped).toBe(sent.length);
  expect((await user.channel.checkQueue('dead')).messageCount).toBe(0);
}, 60_000);

test('after all of this there are the user’s queues and bindings, and no others', async () => {
  expect(before.join('\n')).toContain('topical\texchange\tmail\tqueue\tcreated.#');
  expect(await queuesAndBindings()).toEqual(before);
}, 60_000);

/** A way to the broker on which its answers can be held up. */
async function slowLane(port: number): Promise<{ proxied: string; stall: (stalled: boolean) => void }> {
  const upstreams: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    upstreams.push(upstream);
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1').unref(), 'listening');
  return {
    proxied: String((server.address() as AddressInfo).port),
    stall(stalled) {
      for (const upstream of upstreams) stalled ? upstream.pause() : upstream.resume();
    },
  };
}
