/**
 * Every file of `files/` goes through the reader and through ajv with the JSON Schema. Its last lines say what is
 * expected: who takes it, then each problem with its line, column, severity, message and hint.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { InputProblem } from '../../src/model/problem.ts';
import { readTopology } from '../../src/topology/read.ts';
import { topologyJsonSchema } from '../../src/topology/schema.ts';

/** Who takes a file. Where the reader alone refuses one, what is wrong concerns more than the place it stands at. */
const VERDICTS = {
  'both take it': { schema: true, reader: true },
  'both refuse it': { schema: false, reader: false },
  'the reader alone refuses it': { schema: true, reader: false },
  'not YAML': { schema: undefined, reader: false },
};

const ENV = { HOST: '10.0.0.1', PORT: '9001', THREE: '3', NO: 'false', WORD: 'abc', PASSWORD: 'hunter2' };

const FOLDER = new URL('./files/', import.meta.url);

const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
formats.default(ajv);
const schemaTakes = ajv.compile(topologyJsonSchema());

function bySchema(text: string): boolean | undefined {
  try {
    return schemaTakes(parse(text, { merge: true, logLevel: 'error' }));
  } catch {
    return undefined;
  }
}

function line({ line, column, severity, message, hint }: InputProblem): string {
  return `${line}:${column} ${severity}: ${message}${hint === undefined ? '' : ` | ${hint}`}`;
}

const files = readdirSync(FOLDER).map((name) => {
  const lines = readFileSync(new URL(name, FOLDER), 'utf8').split('\n');
  const [verdict = '', ...problems] = lines.flatMap((each) => (each.startsWith('#: ') ? [each.slice(3)] : []));
  return { name, text: lines.filter((each) => !each.startsWith('#: ')).join('\n'), verdict, problems };
});

describe('files', () => {
  test.each(files)('$name', ({ name, text, verdict, problems }) => {
    const result = readTopology(text, { file: name, env: ENV, sha256: 'ab' });
    expect(result.problems.map(line)).toEqual(problems);
    expect({ schema: bySchema(text), reader: result.topology !== undefined }).toEqual(
      VERDICTS[verdict as keyof typeof VERDICTS],
    );
  });

  test('are many, and of every verdict', () => {
    expect(files.length).toBeGreaterThanOrEqual(100);
    expect(new Set(files.map(({ verdict }) => verdict))).toEqual(new Set(Object.keys(VERDICTS)));
  });
});
