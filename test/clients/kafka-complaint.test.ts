import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { kafkaComplaint } from '../../src/clients/kafka-complaint.ts';
import { complaintError } from '../../src/model/problem.ts';

const { KafkaJSProtocolError, KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSLockTimeout } =
  createRequire(import.meta.url)('kafkajs/src/errors');

const BROKER = 'kafka:9092';
const connection = { brokers: [BROKER] };
const secure = { brokers: [BROKER], tls: {} };

const answer = (type: string): Error => new KafkaJSProtocolError({ type, code: 1, message: `${type} it is` });
const broken = (code: string, message = 'x', broker = BROKER): Error =>
  new KafkaJSConnectionError(`Connection error: ${message}`, { broker, code });
const wrapped = (error: Error): Error => {
  return new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 0, retryTime: 1 });
};

test.each([
  [
    'not allowed',
    answer('TOPIC_AUTHORIZATION_FAILED'),
    connection,
    'refused',
    'does not allow this user to write topic',
    'Grant Describe and Write',
  ],
  [
    'no way',
    broken('EHOSTUNREACH'),
    connection,
    'down',
    'no Kafka broker can be reached at kafka:9092 (no way to the host)',
    'running',
  ],
  [
    'no answer',
    new KafkaJSConnectionError('Connection timeout', { broker: BROKER }),
    connection,
    'down',
    '(no answer within 3 s)',
    'running',
  ],
  [
    'another broker',
    broken('ENOTFOUND', 'x', 'b2:1'),
    connection,
    'down',
    'kafka:9092 names b2:1 as a broker',
    'advertised.listeners',
  ],
  [
    'a lock',
    new KafkaJSLockTimeout('Timeout while acquiring lock'),
    connection,
    'down',
    'did not answer within 5 s',
    'load',
  ],
  [
    'an old certificate',
    broken('CERT_HAS_EXPIRED'),
    secure,
    'refused',
    'TLS with kafka:9092 failed: CERT_HAS_EXPIRED',
    'Renew',
  ],
  [
    'a client certificate',
    broken('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
    secure,
    'refused',
    'CERTIFICATE_REQUIRED',
    'tls.certFile',
  ],
  ['plain text', broken('ERR_SSL_WRONG_VERSION_NUMBER'), secure, 'refused', 'WRONG_VERSION_NUMBER', 'leave tls out'],
  ['a reset', broken('ECONNRESET'), connection, 'down', 'kafka:9092 closed the connection', '`tls` or `sasl`'],
  ['a reset under TLS', broken('ECONNRESET'), secure, 'down', 'kafka:9092 closed the connection', 'wants `sasl`'],
  [
    'an election',
    answer('NOT_LEADER_FOR_PARTITION'),
    connection,
    'electing',
    'topic orders has a partition without a leader on kafka:9092 (NOT_LEADER_FOR_PARTITION)',
    'replicas',
  ],
  [
    'too large',
    answer('MESSAGE_TOO_LARGE'),
    connection,
    'down',
    'could not serve topic orders: MESSAGE_TOO_LARGE it is (MESSAGE_TOO_LARGE)',
    'message sizes',
  ],
  ['no error at all', 'odd', connection, 'down', 'could not serve topic orders: odd (no code)', 'Check the broker'],
])('says what to check: %s', (_what, error, connection, kind, message, hint) => {
  const attempt = { connection, topic: 'orders', right: 'Write' } as const;
  const complaint = kafkaComplaint(error, attempt);
  expect(complaint).toEqual({ kind, message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  if (error instanceof Error) expect(kafkaComplaint(wrapped(wrapped(error)), attempt)).toEqual(complaint);
});

test('what is in our words already stays so', () => {
  const own = { message: 'cannot read tls.caFile', hint: 'Give a file.' };
  expect(kafkaComplaint(complaintError(own), { connection, topic: 'orders', right: 'Read' })).toEqual({
    kind: 'refused',
    ...own,
  });
});
