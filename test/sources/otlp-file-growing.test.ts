/** The file while it is written: it grows, is cut, gives way to another. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, truncateSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { append, closeAll, fileWith, lineOf, linesOf, newPath, openFile } from './otlp-file-rig.ts';

afterEach(closeAll);

test('a file that grows: what is new is caught up with, and comes by itself too', async () => {
  const path = fileWith(linesOf('a'));
  const { names, source } = await openFile(path);
  append(path, linesOf('b', 'c'));
  await source.caughtUp();
  expect(names).toEqual(['a', 'b', 'c']);
  append(path, linesOf('d'));
  await vi.waitFor(() => expect(names).toEqual(['a', 'b', 'c', 'd']), { timeout: 10_000 });
});

test('half a last line is taken once it is whole, wherever it was cut', async () => {
  const whole = Buffer.from(`${lineOf('größe 🎉')}\n`);
  const path = fileWith(linesOf('a'));
  const { names, source, problems } = await openFile(path);
  const expected = ['a'];
  for (let cut = 1; cut < whole.length; cut++) {
    append(path, whole.subarray(0, cut));
    await source.caughtUp();
    // Whole but for its newline: there is nothing left to wait for.
    expect(names).toHaveLength(expected.length + (cut === whole.length - 1 ? 1 : 0));
    append(path, whole.subarray(cut));
    await source.caughtUp();
    expected.push('größe 🎉');
    expect(names).toEqual(expected);
  }
  expect(problems).toEqual([]);
});

test('a last line without its newline is taken at once, and only once', async () => {
  const path = fileWith(linesOf('a') + lineOf('b'));
  const { names, source } = await openFile(path);
  expect(names).toEqual(['a', 'b']);
  append(path, `\n${linesOf('c')}`);
  await source.caughtUp();
  expect(names).toEqual(['a', 'b', 'c']);
});

test('a file that is truncated is read from its start again', async () => {
  const path = fileWith(linesOf('a', 'b'));
  const { names, source, problems } = await openFile(path);
  truncateSync(path);
  append(path, linesOf('c'));
  await source.caughtUp();
  append(path, linesOf('d'));
  await source.caughtUp();
  expect(names).toEqual(['a', 'b', 'c', 'd']);
  expect(problems).toEqual([]);
});

test.each([
  ['truncated', (path: string) => truncateSync(path)],
  ['replaced', (path: string) => renameSync(path, `${path}.1`)],
])('a file that is %s in the middle of a line: the half is lost, and that is said', async (_, begin) => {
  const path = fileWith(linesOf('a') + lineOf('lost').slice(0, 30));
  const { names, source, problems } = await openFile(path);
  begin(path);
  append(path, linesOf('b'));
  await source.caughtUp();
  expect(names).toEqual(['a', 'b']);
  const message = `${path} began anew in the middle of a line; 30 bytes of it are lost`;
  expect(problems).toMatchObject([{ message }]);
  expect(source.sight().gaps).toMatchObject([{ reason: message }]);
});

test('a file that is rotated: the old one is read to its end, then the new one', async () => {
  const path = fileWith(linesOf('a'));
  const { names, source, problems } = await openFile(path);
  for (const round of ['1', '2', '3']) {
    append(path, linesOf(`${round} last of the old`));
    renameSync(path, `${path}.${round}`);
    append(`${path}.${round}`, lineOf(`${round} even after the renaming`));
    append(path, linesOf(`${round} first of the new`));
    await source.caughtUp();
  }
  append(path, linesOf('z'));
  await source.caughtUp();
  const rounds = ['1', '2', '3'].flatMap((round) =>
    ['last of the old', 'even after the renaming', 'first of the new'].map((what) => `${round} ${what}`),
  );
  expect(names).toEqual(['a', ...rounds, 'z']);
  expect(problems).toEqual([]);
});

test('a file that is deleted and comes again', async () => {
  const path = fileWith(linesOf('a'));
  const { names, source } = await openFile(path);
  rmSync(path);
  await source.caughtUp();
  append(path, linesOf('b'));
  await source.caughtUp();
  expect(names).toEqual(['a', 'b']);
});

/** Writes lines in pieces of every size, and stops for a moment now and then. */
const WRITER = `
  const fs = require('node:fs');
  const [path, line, count] = process.argv.slice(1);
  const all = Buffer.from(Array.from({ length: Number(count) }, (_, index) => line.replace('NUMBER', String(index)) + '\\n').join(''));
  const file = fs.openSync(path, 'a');
  for (let at = 0, size = 1; at < all.length; at += size, size = (size * 31 + 7) % 997 + 1) {
    fs.writeSync(file, all.subarray(at, at + size));
    if (size % 10 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }`;

test('a process that writes all the while: every line, once, in order', async () => {
  const path = newPath();
  const { names, source, problems } = await openFile(path);
  const writer = spawn(process.execPath, ['-e', WRITER, path, lineOf('NUMBER'), '5000'], { stdio: 'inherit' });
  const [code] = await once(writer, 'exit');
  await source.caughtUp();
  expect(code).toBe(0);
  expect(names).toEqual(Array.from({ length: 5000 }, (_, index) => String(index)));
  expect(problems).toEqual([]);
});
