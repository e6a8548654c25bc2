/** For a person at a terminal: which hop, who, what proves it, what to do. */

import type { HopReport, Report } from '../model/report.ts';
import { VERDICTS } from '../model/report.ts';
import { type Fault, faultsOf } from './faults.ts';
import type { Format, Links } from './format.ts';
import { drawFlows } from './table/chains.ts';
import { headline, lastLines, noteLines, problemLines, undeclaredLines } from './table/closing.ts';
import { conformanceLines } from './table/conformance.ts';
import { faultBlock, titleOf } from './table/fault-block.ts';
import { hopTable } from './table/hop-table.ts';
import { painter } from './table/paint.ts';
import { GLUE, indent, type Line, line, piece } from './table/text.ts';

const NARROWEST = 40;
/** With more hops than this, the sound ones are only counted. */
const MOST_HOPS = 200;
const MOST_FAULTS = 50;
/** So many faults are named once more at the end. */
const MOST_RECALLED = 10;
const INDENT = 2;

/** Hops drawn as chains, a table of them, and a block for each fault; no line wider than asked for. */
export const table: Format = {
  name: 'table',
  render(report, options) {
    const width = Math.max(options.width, NARROWEST);
    const paint = painter(options.color);
    const painted = (lines: readonly Line[]): string[] => lines.map(paint);
    const { shown, note } = selected(report.hops);
    const lines = [
      ...painted([...headline(report, width), []]),
      ...painted(drawFlows(report, shown, width)),
      hopTable(report, shown, width, paint),
      ...painted([...note, []]),
      ...painted(faultBlocks(report, width, options.links)),
      ...conformanceLines(report, width, paint),
      ...painted([...undeclaredLines(report, width), ...problemLines(report, width)]),
      ...painted([...noteLines(report, width), ...recap(report, width), ...lastLines(report, width)]),
    ];
    return `${lines.join('\n').replace(/ +$/gm, '')}\n`;
  },
};

function selected(hops: readonly HopReport[]): { shown: HopReport[]; note: Line[] } {
  if (hops.length <= MOST_HOPS) return { shown: [...hops], note: [] };
  const worstFirst = hops.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  const shown = worstFirst.filter((hop) => hop.verdict !== 'intact' && hop.verdict !== 'linked').slice(0, MOST_HOPS);
  const rest = hops.filter((hop) => !shown.includes(hop));
  const counts = VERDICTS.map((verdict) => [rest.filter((hop) => hop.verdict === verdict).length, verdict] as const);
  const words = counts.filter(([count]) => count > 0).map(([count, verdict]) => `${count} ${verdict}`);
  return { shown, note: [line(piece(`  and ${words.join(', ')}, not listed`, 'faint'))] };
}

function faultBlocks(report: Report, width: number, links: Links | undefined): Line[] {
  const faults = faultsOf(report);
  const lines = faults.slice(0, MOST_FAULTS).flatMap((fault) => [...faultBlock(report, fault, width, links), []]);
  const rest = faults.length - MOST_FAULTS;
  if (rest <= 0) return lines;
  return [...lines, line(piece(`and ${rest} more faults; --format json has them all, --hop narrows`, 'faint')), []];
}

/** A person sees the end first: with several blocks, what stands above that fails the run is named there once more. */
function recap(report: Report, width: number): Line[] {
  const faults = faultsOf(report).filter(({ waived, known }) => !waived && !known);
  if (faults.length < 2) return [];
  const rest = faults.length - MOST_RECALLED;
  return [
    line(piece('What is wrong', 'strong')),
    ...faults
      .slice(0, MOST_RECALLED)
      .flatMap((fault) => titleOf(fault, width - INDENT, hopsOf(fault)).map((each) => indent(each, INDENT))),
    ...(rest > 0 ? [indent(line(piece(`and ${rest} more`, 'faint')), INDENT)] : []),
    [],
  ];
}

function hopsOf({ shownBy }: Fault): Line {
  return shownBy.length > 1 ? line(piece(` (${shownBy.length}${GLUE}hops)`, 'faint')) : [];
}
