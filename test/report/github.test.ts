/** Workflow commands, read back as GitHub's runner reads them. */
import { expect, test } from 'vitest';
import { github } from '../../src/report/github.ts';
import { cases } from './cases.ts';
import { empty, HOSTILE, hostile } from './hostile.ts';
import { finding, shop } from './sample.ts';

interface Command {
  name: string;
  properties: Record<string, string>;
  message: string;
}

const render = (report: Parameters<typeof github.render>[0]): Command[] =>
  github
    .render(report, { color: false, width: 80 })
    .split('\n')
    .filter((line) => line !== '')
    .map(parse);

function parse(line: string): Command {
  const match = /^::([a-z]+) ([^\n]*?)::([^\n]*)$/.exec(line);
  if (match === null) throw new Error(`no command: ${line}`);
  const [, name = '', list = '', message = ''] = match;
  const pairs = list.split(',').map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]);
  return {
    name,
    properties: Object.fromEntries(pairs.map(([key, value = '']) => [key, decoded(value)])),
    message: decoded(message),
  };
}

/** A `%` that is none would have been left alone and then read wrongly. */
function decoded(text: string): string {
  expect(text.replace(/%(?:25|0D|0A|3A|2C)/g, '')).not.toContain('%');
  return text.replace(/%(25|0D|0A|3A|2C)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

test.each(Object.entries({ ...cases, hostile, empty }))(
  '%s is commands and nothing else, the summary last',
  (_, make) => {
    const commands = render(make());
    expect(commands.at(-1)?.name).toBe('notice');
    for (const { name, properties } of commands.slice(0, -1)) {
      expect(['error', 'warning', 'notice']).toContain(name);
      expect(Object.keys(properties)).toEqual(['file', 'line', 'col', 'title']);
      expect(properties.line).toMatch(/^\d+$/);
    }
  },
);

test('what comes from outside ends neither a property nor the command', () => {
  const [command] = render(hostile());
  const spelled = HOSTILE.replace('\n', '\\x0a')
    .replace('\u0000', '\\x00')
    .replace('\u001b', '\\x1b')
    .replace('\u202e', '\\u202e')
    .replace('\ud800 ', '\\ud800 ');
  expect(command?.message).toContain(spelled.slice(0, 40));
  expect(command?.properties.title).toContain('e|f<g>&h%25%0A');
});

test('errors come first, and what was accepted is a notice', () => {
  const names = render(cases['against-a-baseline']?.() ?? shop()).map(
    ({ name, properties }) => `${name} ${properties.line}`,
  );
  expect(names).toEqual(['error 46', 'notice 45', 'notice 43', 'notice undefined']);
  expect(render(cases['waiver-ends-soon']?.() ?? shop())[0]?.name).toBe('notice');
});

test('what could not be judged and what is degraded are warnings', () => {
  const hops = {
    'checkout -> pricing': { findings: [finding('nothing-seen', null, { message: 'a' })] },
    'checkout -> orders -> stock': { findings: [finding('baggage-lost', 'checkout', { message: 'b' })] },
  };
  expect(render(shop({ hops })).map(({ name }) => name)).toEqual(['warning', 'warning', 'notice']);
});
