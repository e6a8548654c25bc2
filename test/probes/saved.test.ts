import { expect, test } from 'vitest';
import { readSaved } from '../../src/probes/saved.ts';

const body = (value: string): Buffer => Buffer.from(value);

test('a header, whatever its case, and JSON values as the text that they are', () => {
  const json =
    '{"order":{"id":12345678901234567890,"rate":1.50,"open":true,"a/b":{"~":["x","n 7 \\"8\\""]}},"":"empty"}';
  const { values, missing } = readSaved(
    [
      ['csrf', { header: 'X-CSRF-Token' }],
      ['cookies', { header: 'set-cookie' }],
      ['id', { json: '/order/id' }],
      ['rate', { json: '/order/rate' }],
      ['open', { json: '/order/open' }],
      ['escaped', { json: '/order/a~1b/~0/1' }],
      ['empty', { json: '/' }],
    ],
    { 'x-csrf-token': 'abc', 'set-cookie': ['a=1', 'b=2'] },
    body(json),
  );
  expect(missing).toEqual([]);
  expect(values).toEqual({
    csrf: 'abc',
    cookies: 'a=1, b=2',
    id: '12345678901234567890',
    rate: '1.50',
    open: 'true',
    escaped: 'n 7 "8"',
    empty: 'empty',
  });
});

test.each([
  ['no header', { header: 'x-a' }, '', 'has no header x-a'],
  ['no body', { json: '/a' }, '', 'has no body'],
  ['no JSON', { json: '/a' }, '<html>', 'is not JSON'],
  ['nothing there', { json: '/a/b' }, '{"a":1}', 'has nothing at /a/b'],
  ['something inherited', { json: '/constructor' }, '{}', 'has nothing at /constructor'],
  ['an object', { json: '/a' }, '{"a":{}}', 'has no text, number or boolean at /a'],
  ['null', { json: '/a' }, '{"a":null}', 'has no text, number or boolean at /a'],
  ['too long a body', { json: '/a' }, `"${'x'.repeat(1024 * 1024)}"`, 'has a body of more than 1 MiB'],
])('why it could not be saved: %s', (_what, from, text, why) => {
  expect(readSaved([['v', from]], {}, body(text))).toEqual({ values: {}, missing: [{ name: 'v', why }] });
});
