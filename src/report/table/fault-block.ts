/** One fault as a block: what, where, who, what proves it, what to do. */
import type { Finding, HopReport, HopWaiver, Report, Severity } from '../../model/report.ts';
import { ADVICE } from '../advice.ts';
import type { Fault } from '../faults.ts';
import type { Links } from '../format.ts';
import { hopPath } from './hop-path.ts';
import { percent } from './percent.ts';
import { factsOf } from './proof.ts';
import { code, indent, type Line, line, linked, piece, widthOf, wrap } from './text.ts';
import { markOf } from './verdict-mark.ts';

const INDENT = 2;
const LABEL = 7;
const MOST_HOPS = 10;
/** At least so much stands between a hop and its place. */
const GAP = 2;
const NUMBER = 3;

/** The lines of one fault, each within a width. */
export function faultBlock(report: Report, fault: Fault, width: number, links?: Links): Line[] {
  const { shownBy, severity, waived, known } = fault;
  const [{ hop, finding }] = shownBy;
  const room = width - INDENT - LABEL;
  const helps = severity === 'broken' || severity === 'degraded';
  return [
    ...titleOf(fault, width),
    ...labelled(shownBy.length > 1 ? 'hops' : 'hop', hopLines(report, fault, room, links)),
    ...labelled('who', wrap(waived || known ? calm(whoOf(finding)) : whoOf(finding), room)),
    ...labelled('seen', wrap(seenOf(hop, finding), room)),
    ...labelled('where', wrap(whereOf(finding), room)),
    ...labelled('waited', wrap(waitedOf(hop, severity), room)),
    ...labelled('waiver', wrap(waiverOf(hop, severity), room)),
    ...labelled('proof', proofLines(report, finding, room)),
    ...labelled(helps ? 'mend' : 'check', adviceOf(finding, room)),
    ...labelled('', wrap(tellApart(report, finding), room)),
    ...labelled(
      'more',
      wrap(line(linked(code(finding.explain).text, 'code', links && `${links.causes}${finding.cause}.md`)), room),
    ),
  ];
}

/** What is wrong in a sentence, with its cause: the head of a block. */
export function titleOf(
  { shownBy: [{ finding }], severity, waived, known }: Fault,
  width: number,
  addition: Line = [],
): Line[] {
  const causes = [finding.cause, ...finding.alternatives].join(' or ');
  const title = `${markOf({ verdict: severity, waived })} ${waived ? 'waived: ' : known ? 'known: ' : ''}${causes}`;
  const accepted = waived || known;
  const message = piece(`  ${finding.message}`, accepted ? 'plain' : 'strong');
  return wrap(line(piece(title, accepted ? 'faint' : severity), message, ...addition), width, INDENT);
}

/** Nobody is to be alarmed by what was accepted. */
function calm(pieces: Line): Line {
  return pieces.map((each) => (each.style === 'culprit' ? { ...each, style: 'strong' } : each));
}

function labelled(label: string, lines: readonly Line[]): Line[] {
  return lines
    .filter((each) => each.length > 0)
    .map((each, index) => {
      const head = index === 0 ? label : '';
      return [piece(' '.repeat(INDENT)), piece(head.padEnd(LABEL), 'faint'), ...each];
    });
}

/** Each hop with its line in the topology file, and what was said of it where that is not the title. */
function hopLines(report: Report, { shownBy }: Fault, width: number, links: Links | undefined): Line[] {
  const [{ finding: first }] = shownBy;
  const lines = shownBy.slice(0, MOST_HOPS).flatMap(({ hop, finding }) => {
    const path = hopPath(hop);
    const places = [`${report.topology.file}:${hop.at.line}`, `line ${hop.at.line}`];
    const free = width - widthOf(path) - GAP;
    const place = places.find((each) => each.length <= free) ?? '';
    const seen = line(linked(place, 'faint', links && `${links.topology}#L${hop.at.line}`));
    const space = piece(' '.repeat(Math.max(0, free + GAP - widthOf(seen))));
    const said = finding.message === first.message ? [] : wrap(line(piece(finding.message, 'faint')), width - INDENT);
    return [
      ...(place === '' ? wrap(path, width, INDENT) : [[...path, space, ...seen]]),
      ...said.map((each) => indent(each, INDENT)),
    ];
  });
  const rest = shownBy.length - MOST_HOPS;
  return rest > 0 ? [...lines, line(piece(`and ${rest} more`, 'faint'))] : lines;
}

/** `checkout, proved`; or all suspects, and that it cannot be told which. */
export function whoOf({ culprit, certainty, suspects, severity }: Finding): Line {
  if (culprit !== null) {
    return line(
      piece(culprit, severity === 'broken' ? 'culprit' : 'strong'),
      certainty === undefined ? '' : `, ${certainty}`,
    );
  }
  if (suspects.length === 0 || certainty === undefined) return [];
  const names = suspects.flatMap((name, index) => [piece(index === 0 ? '' : ' or '), piece(name, 'strong')]);
  return line(...names, `, ${certainty}${suspects.length > 1 ? ': the evidence cannot tell them apart' : ''}`);
}

/** How often, where there was more than one probe. */
export function seenOf({ samples, loss }: HopReport, { cause, count, severity }: Finding): Line {
  // Its count is of cases, not of probes.
  if (samples.seen < 2 || cause === 'nonconforming') return [];
  const seen = `by ${count} of ${samples.seen} probes`;
  if (loss === undefined || severity !== 'broken') return line(seen);
  const { lost, of, rate, low, high } = loss;
  const isAll = lost === count && of === samples.seen;
  const share = `${percent(rate)} %, with 95 % certainty between ${percent(low)} % and ${percent(high)} %`;
  return line(isAll ? `${seen}: ${share}` : `${seen}; in all ${lost} of ${of} lost it: ${share}`);
}

/** What all losses have in common. */
export function whereOf({ follows }: Finding): Line {
  if (follows === undefined) return [];
  return line('every loss was at ', piece(`${follows.what} ${follows.value}`, 'strong'), '; no other probe was');
}

/** For how long it was looked for in vain. */
export function waitedOf({ waited }: HopReport, severity: Severity): Line {
  const inVain = severity === 'inconclusive' || severity === 'unexercised';
  return inVain && waited.ms >= 1000 ? line(`${(waited.ms / 1000).toFixed(1)} s for ${waited.for}`) : [];
}

/** Why the hop is waived and until when, or that this is over. */
function waiverOf({ waiver }: HopReport, severity: Severity): Line {
  return waiver === undefined || severity !== 'broken' ? [] : line(waiverWords(waiver));
}

/** `TICKET-41, until 2027-01-31`, and whether that has passed. */
export function waiverWords({ reason, until, state }: HopWaiver): string {
  if (until === undefined) return reason;
  return state === 'ended' ? `${reason}, ended with ${until}` : `${reason}, until ${until}`;
}

function proofLines(report: Report, finding: Finding, width: number): Line[] {
  return factsOf(report, finding).flatMap(({ headline, details }, index) => [
    ...wrap(line(piece(`${index + 1}. `, 'faint'), ...headline), width, NUMBER),
    ...details.flatMap((detail) => wrap(detail, width - NUMBER, INDENT).map((each) => indent(each, NUMBER))),
  ]);
}

function adviceOf({ cause, alternatives }: Finding, width: number): Line[] {
  const causes = [cause, ...alternatives];
  return causes.flatMap((each) => {
    const where = causes.length > 1 ? [piece(`if ${each}: `, 'strong')] : [];
    return wrap(line(...where, ADVICE[each]), width, where.length > 0 ? INDENT : 0);
  });
}

/** A tap behind the first suspect shows whether it still had the context. */
export function tellApart(report: Report, { culprit, suspects }: Finding): Line {
  if (culprit !== null || suspects.length < 2) return [];
  const tappable = suspects.slice(1).filter((name) => {
    const kind = report.topology.nodes[name]?.kind;
    return kind === 'service' || kind === 'proxy' || kind === 'external';
  });
  if (tappable.length === 0) return [];
  return line(
    'To tell them apart: a tap in front of ',
    piece(tappable.join(' and ')),
    ' (',
    code('tap: { listen: <address> }'),
    ').',
  );
}
