import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { crc32c } from '../../src/clients/crc32c.ts';
import { kafkaCodec } from '../../src/clients/kafka-codecs.ts';
import { lz4Stored, xerial } from './kafka-log.ts';

const TEXT = Buffer.from('tracegap '.repeat(20_000));
const GZIP = gzipSync(TEXT);
const SNAPPY = compress(TEXT);
/** What `lz4 -B4 -BD -BX --content-size` and `zstd -3`, with and without the size of the content, made of that text. */
const LZ4 = await readFile(new URL('packed/linked-blocks.lz4', import.meta.url));
const ZSTD = Buffer.from('KLUv/aQgvwIAjAAASHRyYWNlZ2FwIAEA9P/MyxFNAAAIZwEAHD8dCAHWJIBr', 'base64');
const ZSTD_STREAM = Buffer.from('KLUv/QRAjAAASHRyYWNlZ2FwIAEA9P/MyxFNAAAIZwEAHD8dCAHWJIBr', 'base64');

const PACKED: [name: string, number: number, packed: Buffer][] = [
  ['gzip', 1, GZIP],
  ['snappy', 2, SNAPPY],
  ['snappy', 2, xerial([SNAPPY])],
  ['lz4', 3, LZ4],
  ['lz4', 3, lz4Stored([TEXT.subarray(0, 65_536), TEXT.subarray(65_536, 131_072), TEXT.subarray(131_072)])],
  ['zstd', 4, ZSTD],
  ['zstd', 4, ZSTD_STREAM],
];

async function unpack(number: number, packed: Buffer, limit = 1 << 20): Promise<Buffer> {
  const codec = kafkaCodec(number);
  if (codec === undefined) throw new Error(`no codec ${number}`);
  return codec.unpack(packed, limit);
}

test('the numbers are those of the Kafka protocol, and no others are known', () => {
  expect([0, 1, 2, 3, 4].map((number) => kafkaCodec(number)?.name)).toEqual(['none', 'gzip', 'snappy', 'lz4', 'zstd']);
  expect([5, 6, 7].map(kafkaCodec)).toEqual([undefined, undefined, undefined]);
});

test.each(PACKED)('%s is unpacked, up to the limit and no further', async (_name, number, packed) => {
  expect((await unpack(number, packed, TEXT.length)).equals(TEXT)).toBe(true);
  for (const limit of [TEXT.length - 1, 70_000, 1]) await expect(unpack(number, packed, limit)).rejects.toThrow();
});

test('several blocks in the frame of Java make one', async () => {
  const blocks = ['one ', 'two ', ''].map((text) => compress(Buffer.from(text)));
  expect((await unpack(2, xerial(blocks))).toString()).toBe('one two ');
  expect((await unpack(2, xerial([]))).length).toBe(0);
});

test('a frame that asks for gigabytes is not given them', async () => {
  const window = Buffer.from(ZSTD_STREAM);
  window[5] = 0xa7;
  await expect(unpack(4, window)).rejects.toThrow('too much memory');
  const content = Buffer.concat([ZSTD.subarray(0, 4), Buffer.from([0xe0]), Buffer.alloc(8, 0x7f), ZSTD.subarray(9)]);
  await expect(unpack(4, content)).rejects.toThrow('too much memory');
  await expect(unpack(3, Buffer.concat([LZ4.subarray(0, 15), Buffer.alloc(4, 0x7f)]))).rejects.toThrow('cut short');
});

test('an LZ4 match overlaps itself, and none goes back before the beginning', async () => {
  const frame = (block: number[]): Buffer => {
    const bytes = Buffer.from([4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
    return bytes;
  };
  expect((await unpack(3, frame([0x22, 0x61, 0x62, 2, 0, 0x10, 0x63]))).toString()).toBe('ababababc');
  for (const distance of [0, 3]) {
    await expect(unpack(3, frame([0x22, 0x61, 0x62, distance, 0, 0x10, 0x63]))).rejects.toThrow('before the beginning');
  }
  await expect(unpack(3, frame([0x22, 0x61, 0x62, 2, 0]))).rejects.toThrow(RangeError);
  await expect(unpack(3, Buffer.from('no frame'))).rejects.toThrow('no LZ4 frame');
});

test('whatever is damaged or cut short ends in an error or in bytes within the limit', async () => {
  let state = 11;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  for (const [, number, packed] of PACKED) {
    for (let round = 0; round < 12; round++) {
      const damaged = Buffer.from(packed.subarray(0, round % 2 === 0 ? packed.length : random(packed.length)));
      if (damaged.length > 0) damaged[random(damaged.length)] = random(256);
      const length = await unpack(number, damaged, 200_000).then(
        (bytes) => bytes.length,
        () => 0,
      );
      expect(length).toBeLessThanOrEqual(200_000);
    }
  }
});

test('CRC-32C is that of RFC 9260', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a91_36aa);
  expect(crc32c(Buffer.alloc(0))).toBe(0);
});
