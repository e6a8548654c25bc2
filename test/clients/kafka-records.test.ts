import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { type FetchedPartition, readFetchAnswer, readRecords } from '../../src/clients/kafka-records.ts';
import { batchBytes, fetchAnswer, type LogBatch, type LogPartition, lz4Stored, xerial } from './kafka-log.ts';

const LOG_APPEND_TIME = 0x08;
const TRANSACTION = 0x10;
const CONTROL = 0x30;

function fetched(batches: LogBatch[], aborted: LogPartition['aborted'] = []): FetchedPartition {
  const bytes = fetchAnswer(11, [{ partition: 3, aborted, batches: Buffer.concat(batches.map(batchBytes)) }]);
  const [partition] = readFetchAnswer(bytes, 11).partitions;
  if (partition === undefined) throw new Error('no partition');
  return partition;
}

async function read(batches: LogBatch[], options: { from?: bigint; aborted?: LogPartition['aborted'] } = {}) {
  const { records, skipped, next } = await readRecords(fetched(batches, options.aborted), options.from ?? 0n);
  const values = records.map(({ offset, value }) => `${offset}=${value}`);
  return { records, values, skipped, next };
}

const one = (value: string): { value: string }[] => [{ value }];

test.each([4, 5, 6, 7, 8, 9, 10, 11])('a fetch answer of version %i is taken apart', (version) => {
  const batches = batchBytes({ offset: 5, records: one('a') });
  const bytes = fetchAnswer(
    version,
    [
      { partition: 0, batches },
      { partition: 1, errorCode: 1, aborted: [{ producerId: 7, firstOffset: 2 }], batches: Buffer.alloc(0) },
    ],
    12,
  );
  expect(readFetchAnswer(bytes, version)).toEqual({
    throttleMs: 12,
    partitions: [
      { partition: 0, errorCode: 0, aborted: [], batches },
      { partition: 1, errorCode: 1, aborted: [{ producerId: 7n, firstOffset: 2n }], batches: Buffer.alloc(0) },
    ],
  });
  expect(() => readFetchAnswer(bytes.subarray(0, bytes.length - 1 - batches.length), version)).toThrow(RangeError);
});

test('a record keeps its key, value, time and headers in wire order, duplicates and nulls too', async () => {
  const { records, next } = await read([
    {
      offset: 41,
      timestamp: 1_700_000_000_000,
      records: [
        {
          key: 'k',
          value: 'v',
          timestampDelta: -3,
          headers: [
            ['traceparent', 'first'],
            ['Ünïcode', 'ß'],
            ['traceparent', 'second'],
            ['10', ''],
            ['empty', null],
          ],
        },
        { key: null, value: null, offsetDelta: 4 },
        { key: '', value: '', offsetDelta: 300, timestampDelta: 2 ** 40 },
      ],
      lastOffsetDelta: 310,
    },
  ]);
  expect(records).toEqual([
    {
      partition: 3,
      offset: 41n,
      timestamp: 1_699_999_999_997,
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      headers: [
        ['traceparent', Buffer.from('first')],
        ['Ünïcode', Buffer.from('ß')],
        ['traceparent', Buffer.from('second')],
        ['10', Buffer.alloc(0)],
        ['empty', null],
      ],
    },
    { partition: 3, offset: 45n, timestamp: 1_700_000_000_000, key: null, value: null, headers: [] },
    {
      partition: 3,
      offset: 341n,
      timestamp: 1_700_000_000_000 + 2 ** 40,
      key: Buffer.alloc(0),
      value: Buffer.alloc(0),
      headers: [],
    },
  ]);
  expect(next).toBe(352n);
});

test('with the broker time of appending, that is the time of all', async () => {
  const attributes = LOG_APPEND_TIME;
  const { records } = await read([{ offset: 0, attributes, timestamp: 5, maxTimestamp: 99, records: [{}, {}] }]);
  expect(records.map(({ timestamp }) => timestamp)).toEqual([99, 99]);
});

test('what is before the offset asked for is left out', async () => {
  const batches = [
    { offset: 0, records: [{ value: 'a' }, { value: 'b' }, { value: 'c' }] },
    { offset: 3, records: one('d') },
  ];
  expect(await read(batches, { from: 2n })).toMatchObject({ values: ['2=c', '3=d'], next: 4n });
});

test('a batch emptied by compaction moves the position on', async () => {
  expect(await read([{ offset: 6, records: [], lastOffsetDelta: 3 }], { from: 6n })).toMatchObject({
    values: [],
    next: 10n,
  });
});

test('a last batch that was cut off is left for the next fetch', async () => {
  const whole = batchBytes({ offset: 0, records: one('a') });
  const cut = batchBytes({ offset: 1, records: one('b') });
  for (const length of [5, 12, 30, cut.length - 1]) {
    const batches = Buffer.concat([whole, cut.subarray(0, length)]);
    const { records, next } = await readRecords({ partition: 0, errorCode: 0, aborted: [], batches }, 0n);
    expect([records.length, next]).toEqual([1, 1n]);
  }
});

test('aborted transactions and the markers of transactions are left out, whatever is between them', async () => {
  const transaction = (offset: number, producerId: number, value: string): LogBatch => {
    return { offset, producerId, attributes: TRANSACTION, records: one(value) };
  };
  const marker = (offset: number, producerId: number): LogBatch => {
    return { offset, producerId, attributes: CONTROL, records: [{ key: '\0\0\0\0', value: 'marker' }] };
  };
  const { values, next } = await read(
    [
      transaction(0, 1, 'aborted'),
      { offset: 1, records: [{ key: '\0\0\0\0', value: 'plain' }] },
      transaction(2, 2, 'committed'),
      transaction(3, 1, 'aborted too'),
      marker(4, 1),
      transaction(5, 1, 'committed later'),
      marker(6, 2),
      transaction(7, 2, 'aborted later'),
      marker(8, 1),
      marker(9, 2),
    ],
    {
      aborted: [
        { producerId: 1, firstOffset: 0 },
        { producerId: 2, firstOffset: 7 },
      ],
    },
  );
  expect(values).toEqual(['1=plain', '2=committed', '5=committed later']);
  expect(next).toBe(10n);
});

test.each<[string, number, (bytes: Buffer) => Buffer]>([
  ['gzip', 1, gzipSync],
  ['snappy', 2, (bytes) => compress(bytes)],
  ['snappy of Java', 2, (bytes) => xerial([compress(bytes)])],
  ['lz4', 3, (bytes) => lz4Stored([bytes])],
])('%s is unpacked', async (_what, attributes, pack) => {
  const { values, skipped } = await read([{ offset: 0, attributes, pack, records: [...one('a'), ...one('b')] }]);
  expect(values).toEqual(['0=a', '1=b']);
  expect(skipped).toEqual([]);
});

const flip = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]);

test.each<[string, Partial<LogBatch>, RegExp, number]>([
  ['broken snappy', { attributes: 2 }, /^they cannot be decoded from snappy \(Invalid Snappy bitstream\)$/, 2],
  ['broken lz4', { attributes: 3 }, /^they cannot be decoded from lz4 \(it is no LZ4 frame\)$/, 2],
  ['broken zstd', { attributes: 4 }, /^they cannot be decoded from zstd \(/, 2],
  ['damaged gzip', { attributes: 1, pack: gzipSync, damage: flip }, /^they are damaged .* with gzip$/, 2],
  ['damaged snappy', { attributes: 2, pack: compress, damage: flip }, /^they are damaged .* with snappy$/, 2],
  ['a codec of the future', { attributes: 7 }, /^they are compressed with codec 7, which is not known$/, 2],
  ['broken gzip', { attributes: 1 }, /^they cannot be decoded from gzip \(incorrect header check\)$/, 2],
  ['broken records', { pack: (bytes) => bytes.subarray(0, 4) }, /^they cannot be decoded \(.* left\)$/, 2],
  ['an endless number', { pack: () => Buffer.alloc(20, 0xff) }, /ten bytes/, 2],
])('%s is skipped and named, and what is around it is read', async (_what, batch, reason, count) => {
  const { values, skipped, next } = await read([
    { offset: 0, records: one('before') },
    { offset: 1, records: [...one('b'), ...one('c')], ...batch },
    { offset: 3, records: one('after') },
  ]);
  expect(values).toEqual(['0=before', '3=after']);
  expect(skipped).toEqual([{ partition: 3, first: 1n, last: 2n, count, reason: expect.stringMatching(reason) }]);
  expect(next).toBe(4n);
});

test('a message of the format before 0.11 is skipped and named', async () => {
  const { skipped, next } = await read([{ offset: 4, magic: 1, records: one('old') }]);
  expect(skipped).toMatchObject([{ first: 4n, last: 4n, count: 1, reason: expect.stringContaining('no headers') }]);
  expect(next).toBe(5n);
});
