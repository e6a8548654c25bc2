import { expect, test } from 'vitest';
import type { InputProblem } from '../../src/model/problem.ts';
import { readTopology } from '../../src/topology/read.ts';

function problemsOf(text: string): InputProblem[] {
  return readTopology(text, { file: 'deploy/shop.yaml', env: {}, sha256: '' }).problems;
}

test('a byte order mark and CRLF move nothing', () => {
  const text = '\uFEFFversion: 1\r\nnodes: { a: { servce: b } }\r\n';
  expect(problemsOf(text)[1]).toMatchObject({ file: 'deploy/shop.yaml', line: 2, column: 15 });
});

test('aliases inside aliases are not written out without end', () => {
  const row = (name: string, of: string): string => `x-${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]`;
  const names = [...'bcdefghijk'];
  const rows = names.map((name, index) => row(name, 'abcdefghijk'[index] ?? ''));
  const problems = problemsOf(['x-a: &a [1, 2, 3]', ...rows].join('\n'));
  expect(problems.map(({ message }) => message)).toEqual([
    'The file holds more than 100000 values once its aliases are written out',
  ]);
});

test('many traps are told of at once', () => {
  const keys = Array.from({ length: 60 }, (_, index) => `k${index}: \${V${index}}`);
  const traps = problemsOf(`x: { ${keys.join(', ')} }\n`).filter(({ message }) => message.includes('must be quoted'));
  expect(traps.length).toBe(50);
});
