/** What is wrong, worst first: each fault once, with the hops that it breaks and what mends it. */
import type { Report } from '../../model/report.ts';
import { ADVICE } from '../advice.ts';
import { type Fault, faultsOf } from '../faults.ts';
import { whoOf } from '../table/fault-block.ts';
import { hopPath } from '../table/hop-path.ts';
import type { Anchors } from './anchors.ts';
import { icon } from './icons.ts';
import { html, type Markup, marked, prose } from './markup.ts';

const MOST_FAULTS = 100;
const MOST_HOPS = 10;

export function faultList(report: Report, anchors: Anchors): Markup {
  const faults = faultsOf(report);
  if (faults.length === 0) return html``;
  const rest = faults.length - MOST_FAULTS;
  return html`<section id="faults" aria-labelledby="faults-title"><h2 id="faults-title">What is wrong</h2>
<ol class="faults">${faults.slice(0, MOST_FAULTS).map((fault) => faultOf(fault, anchors))}</ol>${
    rest > 0 ? html`<p class="note">and ${rest} more, each at its hop below</p>` : undefined
  }</section>
`;
}

function faultOf({ severity, waived, known, shownBy }: Fault, anchors: Anchors): Markup {
  const [{ finding }] = shownBy;
  const look = waived ? 'waived' : severity;
  const who = whoOf(finding);
  const rest = shownBy.length - MOST_HOPS;
  const causes = [finding.cause, ...finding.alternatives];
  const mend =
    causes.length > 1
      ? html`It may be one of several: the hop says how to tell them apart.`
      : prose(ADVICE[finding.cause]);
  return html`<li class="fault ${look}${waived || known ? ' accepted' : ''}">${icon(look)}<div><p class="title"><strong>${finding.message}</strong></p>
<p class="facts"><span class="${look}">${waived ? 'waived' : severity}${known ? ', known' : ''}</span> · <code>${causes.join(' or ')}</code>${who.length > 0 ? html` · ${marked(who)}` : undefined}</p>
<p class="facts">${mend}</p>
<ul class="at">${shownBy.slice(0, MOST_HOPS).map(({ hop }) => html`<li><a href="#${anchors.get(hop)}">${marked(hopPath(hop))}</a></li>`)}${rest > 0 ? html`<li>and ${rest} more</li>` : undefined}</ul></div></li>
`;
}
