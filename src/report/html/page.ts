/** The page around it all: one file that fetches nothing and may do nothing but what is in it. */
import { type Report, VERDICTS } from '../../model/report.ts';
import { baselineWords, exitInWords, probesOf, verdictOf } from '../table/closing.ts';
import { anchorsOf } from './anchors.ts';
import { conformancePart, gatesPart, type Part, probesPart, problemsPart, undeclaredPart } from './appendix.ts';
import { faultList } from './faults.ts';
import { flowSections } from './flow.ts';
import { definitions, icon, type Look, lookOf } from './icons.ts';
import { html, type Markup, marked, trusted } from './markup.ts';
import { SCRIPT, SCRIPT_HASH } from './script.ts';
import { STYLE, STYLE_HASH } from './style.ts';

/** https://www.w3.org/TR/CSP3/: nothing but our own style and script, known by their hashes. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;

export function pageOf(report: Report): Markup {
  const { topology, tool } = report;
  const anchors = anchorsOf(report);
  const faults = faultList(report, anchors);
  const parts = [gatesPart, problemsPart, undeclaredPart, conformancePart, probesPart].flatMap((make) => make(report));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${titleOf(report)}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the findings</a>
${definitions}
${headerOf(report)}
${navigation(faults.markup !== '', parts)}
<main id="main" tabindex="-1">
${faults}<div id="flows">${flowSections(report, anchors)}</div>
${parts.map(
  ({
    id,
    title,
    body,
  }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>
`,
)}</main>
<footer>Made by ${tool.name} ${tool.version} from ${topology.file} (SHA-256 <code>${topology.sha256}</code>). <code>tracegap explain</code> tells of each cause.</footer>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
}

function titleOf(report: Report): string {
  return `${report.topology.name}: ${verdictOf(report)
    .map(({ text }) => text)
    .join('')} – tracegap`;
}

function headerOf(report: Report): Markup {
  const { topology, run, summary } = report;
  const look = worstOf(report);
  const counts: readonly (readonly [Look, number])[] = [
    ...VERDICTS.map((verdict) => [verdict, summary[verdict]] as const),
    ['waived', summary.waived],
  ];
  return html`<header><p class="name">${topology.name}</p>
<h1 class="${look}">${icon(look)} <span>${marked(verdictOf(report).map(({ text }) => ({ text, style: 'plain' })))}</span></h1>
<ul class="tally" aria-label="Hops by verdict">${counts
    .filter(([, count]) => count > 0)
    .map(([each, count]) => html`<li class="${each}">${icon(each)} <b>${count}</b> ${each}</li>`)}</ul>
<p class="facts">exit ${summary.exit}: ${exitInWords(summary)} · run ${run.id} at <time datetime="${run.startedAt}">${run.startedAt}</time> · ${(run.durationMs / 1000).toFixed(1)} s · ${probesOf(report)}</p>${
    summary.baseline === undefined ? undefined : html`<p class="facts">${baselineWords(summary.baseline)}</p>`
  }</header>`;
}

/** What the headline tells of first; a link keeps the context, so that it is as good as intact. */
function worstOf({ hops }: Report): Look {
  const looks = new Set(hops.map(lookOf));
  return VERDICTS.find((verdict) => verdict !== 'linked' && looks.has(verdict)) ?? 'intact';
}

/** Links, and what a script adds: hidden until there is one. */
function navigation(hasFaults: boolean, parts: readonly Part[]): Markup {
  const links = [
    ...(hasFaults ? [{ id: 'faults', title: 'What is wrong' }] : []),
    { id: 'flows', title: 'Flows' },
    ...parts,
  ];
  return html`<div class="bar-of-links"><nav aria-label="Parts of the report"><ul>${links.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<div class="tools" role="search" aria-label="Hops" hidden><label>Filter hops <input type="search" id="filter" autocomplete="off" spellcheck="false" placeholder="name, cause or verdict"></label>
<button type="button" id="expand">Open all</button> <button type="button" id="collapse">Close all</button>
<p id="matches" role="status" aria-live="polite"></p></div></div>`;
}
