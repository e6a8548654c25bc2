/** What stands below the hops: what was in the way, services of no node, conformance, the probes that were sent. */
import type { ConformanceResult, Report } from '../../model/report.ts';
import { counted, declaring, probesOf } from '../table/closing.ts';
import { readable } from '../table/conformance.ts';
import { icon } from './icons.ts';
import { html, type Markup, marked } from './markup.ts';

const MOST_PROBES = 500;

/** A part of the page with its heading, for the list of parts at the top. */
export interface Part {
  id: string;
  title: string;
  body: Markup;
}

export function problemsPart({ problems }: Report): Part[] {
  return part(
    'problems',
    'Problems',
    problems.length,
    html`<ul class="notes">${problems.map(
      ({ part, name, message, hint, flows }) =>
        html`<li>${icon('degraded')}<div><p><strong>${part} ${name}:</strong> ${message}</p><p class="facts">${hint}</p>${
          flows.length > 0 ? html`<p class="facts">concerns ${flows.join(', ')}</p>` : undefined
        }</div></li>`,
    )}</ul>`,
  );
}

/** What was mended since the baseline, waivers that end, a baseline of something else. */
export function gatesPart({ notes = [], summary: { baseline } }: Report): Part[] {
  const mended = baseline?.mended ?? [];
  return part(
    'gates',
    'Waivers and baseline',
    notes.length + mended.length,
    html`<ul class="notes">${notes.map(
      ({ message, hint }) => html`<li>${icon('degraded')}<div><p>${message}</p><p class="facts">${hint}</p></div></li>`,
    )}${mended.map((hop) => html`<li>${icon('intact')}<div><p>mended since the baseline: ${hop}</p></div></li>`)}</ul>`,
  );
}

export function undeclaredPart({ undeclared }: Report): Part[] {
  return part(
    'undeclared',
    'Undeclared services',
    undeclared.length,
    html`<p class="facts">Seen in the probes' traces, in no node of the topology.</p><ul class="notes">${undeclared.map(
      ({ service, spans, nearest }) =>
        html`<li>${icon('inconclusive')}<div><p><strong>${service}</strong>, ${counted(spans, 'span')}${
          nearest === undefined ? undefined : html`; nearest declared: <strong>${nearest}</strong>`
        }</p><p class="facts">${marked(declaring({ service, nearest }))}</p></div></li>`,
    )}</ul>`,
  );
}

export function conformancePart({ conformance = [] }: Report): Part[] {
  const nodes = [...new Set(conformance.map(({ node }) => node))];
  return part(
    'conformance',
    'W3C Trace Context',
    nodes.length,
    html`${nodes.map((node) => {
      const results = conformance.filter((result) => result.node === node);
      const differ = results.filter(({ outcome }) => outcome !== 'conforms');
      const conforms = results.length - differ.length;
      return html`<h3>${node}: ${conforms} of ${results.length} cases as the specification asks</h3>${
        differ.length === 0
          ? undefined
          : table(`Cases of ${node}`, ['case', 'section', 'sent', 'asked', 'did'], differ.map(cellsOf))
      }`;
    })}`,
  );
}

function cellsOf({ case: id, section, sent, asked, did = '', outcome }: ConformanceResult): Value[] {
  const done = outcome === 'unseen' ? html`${icon('inconclusive')} not seen` : readable(did);
  return [html`<code>${id}</code>`, section, readable(sent), readable(asked), done];
}

export function probesPart(report: Report): Part[] {
  const { probes } = report;
  const rest = probes.length - MOST_PROBES;
  const rows = probes
    .slice(0, MOST_PROBES)
    .map(({ flow, purpose, traceId, sentAt, status }): Value[] => [
      flow,
      purpose ?? 'main',
      html`<code>${traceId}</code>`,
      sentAt,
      status ?? '',
    ]);
  return part(
    'probes',
    'Probes',
    probes.length,
    html`<details><summary>${probesOf(report)}</summary>${table(
      'Probes',
      ['flow', 'purpose', 'trace', 'sent', 'answer'],
      rows,
    )}${rest > 0 ? html`<p class="note">and ${rest} more; the JSON has them all</p>` : undefined}</details>`,
  );
}

type Value = Markup | string;

function part(id: string, title: string, count: number, body: Markup): Part[] {
  return count === 0 ? [] : [{ id, title, body }];
}

function table(label: string, titles: readonly string[], rows: readonly (readonly Value[])[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${label}"><table><thead><tr>${titles.map(
    (title) => html`<th scope="col">${title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}
