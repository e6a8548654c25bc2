/** Bodies in zstd: told apart frame by frame on every Node, and taken by the built receiver on those that have zstd. */
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findCollector } from '../../../fixtures/parts/collector.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findNode, NEWER_NODES } from '../../../fixtures/parts/node.mjs';
import { frameByFrame } from '../../../src/sources/otlp/zstd.ts';
import { isAtHand } from '../../e2e/part.ts';
import { field, hex, IDS, requestWith, SPAN_ID, TRACE_ID } from './bytes.ts';
import { collectorWith } from './collector-exporting.ts';
import { startReceiver } from './receiver-process.ts';
import { closeAll, closeLater } from './receiver-rig.ts';
import { zstdFrame } from './zstd-frame.ts';

afterEach(closeAll);

/** What `zstd -3` made of 180,000 bytes, with a checksum; with and without the size of the content. */
const PACKED = [
  'KLUv/aQgvwIAjAAASHRyYWNlZ2FwIAEA9P/MyxFNAAAIZwEAHD8dCAHWJIBr',
  'KLUv/QRAjAAASHRyYWNlZ2FwIAEA9P/MyxFNAAAIZwEAHD8dCAHWJIBr',
];
const FRAMES: [what: string, frame: Buffer][] = [
  ['raw blocks', zstdFrame(Buffer.from('hello'), Buffer.from('world'))],
  ['a block of nothing', zstdFrame(Buffer.alloc(0))],
  ['one byte over and over', zstdFrame({ byte: 7, times: 100_000 })],
  ['a real one', Buffer.from(PACKED[0] ?? '', 'base64')],
  ['a real one of unknown size', Buffer.from(PACKED[1] ?? '', 'base64')],
  ['a single segment', Buffer.from('28b52ffd20010900002a', 'hex')],
  ['one to be skipped', Buffer.from('5e2a4d1803000000616263', 'hex')],
];

async function cut(bytes: Buffer, chunkSize: number): Promise<Buffer[]> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  const pieces: Buffer[] = [];
  for await (const piece of frameByFrame(chunks())) pieces.push(piece);
  return pieces;
}

test.each(FRAMES)('%s: ends where it ends, and what follows is a piece of its own', async (_, frame) => {
  const [before, after] = [zstdFrame(Buffer.from('before')), zstdFrame(Buffer.from('after'))];
  expect(await cut(Buffer.concat([before, frame, after]), 1000)).toEqual([before, frame, after]);
  for (const size of [1, 2, 7]) {
    const pieces = await cut(Buffer.concat([frame, after]), size);
    expect(Buffer.concat(pieces)).toEqual(Buffer.concat([frame, after]));
    const ends = pieces.map((_piece, index) => Buffer.concat(pieces.slice(0, index + 1)).length);
    expect(ends).toContain(frame.length);
  }
});

test.each(FRAMES)('%s: cut off anywhere it is not whole', async (_, frame) => {
  for (let length = 0; length < Math.min(frame.length, 60); length++) {
    await expect(cut(frame.subarray(0, length), 5)).rejects.toThrow('cut off');
  }
});

test('what is no frame, and far too many of them', async () => {
  const frame = zstdFrame(Buffer.alloc(0));
  for (const wrong of [Buffer.from('garbage!'), Buffer.alloc(4)]) {
    await expect(cut(wrong, 3)).rejects.toThrow('no zstd frame');
    await expect(cut(Buffer.concat([frame, wrong]), 100)).rejects.toThrow('no zstd frame');
  }
  expect(await cut(Buffer.concat(Array(10_000).fill(frame)), 65_536)).toHaveLength(10_000 + 1);
  await expect(cut(Buffer.concat(Array(10_001).fill(frame)), 65_536)).rejects.toThrow('too many');
});

const AT_HAND = (NEWER_NODES as string[]).filter((version) => isAtHand(`Node ${version}`, () => findNode(version)));

async function post(address: string, body: Buffer): Promise<{ status: number | undefined; said: string }> {
  const agent = new Agent();
  closeLater(() => agent.destroy());
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'zstd' };
  return new Promise((resolve, reject) => {
    const sent = request(`http://${address}/v1/traces`, { method: 'POST', headers, agent }, async (answer) => {
      resolve({ status: answer.statusCode, said: (await buffer(answer)).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function spanOf(id: string): Buffer {
  return requestWith(field(1, hex(TRACE_ID)), field(2, hex(id)));
}

const OTHER_ID = '00f067aa0ba902b7';
/** Asks for a window of so many bytes, as a power of two. */
function withWindow(log2: number, frame: Buffer): Buffer {
  return Buffer.concat([frame.subarray(0, 5), Buffer.from([(log2 - 10) << 3]), frame.subarray(6)]);
}

/** 1 GiB of zeros in 33 KB. */
const BOMB = zstdFrame(...Array(8192).fill({ byte: 0, times: 131_072 }));

describe.each(AT_HAND)('the built receiver on Node %s', (version) => {
  const start = () => startReceiver({ http: '127.0.0.1:0' }, findNode(version));

  test('whole: 200, and the spans of all frames are handed over', async () => {
    const { http, spans, problems } = await start();
    expect(await post(http, withWindow(25, zstdFrame(requestWith(IDS))))).toEqual({ status: 200, said: '' });
    const two = Buffer.concat([FRAMES[6]?.[1] ?? BOMB, zstdFrame(spanOf(OTHER_ID)), zstdFrame(spanOf('a'.repeat(16)))]);
    expect(await post(http, two)).toEqual({ status: 200, said: '' });
    await vi.waitFor(() => expect(spans).toEqual(new Set([SPAN_ID, OTHER_ID, 'a'.repeat(16)])));
    expect(problems).toEqual([]);
  });

  test.each([
    ['cut in a compressed block', Buffer.from(PACKED[0] ?? '', 'base64').subarray(0, -12)],
    ['cut before its checksum', Buffer.from(PACKED[0] ?? '', 'base64').subarray(0, -4)],
    ['cut after a whole block', zstdFrame(requestWith(IDS), Buffer.alloc(0)).subarray(0, -3)],
    ['nothing', Buffer.alloc(0)],
    ['no zstd', requestWith(IDS)],
    ['with a window of 64 MiB', withWindow(26, zstdFrame(requestWith(IDS)))],
    ['followed by what is none', Buffer.concat([zstdFrame(requestWith(IDS)), Buffer.from('garbage!')])],
  ])('%s: 400, and nothing of it is handed over', async (_, body) => {
    const { http, spans } = await start();
    expect(await post(http, body)).toMatchObject({ status: 400, said: expect.stringContaining('no whole zstd') });
    expect(await post(http, zstdFrame(spanOf(OTHER_ID)))).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(spans).toEqual(new Set([OTHER_ID])));
  });

  test('bombs: 413 or 503, and memory is bounded', async () => {
    const { http, mostMemory } = await start();
    const before = await mostMemory();
    expect(await post(http, BOMB)).toMatchObject({ status: 413, said: expect.stringContaining('67108864 bytes') });
    const answers = await Promise.all(Array.from({ length: 24 }, () => post(http, withWindow(25, BOMB))));
    for (const { status } of answers) expect([413, 503]).toContain(status);
    // 24 GiB were asked for; all bodies together may have 512 MiB.
    expect((await mostMemory()) - before).toBeLessThan(2048 * 2 ** 20);
    expect(await post(http, zstdFrame(requestWith(IDS)))).toMatchObject({ status: 200 });
  });

  test.runIf(isAtHand('the OpenTelemetry Collector', findCollector))('what a real Collector packs', async () => {
    const { http, spans, problems } = await start();
    const exporter = { endpoint: `http://${http}`, compression: 'zstd' };
    const collector = await collectorWith({ otlp_http: exporter });
    const sent = await collector.send();
    await vi.waitFor(() => expect(spans).toEqual(sent), { timeout: 20_000, interval: 20 });
    expect(problems).toEqual([]);
  });
});
