import type { ConsumeMessage } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProbeMessage } from '../../src/probes/probe.ts';
import { openRabbitmqProbe } from '../../src/probes/rabbitmq.ts';
import { type Broker, connectUser, startRabbitmq, type User, urlOf } from '../clients/rabbitmq-broker.ts';

const NEVER = new AbortController().signal;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let broker: Broker;
let user: User;

beforeAll(async () => {
  broker = await startRabbitmq();
  user = await connectUser(broker);
  await user.channel.assertExchange('invoices', 'topic');
  await user.channel.assertExchange('inner', 'topic', { internal: true });
  await user.channel.assertQueue('mail');
  await user.channel.bindQueue('mail', 'invoices', 'created.#');
  await user.channel.assertQueue('full', { maxLength: 1, overflow: 'reject-publish' });
}, 120_000);

afterAll(async () => {
  await user?.close();
  await broker?.stop();
});

function message(change: Partial<ProbeMessage> = {}): ProbeMessage {
  return { method: 'POST', path: '/', headers: [], routingKey: 'created.late', properties: {}, ...change };
}

async function sendOnce(exchange: string, change: Partial<ProbeMessage> = {}, url = broker.url): Promise<object> {
  const probe = await openRabbitmqProbe({ connection: { url }, exchange });
  const outcome = await probe.send(message(change), NEVER);
  await probe.close();
  return outcome;
}

async function arrived(queue: string): Promise<ConsumeMessage['properties'] & { content: string }> {
  const got = await user.channel.get(queue, { noAck: true });
  if (!got) throw new Error(`nothing in ${queue}`);
  return { ...got.properties, content: got.content.toString() };
}

test('a message arrives as it was declared', async () => {
  const outcome = await sendOnce('invoices', {
    headers: [
      ['traceparent', TRACEPARENT],
      ['tracestate', 'tracegap=1,rojo=2'],
      ['Canary', 'a'],
      ['Canary', 'b'],
    ],
    body: Buffer.from('{"id":1}'),
    properties: { type: 'reminder', messageId: 'm-1', correlationId: 'c-1', deliveryMode: '2', contentType: 'text/x' },
  });
  expect(outcome).toEqual({ status: 'acked' });
  expect(await arrived('mail')).toMatchObject({
    headers: { traceparent: TRACEPARENT, tracestate: 'tracegap=1,rojo=2', Canary: ['a', 'b'] },
    type: 'reminder',
    messageId: 'm-1',
    correlationId: 'c-1',
    deliveryMode: 2,
    contentType: 'text/x',
    content: '{"id":1}',
  });
});

test('without a body or properties it is empty, and on the default exchange it goes to the queue', async () => {
  expect(await sendOnce('', { routingKey: 'mail' })).toEqual({ status: 'acked' });
  expect(await arrived('mail')).toMatchObject({ headers: {}, type: undefined, messageId: undefined, content: '' });
});

test('a message that no queue gets is taken: the probe adds no `mandatory`', async () => {
  expect(await sendOnce('invoices', { routingKey: 'nobody.wants.this' })).toEqual({ status: 'acked' });
});

test.each([
  ['a missing exchange', 'nowhere', {}, /no exchange 'nowhere'/],
  ['an internal exchange', 'inner', {}, /does not permit this user to publish to exchange "inner"/],
  ['an unknown property', 'invoices', { properties: { colour: 'red' } }, /no property "colour"/],
  ['a routing key that is too long', 'invoices', { routingKey: 'x'.repeat(256) }, /cannot be written as AMQP/],
  ['headers that are too long', 'invoices', { headers: [['x', 'y'.repeat(70_000)]] }, /cannot be written as AMQP/],
] satisfies [string, string, Partial<ProbeMessage>, RegExp][])(
  '%s is an error',
  async (_what, exchange, change, text) => {
    expect(await sendOnce(exchange, change)).toEqual({
      error: { message: expect.stringMatching(text), hint: expect.stringMatching(/.\.$/) },
    });
  },
);

test('a nack is an error, and the same probe goes on', async () => {
  const probe = await openRabbitmqProbe({ connection: { url: broker.url }, exchange: '' });
  const outcomes = [];
  for (const routingKey of ['full', 'full', 'full', 'mail']) {
    outcomes.push(await probe.send(message({ routingKey }), NEVER));
  }
  await probe.close();
  await user.channel.purgeQueue('mail');
  expect(outcomes).toContainEqual({
    error: { message: expect.stringContaining('(basic.nack)'), hint: expect.stringContaining('reject-publish') },
  });
  expect(outcomes.at(-1)).toEqual({ status: 'acked' });
});

test('after a refusal, which closes the channel, the next send has a new one', async () => {
  const probe = await openRabbitmqProbe({ connection: { url: broker.url }, exchange: 'later' });
  expect(await probe.send(message(), NEVER)).toHaveProperty('error');
  await user.channel.assertExchange('later', 'fanout');
  expect(await probe.send(message(), NEVER)).toEqual({ status: 'acked' });
  await probe.close();
});

test('many at once are each confirmed', async () => {
  const probe = await openRabbitmqProbe({ connection: { url: broker.url }, exchange: 'invoices' });
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => probe.send(message(), NEVER)));
  await probe.close();
  expect(outcomes.every(({ status }) => status === 'acked')).toBe(true);
  expect((await user.channel.purgeQueue('mail')).messageCount).toBe(50);
});

test('a broker that is down is the error of each send', async () => {
  const outcome = await sendOnce('invoices', {}, 'amqp://u:hunter2@127.0.0.1:1');
  expect(outcome).toEqual({
    error: { message: expect.stringContaining('127.0.0.1:1'), hint: expect.stringMatching(/^Check /) },
  });
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
});

test('a wrong password is an error that does not show it', async () => {
  const outcome = await sendOnce('invoices', {}, urlOf(broker, { password: 'hunter2' }));
  expect(outcome).toMatchObject({ error: { message: expect.stringContaining('refused the login') } });
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
});

test('a TLS file that cannot be read is an exception: nothing can ever be sent', async () => {
  const connection = { url: broker.url, tls: { caFile: '/no/such/ca.pem' } };
  await expect(openRabbitmqProbe({ connection, exchange: '' })).rejects.toThrow('/no/such/ca.pem');
});

test('an interrupted send says so', async () => {
  const probe = await openRabbitmqProbe({ connection: { url: broker.url }, exchange: 'invoices' });
  expect(await probe.send(message(), AbortSignal.abort())).toEqual({
    error: { message: 'publishing to exchange "invoices" was given up', hint: 'The run was interrupted.' },
  });
  await probe.close();
});
