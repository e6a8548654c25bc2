import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { KafkaAttempt } from '../../src/clients/kafka-complaint.ts';
import { pastElection } from '../../src/clients/kafka-election.ts';

const { KafkaJSProtocolError } = createRequire(import.meta.url)('kafkajs/src/errors');

const attempt: KafkaAttempt = { connection: { brokers: ['kafka:9092'] }, topic: 'orders', right: 'Read' };
const electing: Error = new KafkaJSProtocolError({ type: 'NOT_LEADER_FOR_PARTITION', code: 6, message: 'x' });

/** Work that fails so, try by try, and then is done. */
function work(...failures: Error[]): { tries: number; run: () => Promise<string> } {
  const done = {
    tries: 0,
    async run() {
      const failure = failures[done.tries++];
      if (failure) throw failure;
      return 'done';
    },
  };
  return done;
}

test('an election is waited for', async () => {
  const { signal } = new AbortController();
  const patient = work(electing, electing, electing);
  expect(await pastElection(attempt, signal, patient.run)).toBe('done');
  expect(patient.tries).toBe(4);
});

test('any other failure is thrown at once', async () => {
  const { signal } = new AbortController();
  const failing = work(electing, new Error('no disk'), electing);
  await expect(pastElection(attempt, signal, failing.run)).rejects.toThrow('no disk');
  expect(failing.tries).toBe(2);
});

test('the signal ends the waiting', async () => {
  const end = new AbortController();
  const endless = work(...Array.from({ length: 1000 }, () => electing));
  const waiting = pastElection(attempt, end.signal, endless.run);
  end.abort();
  await expect(waiting).rejects.toBe(electing);
  expect(endless.tries).toBeLessThan(3);
});
