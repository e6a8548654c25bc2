/** A comparison for a person at a terminal. */
import type { Comparison } from '../../model/comparison.ts';
import type { FormatOptions } from '../format.ts';
import { painter } from '../table/paint.ts';
import { type Line, line, piece, wrap } from '../table/text.ts';
import { markOf } from '../table/verdict-mark.ts';
import { countsOf, type Entry, nameOf, runsOf, type Section, sectionsOf } from './sections.ts';

const NARROWEST = 40;
const INDENT = 2;

/** What differs, worst first; no line wider than asked for. */
export function comparisonTable(comparison: Comparison, { color, width: asked }: FormatOptions): string {
  const width = Math.max(asked, NARROWEST);
  const sections = sectionsOf(comparison);
  const heading = [piece(`${nameOf(comparison)}: `, 'strong'), piece(countsOf(comparison), sections[0]?.verdict)];
  const lines: Line[] = [
    ...wrap(heading, width, INDENT),
    ...wrap(line(piece(runsOf(comparison), 'faint')), width, INDENT),
    ...sections.flatMap((section) => sectionLines(section, width)),
  ];
  return `${lines.map(painter(color)).join('\n').replace(/ +$/gm, '')}\n`;
}

function sectionLines({ title, verdict, entries }: Section, width: number): Line[] {
  const mark = piece(`${markOf({ verdict, waived: false })} `, verdict);
  return [[], line(piece(title, 'strong')), ...entries.flatMap((entry) => entryLines(entry, mark, width))];
}

function entryLines({ hop, says }: Entry, mark: Line[number], width: number): Line[] {
  const margin = piece(' '.repeat(INDENT));
  return [
    ...wrap([margin, mark, piece(hop, 'strong')], width, INDENT * 2),
    ...says.flatMap((each) => wrap([margin, margin, piece(each)], width, INDENT * 2)),
  ];
}
