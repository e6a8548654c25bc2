/** HTML from templates: whatever is put into one is escaped, unless it came out of another. */
import { GLUE, type Line, type Piece, piece } from '../table/text.ts';

/** Markup that is safe to put into a page. Made by {@link html} and {@link trusted} only. */
export interface Markup {
  readonly markup: string;
}

type Value = Markup | string | number | undefined | readonly Value[];

/** Markup with values in it: strings and numbers escaped, lists one after the other, `undefined` as nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: parts.map((part, index) => (index === 0 ? part : written(values[index - 1]) + part)).join('') };
}

/** Constants of ours: styles and scripts. */
export function trusted(text: string): Markup {
  return { markup: text };
}

function written(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(written).join('');
  return escaped(piece(String(value)).text);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char).replaceAll(GLUE, '&nbsp;');
}

/** A sentence of ours, in which what stands in backticks is code. */
export function prose(text: string): Markup {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

/** A line of the table, its styles as elements. */
export function marked(line: Line): Markup {
  return html`${line.map(markedPiece)}`;
}

function markedPiece({ text, style }: Piece): Markup {
  switch (style) {
    case 'plain':
      return html`${text}`;
    case 'code':
      return html`<code>${text}</code>`;
    case 'strong':
    case 'culprit':
      return html`<strong class="${style}">${text}</strong>`;
    default:
      return html`<span class="${style}">${text}</span>`;
  }
}
