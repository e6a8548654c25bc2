/** The code blocks of a Markdown page, and what the comment before one says of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Block {
  /** What stands behind the fence: `console`, `sh`, `yaml` … */
  language: string;
  text: string;
  /** Of the fence, from 1. */
  line: number;
  /** `<!-- not run: reason -->` stood before it. */
  notRun?: string;
  /** `<!-- file: name -->` stood before it: the reader saves it under that name. */
  file?: string;
}

export interface Command {
  text: string;
  /** `# exit 1` behind it says that a failure is meant. */
  status: number;
  /** What the page shows below it. */
  output: string[];
  line: number;
}

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** README and every page below docs, by path from the root of the project. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

export function textOf(page: string): string {
  return readFileSync(ROOT + page, 'utf8');
}

const FENCE = /^(?<indent> *)```(?<language>[\w-]*)\n(?<body>[\s\S]*?)^\k<indent>```$/gm;

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(FENCE)].map(({ groups, index }) => {
    const { indent = '', language = '', body = '' } = groups ?? {};
    const before = text.slice(0, index);
    return {
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: before.split('\n').length,
      ...said(before, 'not run', 'notRun'),
      ...said(before, 'file', 'file'),
    };
  });
}

function said<Key extends 'notRun' | 'file'>(before: string, word: string, key: Key): { [K in Key]?: string } {
  const match = new RegExp(`<!-- ${word}: ([^>]*) -->\\s*$`).exec(before);
  return match?.[1] === undefined ? {} : ({ [key]: match[1] } as { [K in Key]?: string });
}

/** In `console` each line behind `$ ` is a command and the rest is output; a `sh` block is one command. */
export function commandsOf({ language, text, line }: Block): Command[] {
  if (language === 'sh') return [{ text, status: statusOf(text), output: [], line }];
  if (language !== 'console') return [];
  const commands: Command[] = [];
  for (const [index, each] of text.trimEnd().split('\n').entries()) {
    if (each.startsWith('$ '))
      commands.push({ text: each.slice(2), status: statusOf(each), output: [], line: line + index + 1 });
    else commands.at(-1)?.output.push(each);
  }
  return commands;
}

function statusOf(text: string): number {
  return Number(/# exit (\d+)\s*$/.exec(text)?.[1] ?? 0);
}
