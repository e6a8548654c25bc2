/** Zod's issues, flat: unions are followed to the option that was meant, every unknown key is an issue of its own. */
import type { z } from 'zod';
import type { Path } from './located.ts';

/** What is wrong at one place. */
export type Issue = { path: Path } & (
  | { code: 'unknown-key'; known: string[] }
  /** `expected` in words; `words` where only some words can stand there. */
  | { code: 'unfit'; expected: string[]; words: string[] }
  | { code: 'bad-name'; expected: string }
  /** Keys that do not go together; the path is that of the one too many. */
  | { code: 'crowd'; message: string }
);

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function word(value: unknown): string {
  return `\`${String(value)}\``;
}

function bound(issue: { origin: string }, side: string, limit: unknown): string {
  if (issue.origin === 'array') return `a list of ${side} ${String(limit)}`;
  return issue.origin === 'string' ? 'text that is not empty' : `a number of ${side} ${String(limit)}`;
}

/** What would have been right, in words. */
function expectedBy(issue: z.core.$ZodIssue): string[] {
  if (issue.message !== '') return [issue.message];
  switch (issue.code) {
    case 'invalid_type':
      return [TYPES[issue.expected] ?? issue.expected];
    case 'invalid_value':
      return issue.values.map(word);
    case 'too_small':
      return [bound(issue, 'at least', issue.minimum)];
    case 'too_big':
      return [bound(issue, 'at most', issue.maximum)];
    default:
      return ['something else'];
  }
}

/** Whether an option of a union was not meant at all: what stands there is of another type altogether. */
function isOtherType(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some(({ path, code }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'));
}

function flatUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path): Issue[] {
  if ('options' in issue && Array.isArray(issue.options)) {
    const words = issue.options.filter((option) => typeof option === 'string');
    return [{ code: 'unfit', path, expected: words.map(word), words }];
  }
  const meant = issue.errors.filter((option) => !isOtherType(option));
  if (meant[0] !== undefined) return flatIssues(meant[0], path);
  const options = flatIssues(issue.errors.flat(), path).filter((option) => option.code === 'unfit');
  const expected = [...new Set(options.flatMap((option) => option.expected))];
  return [{ code: 'unfit', path, expected, words: options.flatMap((option) => option.words) }];
}

function flatIssue(issue: z.core.$ZodIssue, base: Path): Issue[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ code: 'unknown-key', path: [...path, key], known: issue.message.split(' ') }));
    case 'invalid_key':
      return [{ code: 'bad-name', path, expected: issue.issues.flatMap(expectedBy)[0] ?? 'a name' }];
    case 'invalid_union':
      return flatUnion(issue, path);
    case 'invalid_value': {
      const words = issue.values.filter((value) => typeof value === 'string');
      return [{ code: 'unfit', path, expected: expectedBy(issue), words }];
    }
    case 'custom':
      return [{ code: 'crowd', path, message: issue.message }];
    default:
      return [{ code: 'unfit', path, expected: expectedBy(issue), words: [] }];
  }
}

/** All issues of a check, one a place, in zod's order. */
export function flatIssues(issues: readonly z.core.$ZodIssue[], base: Path = []): Issue[] {
  return issues.flatMap((issue) => flatIssue(issue, base));
}
