/**
 * Text that YAML takes for something else. A trap makes the rest of the file unreadable, so it is masked, the file is
 * parsed again, and what was masked is told of where it stands; every other problem of the file is still found.
 */

/** Unicode keeps these code points out of all text, so no file holds them. Each is as long as what it stands for. */
const MASKS = { '{': '\uFDD0', '}': '\uFDD1', '*': '\uFDD2', '#': '\uFDD3' } as const;

const MASKED = /[\uFDD0-\uFDD3]/g;

function maskAt(text: string, at: number): string {
  const mask = MASKS[text[at] as keyof typeof MASKS];
  return text.slice(0, at) + mask + text.slice(at + 1);
}

function maskVariable(text: string, at: number): string | undefined {
  const end = text.indexOf('}', at);
  return end === -1 ? undefined : maskAt(maskAt(text, at), end);
}

/** A comment that swallowed the end of its own `{ }`: `{ binding: #.x, queue: q }`. */
function maskComment(text: string, at: number): string | undefined {
  const before = text.slice(0, at).trimEnd();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const comment = /[:,[{]\s+(#[^\s#][^#]*[}\]])/.exec(line);
  return comment?.[1] === undefined ? undefined : maskAt(text, before.length - line.length + line.indexOf(comment[1]));
}

/**
 * The text with the trap masked that a parse error fell into, or undefined where the error is no trap of these.
 * @param error where the first error of the parse stands, and YAML's words for it
 */
export function maskTrap(text: string, error: { at: number; message: string }): string | undefined {
  if (text[error.at] === '{' && text[error.at - 1] === '$') return maskVariable(text, error.at);
  if (text[error.at] === '*') return maskAt(text, error.at);
  if (error.message.startsWith('Flow ')) return maskComment(text, error.at);
  return undefined;
}

/** The text as it was before masking. */
export function unmask(text: string): string {
  return text.replace(MASKED, (mask) => Object.entries(MASKS).find(([, each]) => each === mask)?.[0] ?? mask);
}

const READINGS: [string, string][] = [
  [MASKS['{'], 'inside { } or [ ], YAML reads the `{` of a variable as the start of a mapping'],
  [MASKS['*'], 'YAML reads what begins with `*` as an alias'],
  [MASKS['#'], 'YAML reads what stands after ` #` as a comment'],
];

/** What to say of a key or value in which a trap was masked; undefined where none was. */
export function trapIn(masked: string): { message: string; hint: string } | undefined {
  const reading = READINGS.find(([mask]) => masked.includes(mask));
  if (reading === undefined) return undefined;
  const text = unmask(masked);
  return { message: `\`${text}\` must be quoted: ${reading[1]}`, hint: `Write ${JSON.stringify(text)}.` };
}
