/** What the table says of a report, as plain text: for formats that are read elsewhere than at a terminal. */
import type { Finding, HopReport, HopWaiver, Report } from '../model/report.ts';
import { ADVICE } from './advice.ts';
import type { Fault } from './faults.ts';
import { headline, lastLines } from './table/closing.ts';
import { seenOf, waiverWords as waiverText, whereOf, whoOf } from './table/fault-block.ts';
import { hopPath } from './table/hop-path.ts';
import { factsOf } from './table/proof.ts';
import { GLUE, type Line, piece } from './table/text.ts';

/** The text of a line without its styles; control characters stay spelled out (`\x1b`). */
function plain(line: Line): string {
  return line.map(({ text }) => text.replaceAll(GLUE, ' ')).join('');
}

/** Text from outside on one line: whatever would break it or would not be seen is spelled out. */
export function safe(text: string): string {
  return plain([piece(text)]);
}

/** `shop-dev: 2 of 6 hops broken by 1 fault`, and the run that it comes from. */
export function titleOf(report: Report): { title: string; origin: string } {
  const [title = [], origin = []] = headline(report, Number.POSITIVE_INFINITY);
  return { title: plain(title), origin: plain(origin) };
}

/** `6 hops: 2 broken (1 fault), 4 intact; exit 1: trace context is lost` */
export function closingOf(report: Report): string {
  return lastLines(report, Number.POSITIVE_INFINITY).map(plain).join(' ');
}

/** `checkout → orders → billing` */
export function pathWords(hop: HopReport): string {
  return plain(hopPath(hop));
}

/** `not-injected or stripped` */
export function causeWords({ cause, alternatives }: Finding): string {
  return [cause, ...alternatives].join(' or ');
}

/** `checkout, proved`; empty where it cannot be told. */
export function whoWords(finding: Finding): string {
  return plain(whoOf(finding));
}

/** `TICKET-41, until 2027-01-31`, and whether that has passed. */
export function waiverWords(waiver: HopWaiver): string {
  return safe(waiverText(waiver));
}

/** Whether a hop is one that a run does not fail on: waived, or as bad as in its baseline. */
export function isAccepted(hop: HopReport): boolean {
  return hop.waived || hop.known === true;
}

/** Who it was, how often, at what all losses were, and the waiver, one a line. */
export function circumstanceLines(hop: HopReport, finding: Finding): string[] {
  return [
    ...labelled('who: ', whoWords(finding)),
    ...labelled('seen: ', plain(seenOf(hop, finding))),
    ...labelled('where: ', plain(whereOf(finding))),
    ...(hop.waiver === undefined ? [] : [`waiver: ${waiverWords(hop.waiver)}`]),
  ];
}

/** The facts of the proof, numbered, what supports each indented below it. */
export function proofLines(report: Report, finding: Finding): string[] {
  return factsOf(report, finding).flatMap(({ headline: fact, details }, index) => [
    `${index + 1}. ${plain(fact)}`,
    ...details.map((detail) => `   ${plain(detail)}`),
  ]);
}

/** What to do about each cause that it may be. */
export function adviceLines({ cause, alternatives, severity }: Finding): string[] {
  const word = severity === 'broken' || severity === 'degraded' ? 'mend' : 'check';
  const causes = [cause, ...alternatives];
  return causes.map((each) => `${word}${causes.length > 1 ? ` if ${each}` : ''}: ${ADVICE[each]}`);
}

/** Everything worth saying of a finding beside its message. */
export function detailLines(report: Report, hop: HopReport, finding: Finding): string[] {
  return [
    ...circumstanceLines(hop, finding),
    ...proofLines(report, finding),
    ...adviceLines(finding),
    `more: ${safe(finding.explain)}`,
  ];
}

function labelled(label: string, text: string): string[] {
  return text === '' ? [] : [`${label}${text}`];
}

/** `checkout → orders → billing (tracegap.yaml:49)` for each hop that shows a fault. */
export function placeWords(report: Report, { shownBy }: Fault): string[] {
  return shownBy.map(({ hop }) => `${pathWords(hop)} (${safe(report.topology.file)}:${hop.at.line})`);
}
