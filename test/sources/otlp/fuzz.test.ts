import { expect, test } from 'vitest';
import { jsonDecoder } from '../../../src/sources/otlp/json/request.ts';
import { attempt, compareReaders } from './differential.ts';
import { mutated } from './mutate.ts';
import { random } from './random.ts';
import { randomRequest } from './random-request.ts';
import { request } from './schema.ts';
import { settingsFor } from './settings.ts';

const BODIES = 20_000;
const RECEIVED_AT = 1;

test(`${BODIES} mutated bodies: refused in our words or read as protobufjs reads them`, { timeout: 120_000 }, () => {
  const { same, refused, differences } = compareReaders(BODIES, 20_261_123);
  expect(same).toBeGreaterThan(BODIES / 20);
  expect(refused).toBeGreaterThan(BODIES / 10);
  // A difference that does not come up any more is none.
  for (const [what, { count }] of Object.entries(differences)) expect(count, what).toBeGreaterThan(0);
});

test('5,000 mutated JSON bodies: read or refused in our words', { timeout: 60_000 }, () => {
  const decodeJson = jsonDecoder(settingsFor());
  const source = random(7);
  const corpus = Array.from({ length: 20 }, () => jsonOf(randomRequest(source)));
  const outcomes = { read: 0, refused: 0 };
  for (let count = 0; count < 5000; count++) {
    const body = mutated(source, corpus);
    outcomes[attempt(() => decodeJson(body, RECEIVED_AT)) === undefined ? 'refused' : 'read']++;
  }
  expect(outcomes.read).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(1000);
});

function jsonOf(body: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify(request.toObject(request.decode(body), { longs: String, bytes: String, json: true })),
  );
}
