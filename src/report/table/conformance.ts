/** With `--conformance`: how far each service does what the W3C specification asks, and where it differs. */
import type { ConformanceResult, Report } from '../../model/report.ts';
import { drawGrid } from './grid.ts';
import type { Paint } from './paint.ts';
import { type Line, line, piece, wrap } from './text.ts';

const TITLES = ['case', 'section', 'sent', 'asked', 'did'];
const [CASE, SENT, ASKED, DID] = [0, 2, 3, 4];
const INDENT = 2;

/** Painted lines, a service after the other. */
export function conformanceLines({ conformance = [] }: Report, width: number, paint: Paint): string[] {
  const nodes = [...new Set(conformance.map(({ node }) => node))];
  if (nodes.length === 0) return [];
  return [
    paint(line(piece('W3C Trace Context', 'strong'))),
    ...nodes.flatMap((node) => {
      const results = conformance.filter((result) => result.node === node);
      const table = differences(results, width, paint);
      return [...summaryOf(node, results, width).map(paint), ...(table === '' ? [] : [table])];
    }),
    '',
  ];
}

function summaryOf(node: string, results: readonly ConformanceResult[], width: number): Line[] {
  const count = (outcome: ConformanceResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const [conforms, unseen] = [count('conforms'), count('unseen')];
  const all = conforms === results.length;
  const text = line(
    piece(`${' '.repeat(INDENT)}${node}: `, 'strong'),
    piece(`${conforms} of ${results.length} cases as the specification asks`, all ? 'intact' : 'plain'),
    ...(unseen > 0 ? [piece(`, ${unseen} not seen`, 'inconclusive')] : []),
  );
  return wrap(text, width, INDENT * 2);
}

/** More members than these are cut short; the report as JSON has all of them. */
const MOST_MEMBERS = 6;
const MEMBERS = /[^\s,]+(?:,[^\s,]+)+/g;

/** What was sent, asked or done, its lists of members for reading: they have no spaces, and may be long. */
export function readable(text: string): string {
  return text.replace(MEMBERS, (list) => {
    const members = list.split(',');
    const shown = members.length > MOST_MEMBERS ? [...members.slice(0, 2), '…', ...members.slice(-1)] : members;
    return shown.join(', ');
  });
}

function differences(results: readonly ConformanceResult[], width: number, paint: Paint): string {
  const differ = results.filter(({ outcome }) => outcome === 'differs');
  if (differ.length === 0) return '';
  const rows = differ.map(({ case: id, section, sent, asked, did = '' }) => ({
    cells: [line(piece(id, 'degraded')), ...[section, sent, asked, did].map((text) => line(readable(text)))],
  }));
  return drawGrid({ titles: TITLES, rows, giveWay: [[ASKED, SENT, DID], [CASE]] }, width, paint);
}
