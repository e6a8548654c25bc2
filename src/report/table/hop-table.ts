/** The hops as a table: verdict, hop, cause, who; with several probes also how many lost context. */
import type { HopReport, Report } from '../../model/report.ts';
import { drawGrid, type Row } from './grid.ts';
import { hopPath } from './hop-path.ts';
import type { Paint } from './paint.ts';
import { percent } from './percent.ts';
import { GLUE, type Line, line, type Piece, piece } from './text.ts';
import { isSkipped, markOf, styleOf } from './verdict-mark.ts';

const TITLES = ['verdict', 'hop', 'cause', 'who'];
const [HOP, CAUSE, WHO] = [1, 2, 3];
/** No line of a cell ends with it, or has nothing else. */
const OR = ` or${GLUE}`;

/** The rows of the given hops, under the name of their flow where there are several; painted, each line within a width. */
export function hopTable(report: Report, hops: readonly HopReport[], width: number, paint: Paint): string {
  if (hops.length === 0) return '';
  const flows = Object.keys(report.topology.flows).filter((flow) => hops.some((hop) => hop.flow === flow));
  const hasLoss = hops.some(({ loss }) => loss !== undefined);
  const rows = flows.flatMap((flow): Row[] => [
    ...(flows.length > 1 ? [{ heading: line(piece(flow, 'strong')) }] : []),
    ...hops.filter((hop) => hop.flow === flow).map((hop) => ({ cells: cellsOf(hop, hasLoss) })),
  ]);
  const titles = hasLoss ? [...TITLES, 'lost'] : TITLES;
  return drawGrid({ titles, rows, giveWay: [[CAUSE], [WHO], [HOP]] }, width, paint);
}

function cellsOf(hop: HopReport, hasLoss: boolean): Line[] {
  const addition = hop.waived ? ', waived' : isSkipped(hop) ? ' (optional)' : hop.known === true ? ', known' : '';
  const verdict = `${markOf(hop)} ${hop.verdict}${addition}`;
  return [
    line(piece(verdict, styleOf(hop))),
    hopPath(hop),
    line(causesOf(hop)),
    whoOf(hop),
    ...(hasLoss ? [lossOf(hop)] : []),
  ];
}

/** `3 of 10, 11–60 %`: what was counted, and what that says of all requests. */
function lossOf({ loss }: HopReport): Line {
  if (loss === undefined) return [];
  const { lost, of, low, high } = loss;
  const count = piece(`${lost} of ${of}`.replaceAll(' ', GLUE), lost > 0 ? 'broken' : 'plain');
  return line(count, piece(`, ${percent(low)}–${percent(high)}${GLUE}%`, 'faint'));
}

function causesOf({ findings }: HopReport): string {
  const causes = findings.map(({ cause, alternatives }) => [cause, ...alternatives].join(OR));
  return [...new Set(causes)].join(', ');
}

function whoOf({ findings, waived }: HopReport): Line {
  const names = findings.flatMap(({ culprit, suspects, severity }): Piece[] => {
    if (culprit !== null) return [piece(culprit, severity === 'broken' && !waived ? 'culprit' : 'strong')];
    return suspects.length > 0 && severity !== 'inconclusive' ? [piece(suspects.join(OR))] : [];
  });
  const distinct = names.filter(({ text }, index) => names.findIndex((other) => other.text === text) === index);
  return distinct.flatMap((name, index) => (index === 0 ? [name] : [piece(', '), name]));
}
