/** One flow: its picture, the hops that are to be looked at, worst first, and the sound ones counted. */
import { type HopReport, type Report, VERDICTS } from '../../model/report.ts';
import { counted } from '../table/closing.ts';
import type { Anchors } from './anchors.ts';
import { graphOf, isSound } from './graph.ts';
import { hopOf, soundHop } from './hop.ts';
import { icon, type Look, lookOf } from './icons.ts';
import { html, type Markup } from './markup.ts';

/** With at most so many hops to look at in the report, they are open from the start. */
const FEW = 3;
/** With at most so many sound hops in a flow, they are listed from the start. */
const FEW_SOUND = 12;

/** Every flow, those with the worst hops first. */
export function flowSections(report: Report, anchors: Anchors): Markup[] {
  const flows = Object.keys(report.topology.flows)
    .map((flow) => ({ flow, hops: report.hops.filter((hop) => hop.flow === flow) }))
    .filter(({ hops }) => hops.length > 0)
    .sort((a, b) => worstOf(a.hops) - worstOf(b.hops));
  const few = report.hops.filter((hop) => !isSound(hop)).length <= FEW;
  return flows.map(({ flow, hops }, index) =>
    flowSection(report, flow, hops, { anchors, few, id: `flow-${index + 1}` }),
  );
}

function worstOf(hops: readonly HopReport[]): number {
  return Math.min(...hops.map(rankOf));
}

/** As the verdict, but what fails nothing comes behind all that does. */
function rankOf(hop: HopReport): number {
  const look = lookOf(hop);
  if (look === 'waived' || look === 'skipped') return VERDICTS.indexOf('degraded') + 0.5;
  return VERDICTS.indexOf(hop.verdict) + (hop.known === true ? 0.25 : 0);
}

interface Setting {
  anchors: Anchors;
  few: boolean;
  id: string;
}

function flowSection(report: Report, flow: string, hops: readonly HopReport[], { anchors, few, id }: Setting): Markup {
  const shown = hops.filter((hop) => !isSound(hop)).toSorted((a, b) => rankOf(a) - rankOf(b));
  const sound = hops.filter(isSound);
  return html`<section class="flow" aria-labelledby="${id}"><details${shown.length > 0 || hops.length <= FEW_SOUND ? html` open` : undefined}><summary><h2 id="${id}">${flow}</h2> <span class="counts">${countsOf(hops)}</span></summary>
<p class="facts">${probesOf(report, flow)}</p>
${graphOf(report, flow, hops, anchors)}
${shown.length > 0 ? html`<h3>To look at</h3><ul class="hops">${shown.map((hop) => hopOf(report, hop, anchors, few))}</ul>` : undefined}
${sound.length > 0 ? soundList(report, sound, anchors) : undefined}</details></section>
`;
}

function soundList(report: Report, hops: readonly HopReport[], anchors: Anchors): Markup {
  return html`<details class="sound-hops"${hops.length <= FEW_SOUND ? html` open` : undefined}><summary><h3>Sound</h3> <span class="counts">${countsOf(hops)}</span></summary><ul class="hops">${hops.map(
    (hop) => (hop.findings.length > 0 ? hopOf(report, hop, anchors, false) : soundHop(hop, anchors)),
  )}</ul></details>`;
}

function countsOf(hops: readonly HopReport[]): Markup[] {
  const looks: readonly Look[] = [...VERDICTS, 'waived', 'skipped'];
  return looks.flatMap((look) => {
    const count = hops.filter((hop) => lookOf(hop) === look).length;
    return count === 0 ? [] : [html`<span class="count ${look}">${icon(look)} ${count} ${WORDS[look] ?? look}</span> `];
  });
}

const WORDS: Partial<Record<Look, string>> = { skipped: 'optional, not reached' };

function probesOf({ probes }: Report, flow: string): string {
  const own = probes.filter((probe) => probe.flow === flow && probe.purpose === undefined);
  const [first] = own;
  if (first === undefined) return 'no probe was sent';
  const answer = first.status === undefined ? '' : `, answered ${first.status}`;
  return `${counted(own.length, 'probe')}, ${own.length > 1 ? 'the first in ' : ''}trace ${first.traceId}${answer}`;
}
