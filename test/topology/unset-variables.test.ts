import { describe, expect, test } from 'vitest';
import { readTopology } from '../../src/topology/read.ts';

/** A file whose one flow sends to its one node. */
function small(node: string, flow = ''): string {
  return `version: 1\nnodes: { a: { ${node} } }\nflows: { f: { send: { http: { path: "/\${probe.id}" } }, through: a${flow} } }\n`;
}

const file = { file: 'f.yaml', env: {}, sha256: '' };

describe('unset variables', () => {
  const text = small(`url: "http://\${UNSET}", service: "\${ALSO}-a", software: "\${DEFAULT:-x}"`);

  test('are errors, with the names that must be set', () => {
    const { topology, problems, variables } = readTopology(text, file);
    expect(topology).toBeUndefined();
    expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', `\`\${UNSET}\` is not set`],
      ['error', `\`\${ALSO}\` is not set`],
    ]);
    expect(variables).toEqual(['UNSET', 'ALSO']);
  });

  test('are only listed where that is asked for, and stand as they are written', () => {
    const { topology, problems } = readTopology(text, { ...file, unset: 'warning' });
    expect(problems.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
    expect(topology?.record.nodes.a).toMatchObject({ services: [`\${ALSO}-a`], addresses: [] });
  });

  test('leave no topology where a number hangs on them', () => {
    const number = small('url: "http://a"', `, repeat: "\${UNSET}"`);
    const { topology, problems } = readTopology(number, { ...file, unset: 'warning' });
    expect(topology).toBeUndefined();
    expect(problems.map(({ line, column, severity }) => [line, column, severity])).toEqual([[3, 77, 'warning']]);
  });

  test('may be set and empty', () => {
    const { problems } = readTopology(text, { ...file, env: { UNSET: 'a', ALSO: '' } });
    expect(problems).toEqual([]);
  });
});
