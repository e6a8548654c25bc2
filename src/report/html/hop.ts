/** One hop: a line that opens to its findings, each with who, proof and what to do. */
import type { Finding, HopReport, Proof, Report } from '../../model/report.ts';
import { ADVICE } from '../advice.ts';
import { seenOf, tellApart, waitedOf, waiverWords, whereOf, whoOf } from '../table/fault-block.ts';
import { hopPath, nodesOf } from '../table/hop-path.ts';
import { factsOf } from '../table/proof.ts';
import type { Line } from '../table/text.ts';
import type { Anchors } from './anchors.ts';
import { icon, lookInWords, lookOf } from './icons.ts';
import { html, type Markup, marked, prose } from './markup.ts';
import { waterfallOf } from './waterfall.ts';

/** A hop with its findings behind it. */
export function hopOf(report: Report, hop: HopReport, anchors: Anchors, open: boolean): Markup {
  return html`<li class="hop" data-look="${lookOf(hop)}"><details${open ? html` open` : ''}><summary>${verdictOf(hop)}<span class="path${hop.waived || hop.known === true ? ' accepted' : ''}">${marked(pathOf(hop))}</span><span class="cause">${causesOf(hop)}</span></summary>
<div class="body" id="${anchors.get(hop)}" tabindex="-1"><p class="facts">${factsOfHop(hop, `${report.topology.file}:${hop.at.line}`)}</p>${hop.findings.map((finding) => findingOf(report, hop, finding))}</div></details></li>
`;
}

/** The path with who lost the context. */
function pathOf(hop: HopReport): Line {
  const culprits = new Set(hop.findings.map(({ culprit, severity }) => (severity === 'broken' ? culprit : null)));
  return hopPath(hop).map((each) => (culprits.has(each.text) ? { ...each, style: 'culprit' as const } : each));
}

/** A hop that has nothing to open. */
export function soundHop(hop: HopReport, anchors: Anchors): Markup {
  return html`<li class="hop sound" id="${anchors.get(hop)}" tabindex="-1" data-look="${lookOf(hop)}">${verdictOf(hop)}<span class="path">${marked(hopPath(hop))}</span><span class="facts">${factsOfHop(hop, `line ${hop.at.line}`)}</span></li>
`;
}

function verdictOf(hop: HopReport): Markup {
  const look = lookOf(hop);
  return html`<span class="verdict ${look}">${icon(look)} ${lookInWords(hop)}</span>`;
}

function causesOf({ findings }: HopReport): string {
  return [...new Set(findings.map(({ cause, alternatives }) => [cause, ...alternatives].join(' or ')))].join(', ');
}

function factsOfHop({ samples, loss, waited, waiver, known }: HopReport, place: string): string {
  const lost = loss === undefined || loss.lost === 0 ? '' : `${loss.lost} of ${loss.of} lost it`;
  const seen = samples.seen > 1 ? `${samples.seen} probes` : '';
  const decided = waited.ms > 0 ? `decided after ${waited.ms} ms` : '';
  const accepted = waiver === undefined ? '' : `waiver: ${waiverWords(waiver)}`;
  const before = known === true ? 'known from the baseline' : '';
  return [place, seen, lost, decided, accepted, before].filter((each) => each !== '').join(' · ');
}

function findingOf(report: Report, hop: HopReport, finding: Finding): Markup {
  const { cause, alternatives, severity, message, explain } = finding;
  const helps = severity === 'broken' || severity === 'degraded';
  const waived = hop.waived && severity === 'broken';
  return html`<article class="finding ${waived ? 'waived' : severity}${waived || finding.known === true ? ' accepted' : ''}"><h4>${icon(waived ? 'waived' : severity)} ${message}</h4>
<dl>${rows('cause', [html`<code>${[cause, ...alternatives].join(' or ')}</code>`])}${said('who', whoOf(finding))}${said('seen', seenOf(hop, finding))}${said('where', whereOf(finding))}${said('waited', waitedOf(hop, severity))}${rows(helps ? 'mend' : 'check', adviceOf(report, finding))}${rows('more', [html`<code>${explain}</code>`])}</dl>
${proofOf(report, finding, `${nodesOf(hop).join(' → ')}`)}</article>`;
}

function said(label: string, line: Line): Markup | undefined {
  return line.length === 0 ? undefined : rows(label, [marked(line)]);
}

function rows(label: string, values: readonly Markup[]): Markup {
  return html`<dt>${label}</dt>${values.map((value) => html`<dd>${value}</dd>`)}`;
}

function adviceOf(report: Report, finding: Finding): Markup[] {
  const causes = [finding.cause, ...finding.alternatives];
  const advice = causes.map((each) =>
    causes.length > 1 ? html`<strong>if ${each}:</strong> ${prose(ADVICE[each])}` : prose(ADVICE[each]),
  );
  const apart = tellApart(report, finding);
  return apart.length === 0 ? advice : [...advice, marked(apart)];
}

function proofOf(report: Report, finding: Finding, path: string): Markup {
  if (finding.proof.length === 0) return html``;
  const facts = factsOf(report, finding, Number.POSITIVE_INFINITY);
  return html`<section class="proof" aria-label="Proof: ${path}"><h5>Proof</h5>${waterfallOf(report, finding)}<ol>${finding.proof.map(
    (fact, index) => {
      const { headline = [], details = [] } = facts[index] ?? {};
      return html`<li>${marked(headline)}${detailsOf(fact, details)}</li>`;
    },
  )}</ol></section>`;
}

/** Context headers as they stood, whole; the table shortens them. */
function detailsOf(fact: Proof, details: readonly Line[]): Markup {
  const isCarrier = fact.kind === 'wire' || fact.kind === 'record';
  if (!isCarrier || fact.context === undefined || fact.context.length === 0) {
    return html`${details.map((detail) => html`<span class="detail">${marked(detail)}</span>`)}`;
  }
  return html`<pre class="context">${fact.context.map(
    ({ name, value, type }, index) =>
      html`${
        index > 0
          ? html`
`
          : ''
      }<span class="name">${name}${type === undefined ? '' : ' (bytes)'}:</span> ${value === '' ? html`<span class="faint">(empty)</span>` : html`<span class="value">${value}</span>`}`,
  )}</pre>`;
}
