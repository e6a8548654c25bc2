import { expect, test } from 'vitest';
import { readRabbitmqUrl } from '../../src/clients/rabbitmq-url.ts';
import { complaintOf } from '../../src/model/problem.ts';

const GUEST = { username: 'guest', password: 'guest' };

test.each([
  ['amqp://h', false, { protocol: 'amqp', address: { host: 'h', port: 5672 }, ...GUEST, vhost: '%2F' }],
  ['amqp://h/', false, { protocol: 'amqp', address: { host: 'h', port: 5672 }, ...GUEST, vhost: '%2F' }],
  ['amqp://h', true, { protocol: 'amqps', address: { host: 'h', port: 5671 }, ...GUEST, vhost: '%2F' }],
  ['amqps://h:1/a%2Fb', false, { protocol: 'amqps', address: { host: 'h', port: 1 }, ...GUEST, vhost: 'a%2Fb' }],
  [
    'amqp://u%40x:p%3A%2F@[::1]:9/v',
    false,
    { protocol: 'amqp', address: { host: '::1', port: 9 }, username: 'u@x', password: 'p:/', vhost: 'v' },
  ],
  [
    'amqp://u@h/v',
    false,
    { protocol: 'amqp', address: { host: 'h', port: 5672 }, username: 'u', password: '', vhost: 'v' },
  ],
] as const)('%s with tls %s is taken apart', (url, tls, expected) => {
  expect(readRabbitmqUrl(url, tls)).toEqual(expected);
});

test.each(['', 'localhost:5672', 'http://u:hunter2@h', 'amqp://', 'amqp://u:hunter2@h:port', 'u:hunter2@h'])(
  '"%s" is refused without being shown',
  (url) => {
    let thrown: unknown;
    try {
      readRabbitmqUrl(url, false);
    } catch (error) {
      thrown = error;
    }
    expect(complaintOf(thrown)?.message).toContain('amqp://host:port/vhost');
    expect(JSON.stringify(complaintOf(thrown))).not.toContain('hunter2');
  },
);
