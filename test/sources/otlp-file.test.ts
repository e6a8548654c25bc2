import { mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { afterEach, expect, test, vi } from 'vitest';
import { realSpans } from './otlp/real-spans.ts';
import { append, closeAll, fileWith, lineOf, linesOf, newPath, openFile } from './otlp-file-rig.ts';

afterEach(closeAll);

test('a whole file: every span, in order, before opening resolves', async () => {
  const others = ['{"resourceMetrics":[]}', '{"resourceLogs":[{}]}', '', ' ', '{}', '\r'].join('\n');
  const path = fileWith(`${linesOf('a')}${others}\n${lineOf('b')}\r\n${linesOf('c')}`);
  const { names, source, problems } = await openFile(path);
  expect(names).toEqual(['a', 'b', 'c']);
  expect(problems).toEqual([]);
  expect(source.sight()).toEqual(expect.objectContaining({ part: 'source', name: 'file', gaps: [], dropped: 0 }));
  expect(source.sight()).not.toHaveProperty('blind');
});

test('spans of the real SDK', async () => {
  const made = realSpans();
  const { spans } = await openFile(fileWith(Buffer.from(JsonTraceSerializer.serializeRequest(made) ?? [])));
  const ids = made.map((span) => span.spanContext().spanId);
  expect(spans.map(({ spanId }) => spanId).sort()).toEqual(ids.sort());
  expect(spans.map(({ service, sources }) => [service, sources])).toContainEqual(['billing', ['file']]);
});

test('a file that is not there yet: blind until it is, then read from its start', async () => {
  const path = newPath();
  const { names, source, problems } = await openFile(path, { whole: 10, line: 1000 });
  expect(source.sight()).toMatchObject({ blind: `${path} does not exist`, gaps: [] });
  append(path, linesOf('a'));
  await vi.waitFor(() => expect(names).toEqual(['a']), { timeout: 10_000 });
  expect(source.sight()).not.toHaveProperty('blind');
  expect(problems).toEqual([]);
});

test('not even its folder is there yet', async () => {
  const path = join(newPath('folder'), 'spans.jsonl');
  const { names, source } = await openFile(path);
  expect(source.sight().blind).toContain('does not exist');
  mkdirSync(dirname(path));
  append(path, linesOf('a'));
  await vi.waitFor(() => expect(names).toEqual(['a']), { timeout: 10_000 });
});

test('an empty file holds nothing, and can be seen into', async () => {
  const { names, source, problems } = await openFile(fileWith(''));
  expect([names, problems]).toEqual([[], []]);
  expect(source.sight()).not.toHaveProperty('blind');
});

test('lines that are no OTLP: each a gap in the sight, said once, and it goes on', async () => {
  let now = 1000;
  const path = fileWith(`${linesOf('a')}{"resourceSpans":[{"scopeSpans":7}]}\nhunter2\n${linesOf('b')}`);
  const { names, source, problems } = await openFile(path, undefined, () => now);
  now = 2000;
  append(path, `{"half":\n${linesOf('c')}`);
  await source.caughtUp();
  expect(names).toEqual(['a', 'b', 'c']);
  const message = `a line of ${path} is no OTLP/JSON: resourceSpans[0].scopeSpans: expected an array`;
  expect(problems).toEqual([{ message, hint: expect.stringContaining('format json, without compression') }]);
  expect(source.sight().gaps).toMatchObject([
    { from: 1000, until: 1000, reason: message },
    { from: 1000, reason: expect.not.stringContaining('hunter2') },
    { from: 2000, reason: expect.stringContaining('not JSON') },
  ]);
});

test('a compressed file is said to be none that can be read', async () => {
  const { gzipSync } = await import('node:zlib');
  const { names, problems, source } = await openFile(
    fileWith(Buffer.concat([gzipSync(linesOf('a')), Buffer.from('\n')])),
  );
  expect(names).toEqual([]);
  expect(problems).toMatchObject([{ message: expect.stringContaining('no OTLP/JSON') }]);
  expect(source.sight().gaps.length).toBeGreaterThan(0);
});

test('spans that cannot be told apart are left out, counted and said', async () => {
  const path = fileWith(`${lineOf('x', { spanId: 'b7ad' })}\n${lineOf('y', { spanId: '' })}\n${linesOf('a')}`);
  const { names, source, problems } = await openFile(path);
  expect(names).toEqual(['a']);
  expect(source.sight()).toMatchObject({ dropped: 2, gaps: [] });
  expect(problems).toMatchObject([{ message: expect.stringContaining('span id is not 8 bytes') }]);
});

test('a line that is too long is passed over, said, and it goes on', async () => {
  const limits = { whole: 1e6, line: 300 };
  const path = fileWith(`${linesOf('a')}${lineOf('x'.repeat(300))}\n${linesOf('b')}${lineOf('y'.repeat(300))}`);
  const { names, source, problems } = await openFile(path, limits);
  append(path, `more of it\n${linesOf('c')}`);
  await source.caughtUp();
  expect(names).toEqual(['a', 'b', 'c']);
  expect(problems).toMatchObject([{ message: expect.stringContaining('longer than 300 bytes') }]);
  expect(source.sight().gaps).toHaveLength(2);
});

test('a line of several MiB', async () => {
  const names = ['a'.repeat(3 * 2 ** 20), 'b', 'c'.repeat(2 ** 20)];
  expect((await openFile(fileWith(linesOf(...names)))).names).toEqual(names);
});

test.each([
  ['at the end of a line', linesOf('old'), ''],
  ['in the middle of a line', linesOf('old') + lineOf('half').slice(0, 40), lineOf('half').slice(40)],
])('a file with too much history is followed from its end, %s', async (_, history, restOfLine) => {
  const path = fileWith(history);
  const { names, source, problems } = await openFile(path, { whole: 50, line: 1000 });
  append(path, `${restOfLine}${restOfLine && '\n'}${linesOf('new')}`);
  await source.caughtUp();
  expect(names).toEqual(['new']);
  expect(problems).toMatchObject([{ message: expect.stringContaining('followed from its end') }]);
  expect(source.sight().gaps).toEqual([]);
});

test('a folder in place of the file: blind, said once', async () => {
  const path = dirname(newPath());
  const { source, problems } = await openFile(path);
  await source.caughtUp();
  const message = `${path} cannot be read (EISDIR)`;
  expect(source.sight()).toMatchObject({ blind: message });
  expect(problems).toMatchObject([{ message, hint: expect.stringContaining('another path') }]);
});

test('a folder that gives way to the file', async () => {
  const path = newPath();
  mkdirSync(path);
  const { names, source } = await openFile(path);
  rmdirSync(path);
  append(path, linesOf('a'));
  await source.caughtUp();
  expect(names).toEqual(['a']);
  expect(source.sight()).not.toHaveProperty('blind');
});

test('after closing nothing more is read, and the sight stands still', async () => {
  let now = 1000;
  const path = fileWith(linesOf('a'));
  const { names, source } = await openFile(path, undefined, () => now);
  now = 2000;
  await source.close();
  now = 3000;
  append(path, linesOf('b'));
  await source.caughtUp();
  expect(names).toEqual(['a']);
  expect(source.sight()).toMatchObject({ from: 1000, until: 2000, gaps: [] });
});
