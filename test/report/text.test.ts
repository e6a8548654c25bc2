import { describe, expect, test } from 'vitest';
import { code, line, piece, widthOf, wrap } from '../../src/report/table/text.ts';

const texts = (lines: ReturnType<typeof wrap>): string[] => lines.map((each) => each.map(({ text }) => text).join(''));

describe('what would command the terminal is spelled out', () => {
  test.each([
    ['an escape', '\u001b[31m', '\\x1b[31m'],
    ['a line end', 'a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    ['a C1 control', '\u009b31m', '\\x9b31m'],
    ['a change of direction', '\u202e', '\\u202e'],
    ['a zero-width joiner', 'a\u200db', 'a\\u200db'],
    ['a tag character', '\u{e0041}', '\\u{e0041}'],
    ['half a surrogate pair', 'a\ud800', 'a\\ud800'],
    ['nothing else', 'ü 価 👋', 'ü 価 👋'],
  ])('%s', (_, raw, shown) => {
    expect(piece(raw).text).toBe(shown);
  });
});

test.each([
  ['orders', 6],
  ['価格', 4],
  ['e\u0301', 1],
  ['👋', 2],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(line(text))).toBe(columns);
});

describe('wrapping', () => {
  test.each([
    ['what fits stays', 'one two', 7, 0, ['one two']],
    ['at spaces', 'one two three', 9, 0, ['one two', 'three']],
    ['spaces at the break go', 'one   two', 5, 0, ['one', 'two']],
    ['a word that is longer than a line', 'a bcdefghij k', 4, 0, ['a', 'bcde', 'fghi', 'j k']],
    ['with the others indented', 'one two three', 7, 2, ['one two', '  three']],
    ['into what is left beside the indent', 'one three', 6, 2, ['one', '  thre', '  e']],
    ['wide characters', '価格価格', 5, 0, ['価格', '価格']],
    ['nothing', '', 5, 0, ['']],
  ])('%s', (_, text, width, hanging, lines) => {
    expect(texts(wrap(line(text), width, hanging))).toEqual(lines);
  });

  test('keeps styles, and code together', () => {
    const lines = wrap(line(piece('say', 'strong'), ' now ', code('a b c')), 9);
    expect(texts(lines)).toEqual(['say now', 'a\u00a0b\u00a0c']);
    expect(lines.map((each) => each.map(({ style }) => style))).toEqual([['strong', 'plain'], ['code']]);
  });
});
