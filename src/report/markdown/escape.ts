/** Text from outside in Markdown, so that it means nothing but itself where GitHub and GitLab show it. */
import { safe } from '../words.ts';

const ZERO_WIDTH_SPACE = '&#8203;';

/** For a paragraph, a list item or a table cell: one line, no markup, no link, nobody called. */
export function inline(text: string): string {
  const written = entities(safe(text))
    .replace(/[\\`*_[\]|~$#]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\bwww\./gi, 'www\\.');
  return callingNobody(written);
}

/** For the title of a `<details>`, which is HTML. */
export function html(text: string): string {
  return callingNobody(entities(safe(text)).replaceAll('"', '&quot;'));
}

/** Between fences that are longer than any run of backticks in it; each line is one line. */
export function fenced(language: string, lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((each) => each.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${lines.join('\n')}\n${fence}\n`;
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Somebody of that name would be told. */
function callingNobody(text: string): string {
  return text.replace(/@(?=\w)/g, `@${ZERO_WIDTH_SPACE}`);
}
