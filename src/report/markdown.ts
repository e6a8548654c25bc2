/** For a job summary or a comment on a pull request: the hops worst first, a graph, and each fault to be opened. */
import type { HopReport, Report } from '../model/report.ts';
import { VERDICTS } from '../model/report.ts';
import { type Fault, faultsOf } from './faults.ts';
import type { Format } from './format.ts';
import { fenced, html, inline } from './markdown/escape.ts';
import { mermaidLines } from './markdown/mermaid.ts';
import { isSkipped, markOf } from './table/verdict-mark.ts';
import * as words from './words.ts';

/** A comment on GitHub takes 65,536 characters; a job summary takes 1 MiB. */
const MOST_IN_COMMENT = 65_536;
/** With more hops than this, the sound ones are only counted. */
const MOST_HOPS = 50;
const SHARE_OF_TABLE = 0.4;
const SHARE_OF_GRAPH = 0.25;
const LONGEST_LINE = 1000;

export const markdown: Format = {
  name: 'markdown',
  render: (report) => markdownWithin(report, MOST_IN_COMMENT),
};

/** @param most bytes of UTF-8; what does not fit is counted */
export function markdownWithin(report: Report, most: number): string {
  const { title, origin } = words.titleOf(report);
  const head = `## ${overallMark(report)} ${inline(cut(title))}\n\n${inline(cut(origin))}\n\n`;
  const tail = `${inline(words.closingOf(report))}\n`;
  const room = most - size(head) - size(tail);
  const table = tableWithin(report, room * SHARE_OF_TABLE);
  const chart = mermaidLines(report);
  const graph = chart.length === 0 ? '' : `${fenced('mermaid', chart)}\n`;
  const shownGraph = size(graph) > room * SHARE_OF_GRAPH ? '' : graph;
  const blocks = [...faultsOf(report).map((fault) => faultBlock(report, fault)), ...remarks(report)];
  const details = fill(
    blocks,
    room - size(table) - size(shownGraph),
    (rest) => `and ${rest} more faults and remarks\n\n`,
  );
  return `${head}${table}${shownGraph}${details}${tail}`;
}

function overallMark({ hops }: Report): string {
  const worst = VERDICTS.find((verdict) =>
    hops.some((hop) => hop.verdict === verdict && !words.isAccepted(hop) && !isSkipped(hop)),
  );
  return markOf({ verdict: worst ?? 'intact', waived: false });
}

function tableWithin({ hops }: Report, room: number): string {
  if (hops.length === 0) return '';
  const sorted = hops.toSorted((a, b) => rankOf(a) - rankOf(b));
  const listed = hops.length > MOST_HOPS ? sorted.filter((hop) => !isSound(hop)) : sorted;
  const sound = hops.length - listed.length;
  const head = '| verdict | hop | cause | who |\n|---|---|---|---|\n';
  const left = sound === 0 ? '' : `\n${sound} sound hops are not listed.\n`;
  if (listed.length === 0) return `${left.trimStart()}\n`;
  const rows = fill(listed.map(rowOf), room - size(head) - size(left), (rest) => `| … | and ${rest} more | | |\n`);
  return `${head}${rows}${left}\n`;
}

function isSound({ verdict }: HopReport): boolean {
  return verdict === 'intact' || verdict === 'linked';
}

/** Worst first, then what is accepted, then what is well. */
function rankOf(hop: HopReport): number {
  const rank = VERDICTS.indexOf(hop.verdict);
  if (isSound(hop)) return rank + 2 * VERDICTS.length;
  return words.isAccepted(hop) || isSkipped(hop) ? rank + VERDICTS.length : rank;
}

function rowOf(hop: HopReport): string {
  const addition = hop.waived ? ', waived' : isSkipped(hop) ? ' (optional)' : hop.known === true ? ', known' : '';
  const causes = [...new Set(hop.findings.map(words.causeWords))].join(', ');
  const who = [...new Set(hop.findings.map(words.whoWords))].filter((each) => each !== '').join('; ');
  const cells = [`${markOf(hop)} ${hop.verdict}${addition}`, words.pathWords(hop), causes, who];
  return `| ${cells.map((cell) => inline(cut(cell))).join(' | ')} |\n`;
}

function faultBlock(report: Report, fault: Fault): string {
  const { hop, finding } = fault.shownBy[0];
  const mark = markOf({ verdict: fault.severity, waived: fault.waived });
  const accepted = fault.waived ? 'waived: ' : fault.known ? 'known: ' : '';
  const proof = words.proofLines(report, finding).map(cut);
  return details(`${mark} ${accepted}<b>${html(words.causeWords(finding))}</b>: ${html(cut(finding.message))}`, [
    list([...words.placeWords(report, fault), ...words.circumstanceLines(hop, finding)]),
    proof.length === 0 ? '' : fenced('text', proof),
    [...words.adviceLines(finding).map(withCode), inline(`more: ${finding.explain}`)]
      .map((each) => `- ${each}\n`)
      .join(''),
  ]);
}

/** What was in the way, services of no node, waivers that end. */
function remarks({ problems, undeclared, notes = [], summary: { baseline } }: Report): string[] {
  const kinds: [title: string, lines: string[]][] = [
    ['Problems', problems.map(({ part, name, message, hint }) => `${part} ${name}: ${message}. ${hint}`)],
    [
      'Undeclared services',
      undeclared.map(
        ({ service, spans, nearest }) =>
          `${service}, ${spans} spans${nearest === undefined ? '' : `; nearest declared: ${nearest}`}`,
      ),
    ],
    ['Notes', notes.map(({ message, hint }) => `${message}. ${hint}`)],
    ['Mended since the baseline', baseline?.mended ?? []],
  ];
  return kinds.filter(([, lines]) => lines.length > 0).map(([title, lines]) => details(html(title), [list(lines)]));
}

function details(title: string, parts: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${parts.filter((part) => part !== '').join('\n')}\n</details>\n\n`;
}

/** Our own text, in which a backtick begins or ends code. */
function withCode(text: string): string {
  return inline(text).replaceAll('\\`', '`');
}

function list(lines: readonly string[]): string {
  return lines.map((each) => `- ${inline(cut(each))}\n`).join('');
}

/** As many of the parts as fit, from the first on, and how many did not. */
function fill(parts: readonly string[], room: number, more: (rest: number) => string): string {
  const note = size(more(parts.length));
  let used = 0;
  const fitting = parts.findIndex((part) => {
    used += size(part);
    return used > room - note;
  });
  if (fitting === -1) return parts.join('');
  return `${parts.slice(0, fitting).join('')}${more(parts.length - fitting)}`;
}

function cut(text: string): string {
  const rest = text.length - LONGEST_LINE;
  return rest > 0 ? `${text.slice(0, LONGEST_LINE)} … ${rest} more characters` : text;
}

function size(text: string): number {
  return new TextEncoder().encode(text).length;
}
