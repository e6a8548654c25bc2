/** The one place that knows colours. */
import { Chalk, type ChalkInstance } from 'chalk';
import { GLUE, type Line, type Style } from './text.ts';

/** Turns lines into text for a terminal. */
export type Paint = (line: Line) => string;

/** @param color whether the terminal shows ANSI colours; without, not one escape sequence is written */
export function painter(color: boolean): Paint {
  const brushes = brushesOf(new Chalk({ level: color ? 1 : 0 }));
  return (line) =>
    line.map(({ text, style, href }) => linkedTo(href, brushes[style](text.replaceAll(GLUE, ' ')))).join('');
}

/** Operating System Command 8: a link. A URL has no character that could end it early. */
function linkedTo(href: string | undefined, text: string): string {
  return href === undefined ? text : `\x1b]8;;${href}\x1b\\${text}\x1b]8;;\x1b\\`;
}

function brushesOf(chalk: ChalkInstance): Record<Style, (text: string) => string> {
  return {
    plain: (text) => text,
    strong: chalk.bold,
    faint: chalk.dim,
    code: chalk.cyan,
    culprit: chalk.bold.red,
    broken: chalk.red,
    inconclusive: chalk.yellow,
    unexercised: chalk.magenta,
    degraded: chalk.yellow,
    linked: chalk.blue,
    intact: chalk.green,
  };
}
