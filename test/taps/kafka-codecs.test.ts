import { execFile } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test, vi } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensurePython } from '../../fixtures/parts/python.mjs';
import { useKafka, type Watched } from './kafka-watch.ts';

const kafka = useKafka();
let python: string;
beforeAll(async () => {
  python = (await ensurePython()).python;
}, 600_000);

const CODECS: [name: string, number: number][] = [
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
];

const logOf = (topic: string): string => join(kafka.broker.dataDir, `${topic}-0`, '00000000000000000000.log');

/** Where each batch begins in a partition's log, and with which codec the broker keeps it. */
async function storedBatches(topic: string): Promise<{ at: number; end: number; codec: number }[]> {
  const log = await readFile(logOf(topic));
  const batches: { at: number; end: number; codec: number }[] = [];
  for (let at = 0; at + 61 < log.length && log.readInt32BE(at + 8) > 0; ) {
    const end = at + 12 + log.readInt32BE(at + 8);
    batches.push({ at, end, codec: log.readInt16BE(at + 21) & 7 });
    at = end;
  }
  return batches;
}

async function codecsOf(topic: string): Promise<number[]> {
  return [...new Set((await storedBatches(topic)).map(({ codec }) => codec))];
}

/** Has librdkafka write that many records of that many bytes. */
async function writeWithLibrdkafka(topic: string, codec: string, count: number, bytes: number): Promise<void> {
  const script = fileURLToPath(new URL('kafka-producer.py', import.meta.url));
  await promisify(execFile)(python, [script, kafka.broker.brokers, topic, codec, String(count), String(bytes)]);
}

/** A topic whose broker packs whatever comes, with the code of Java's clients. */
const packingTopic = (codec: string): Promise<string> => kafka.newTopic(1, { 'compression.type': codec });

function shown(tap: Watched): unknown[] {
  return tap.events.map(({ kafka: place, context }) => [
    place?.offset,
    context.map(({ name, value }) => [name, value]),
  ]);
}

test.each(CODECS)('reads what Java packs with %s, to the last header and offset', async (codec, number) => {
  const topic = await packingTopic(codec);
  const tap = await kafka.tapOn(topic);
  for (const round of [0, 1, 2]) {
    const messages = Array.from({ length: 300 }, (_, at) => ({
      value: `${at}`.repeat(at + 1),
      headers: { traceparent: [`00-${round}-${at}`, 'second'], tracestate: 'vendor=ü', other: 'x' },
    }));
    await kafka.user.producer.send({ topic, messages });
  }
  await tap.caughtUp();
  expect(await codecsOf(topic)).toEqual([number]);
  expect(shown(tap)).toEqual(
    Array.from({ length: 900 }, (_, at) => [
      String(at),
      [
        ['traceparent', `00-${Math.floor(at / 300)}-${at % 300}`],
        ['traceparent', 'second'],
        ['tracestate', 'vendor=ü'],
      ],
    ]),
  );
  expect(tap.sight()).toMatchObject({ gaps: [], dropped: 0, offsets: { 0: { from: '0', until: '900' } } });
  expect(tap.problems).toEqual([]);
});

test.each(CODECS)('reads what librdkafka packs with %s, headers in the order of the wire', async (codec, number) => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  await writeWithLibrdkafka(topic, codec, 500, 400);
  await tap.caughtUp();
  expect(await codecsOf(topic)).toEqual([number]);
  expect(shown(tap)).toEqual(
    Array.from({ length: 500 }, (_, at) => [
      String(at),
      [
        ['traceparent', `00-${at}`],
        ['tracestate', 'vendor=ü'],
        ['traceparent', 'second'],
      ],
    ]),
  );
  expect(tap.sight()).toMatchObject({ gaps: [], dropped: 0 });
});

test.each(CODECS)('steps over a batch of %s that is damaged on disk, and says which records it was', async (codec) => {
  const topic = await packingTopic(codec);
  const proxy = await kafka.proxy();
  const tap = await kafka.tapOn(topic, { brokers: [proxy.address] });
  proxy.cut();
  await vi.waitFor(() => expect(tap.problems).toHaveLength(1), 10_000);
  const values = (count: number): string[] => Array.from({ length: count }, (_, at) => `value ${at}`);
  await kafka.send(topic, ...values(2));
  await kafka.send(topic, ...values(3));
  await kafka.send(topic, ...values(1));
  const [, damaged] = await storedBatches(topic);
  await flipByte(logOf(topic), (damaged?.end ?? 0) - 9);
  proxy.mend();
  await vi.waitFor(() => expect(tap.places()).toEqual(['0:0', '0:1', '0:5']), 15_000);
  expect(tap.sight()).toMatchObject({ dropped: 3, offsets: { 0: { until: '6' } } });
  expect(tap.sight().gaps.at(-1)).toMatchObject({
    reason: `3 records from 0:2 on could not be read: they are damaged in the log (checksum), and were compressed with ${codec}`,
  });
  expect(tap.problems.at(-1)).toMatchObject({ message: expect.stringContaining('damaged'), hint: expect.any(String) });
});

async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    await file.write(Buffer.of((byte[0] ?? 0) ^ 0xff), 0, 1, at);
  } finally {
    await file.close();
  }
}

test('steps over a batch that unpacks to more than it takes, and says so', async () => {
  const topic = await kafka.newTopic();
  const tap = await kafka.tapOn(topic);
  await writeWithLibrdkafka(topic, 'zstd', 1, 70_000_000);
  await kafka.send(topic, 'after');
  await tap.caughtUp();
  expect(tap.places()).toEqual(['0:1']);
  expect(tap.sight()).toMatchObject({
    dropped: 1,
    gaps: [{ reason: expect.stringMatching(/^1 records from 0:0 on .* from zstd \(it unpacks to more than 67108864/) }],
  });
});
