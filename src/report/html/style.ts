/** How the page looks: light and dark as the reader's system is, on a narrow screen, on paper. */

export const STYLE = `
:root {
  --ground: #fff; --raised: #f6f7f9; --edge: #d5d9e0; --text: #1b1f27; --faint: #555e6d; --link: #0b57b0; --focus: #0b57b0;
  --broken: #b3201b; --broken-ground: #fdf0ef; --inconclusive: #865300; --unexercised: #7a2f93; --degraded: #865300;
  --linked: #0b5cad; --intact: #1a7037; --ink: #fff; --same: #3d7cc0; --hatch: #d9534f; --hatch-ground: #fbe0de;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --raised: #1d2128; --edge: #363d49; --text: #e5e8ee; --faint: #a4adbb; --link: #8abaf5; --focus: #8abaf5;
    --broken: #ff8f88; --broken-ground: #2c1b1d; --inconclusive: #f0b34d; --unexercised: #d5a0ea; --degraded: #f0b34d;
    --linked: #7db8f7; --intact: #6fce8d; --ink: #14171c; --same: #5f9fe2; --hatch: #ff8f88; --hatch-ground: #4b2624;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem 1.25rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
main:focus, .body:focus, .sound:focus { outline: none; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem; background: var(--ground); z-index: 1; }
.definitions { position: absolute; width: 0; height: 0; }
h1, h2, h3, h4, h5, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; display: flex; gap: .6rem; align-items: center; }
h2 { font-size: 1.2rem; } h3 { font-size: 1rem; } h4 { font-size: 1rem; } h5 { font-size: .85rem; color: var(--faint); font-weight: 600; }
ul, ol.faults { list-style: none; }
code, pre { font: .88em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.facts, .note, .faint, footer { color: var(--faint); font-size: .875rem; }
.icon { width: 1em; height: 1em; flex: none; vertical-align: -.13em; overflow: visible; }
.fill { fill: currentColor; } .line { fill: none; stroke: currentColor; stroke-width: 1.8; }
.ink { fill: none; stroke: var(--ink); stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.broken { color: var(--broken); } .inconclusive { color: var(--inconclusive); } .unexercised { color: var(--unexercised); }
.degraded { color: var(--degraded); } .linked { color: var(--linked); } .intact { color: var(--intact); }
.waived, .skipped { color: var(--faint); }
strong.culprit { color: var(--broken); } .accepted strong.culprit { color: inherit; }
.fault.accepted { border-left-color: var(--edge); } .fault[hidden], #faults:not(:has(.fault:not([hidden]))) { display: none; } time { white-space: nowrap; } #matches:empty { margin-left: -.5rem; }
header { border-bottom: 1px solid var(--edge); padding-bottom: 1rem; }
.name { color: var(--faint); font-weight: 600; }
.tally { display: flex; flex-wrap: wrap; gap: .4rem .6rem; margin: .8rem 0 .6rem; }
.tally li { border: 1px solid var(--edge); border-radius: 1rem; padding: .1rem .75rem; background: var(--raised); }
.bar-of-links { display: flex; flex-wrap: wrap; gap: .6rem 2rem; justify-content: space-between; padding: .8rem 0; align-items: center; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; font-size: .875rem; }
.tools[hidden] { display: none; }
.tools label { display: flex; gap: .5rem; align-items: center; }
input, button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--faint); border-radius: 6px; padding: .25rem .6rem; }
input { min-width: 12.75rem; } input::placeholder { color: var(--faint); opacity: 1; }
button { cursor: pointer; } button:hover { border-color: var(--link); }
section { margin-top: 1.6rem; }
.faults { margin-top: .6rem; display: grid; gap: .6rem; }
.fault { display: grid; grid-template-columns: 1.2rem 1fr; gap: .7rem; border: 1px solid var(--edge); border-left: 4px solid currentColor; border-radius: 6px; padding: .7rem .9rem; background: var(--raised); }
.fault > .icon { margin-top: .25rem; width: 1.15rem; height: 1.15rem; } .fault > div { color: var(--text); }
.at { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin-top: .2rem; font-size: .9rem; } .at .faint, a .faint { color: inherit; font-size: inherit; }
summary { cursor: pointer; }
summary h2, summary h3 { display: inline; }
.flow > details > summary { padding: .3rem 0; border-bottom: 1px solid var(--edge); margin-bottom: .5rem; }
.counts { font-size: .875rem; } .count { margin-left: .7rem; white-space: nowrap; }
.flow h3 { margin: 1rem 0 .4rem; } .sound-hops { margin-top: 1rem; } .sound-hops h3 { margin: 0; }
.hops { display: grid; gap: .4rem; } .sound-hops .hops { margin-top: .4rem; gap: 0; }
.hop { border: 1px solid var(--edge); border-radius: 6px; } .hop[hidden], .flow[hidden] { display: none; }
.hop > details > summary, .sound { display: grid; grid-template-columns: minmax(9.5rem, max-content) minmax(0, 1fr) auto; gap: .2rem 1rem; padding: .5rem .8rem; align-items: baseline; }
.hop > details > summary { list-style: none; border-radius: 5px; } .hop > details > summary::-webkit-details-marker { display: none; }
.hop > details > summary:hover { background: var(--raised); }
.hop > details > summary .verdict::before { content: ''; display: inline-block; width: 0; height: 0; border: .36em solid transparent; border-left: .5em solid var(--text); border-right: 0; margin-right: .5em; vertical-align: -.02em; }
.hop > details[open] > summary .verdict::before { transform: rotate(90deg); }
.sound { border: 0; border-top: 1px solid var(--edge); border-radius: 0; padding: .3rem .8rem; }
.verdict { white-space: nowrap; font-weight: 600; } .sound .verdict { font-weight: 400; }
.path { font-weight: 600; } .path .faint { font-size: inherit; font-weight: 400; } .sound .path { font-weight: 400; }
.cause { font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; color: var(--faint); }
.body { padding: 0 .9rem .9rem; } .body > .facts { padding-bottom: .5rem; }
.finding { border-top: 1px solid var(--edge); padding-top: .8rem; margin-top: .4rem; color: var(--text); }
.finding + .finding { margin-top: 1.2rem; }
.finding.broken > h4 > .icon { color: var(--broken); } .finding.inconclusive > h4 > .icon { color: var(--inconclusive); }
.finding.unexercised > h4 > .icon { color: var(--unexercised); } .finding.degraded > h4 > .icon { color: var(--degraded); } .finding.waived > h4 > .icon { color: var(--faint); }
dl { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); gap: .15rem .8rem; margin: .5rem 0; }
dt { color: var(--faint); } dd { grid-column: 2; } dd + dt { margin: 0; }
.proof { margin-top: .8rem; }
.proof ol { margin-top: .5rem; padding-left: 1.6rem; display: grid; gap: .5rem; }
.proof ol > li::marker { color: var(--faint); }
.detail { display: block; color: var(--faint); font-size: .9rem; }
.context { margin: .25rem 0 0; padding: .4rem .6rem; background: var(--raised); border: 1px solid var(--edge); border-radius: 5px; white-space: pre-wrap; }
.context .name { color: var(--faint); } .context .value { background: var(--ground); word-break: break-all; }
.graph { margin: .6rem 0; }
.scroll { overflow-x: auto; }
.graph .scroll { border: 1px solid var(--edge); border-radius: 6px; padding: .3rem;
  background: linear-gradient(to left, var(--raised) 1.2rem, transparent) right / 2.4rem 100% no-repeat local, linear-gradient(to left, var(--edge), transparent) right / 1rem 100% no-repeat scroll, var(--raised); }
.graph svg { display: block; margin: 0 auto; } .graph svg.shrinks { max-width: 100%; min-width: 46rem; height: auto; }
.node rect, .node path { fill: var(--ground); stroke: var(--faint); stroke-width: 1.3; }
.node.external rect, .node.channel rect { stroke-dasharray: 5 3; }
.node.probe rect { fill: var(--text); stroke: var(--text); } .node.probe text { fill: var(--ground); }
.node.culprit rect, .node.culprit path { stroke: var(--broken); stroke-width: 2.6; fill: var(--broken-ground); }
.node text { text-anchor: middle; font-size: 13px; fill: var(--text); } .node.culprit text:not(.kind) { font-weight: 700; fill: var(--broken); }
.node .kind { font-size: 10.5px; fill: var(--faint); }
.arrow { fill: none; stroke: var(--faint); stroke-width: 1.5; } .tip { fill: var(--faint); }
.arrow.broken { stroke: var(--broken); stroke-width: 2.6; stroke-dasharray: 7 4; } .arrow.inconclusive { stroke: var(--inconclusive); stroke-dasharray: 2 4; stroke-width: 2.2; }
.arrow.unexercised { stroke: var(--unexercised); stroke-dasharray: 2 4; stroke-width: 2; } .arrow.degraded { stroke: var(--degraded); stroke-width: 2.2; }
.arrow.linked { stroke: var(--linked); stroke-width: 2; stroke-dasharray: 10 3; } .arrow.unjudged { stroke-dasharray: 1 4; } .arrow.waived { stroke-dasharray: 7 4; }
.graph a { outline-offset: 0; } .behind { fill: var(--raised); } a:focus-visible .behind { stroke: var(--focus); stroke-width: 2.5; }
.waterfall { margin: .4rem 0 .2rem; border: 1px solid var(--edge); border-radius: 6px; padding: .5rem .7rem; max-width: 56rem; }
.lanes { display: grid; grid-template-columns: minmax(5.5rem, max-content) minmax(0, 1fr); column-gap: .9rem; align-items: center; }
.lane { grid-column: 1 / -1; font-size: .75rem; color: var(--faint); font-weight: 600; text-transform: uppercase; letter-spacing: .04em; padding-top: .1rem; }
.what { font-size: .85rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 12rem; }
.number { display: inline-block; min-width: 1.3em; color: var(--faint); }
.track { display: block; width: 100%; height: 22px; background: var(--raised); border-bottom: 1px solid var(--ground); } .track.end { height: 16px; background: none; border: 0; overflow: visible; }
.bar { stroke-width: 1.4; } .bar.same { fill: var(--same); stroke: var(--same); } .bar.other { fill: url(#hatch); stroke: var(--hatch); }
  .bar.dead { fill: url(#hatch); stroke: var(--broken); stroke-width: 2; }
.bar.none { fill: var(--ground); stroke: var(--broken); stroke-width: 2; } .bar.absent { fill: none; stroke: var(--faint); stroke-dasharray: 4 3; } .bar.unknown { fill: var(--ground); stroke: var(--faint); }
.hatch-ground { fill: var(--hatch-ground); } .hatch-line { stroke: var(--hatch); stroke-width: 3; }
.break { stroke: var(--broken); stroke-width: 2; stroke-dasharray: 4 3; fill: none; }
.waterfall figcaption { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; font-size: .8rem; color: var(--faint); margin-top: .2rem; }
.key { white-space: nowrap; } .swatch { width: 20px; height: 12px; vertical-align: -1px; }
.notes { display: grid; gap: .6rem; margin-top: .5rem; } .notes > li { display: grid; grid-template-columns: 1.2rem 1fr; gap: .6rem; }
.notes > li > .icon { margin-top: .3rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .4rem 0; overflow-wrap: break-word; }
td { max-width: 24rem; min-width: 4rem; } td code { white-space: nowrap; }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--edge); vertical-align: top; } th { color: var(--faint); font-weight: 600; }
#conformance h3 { margin-top: .8rem; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--edge); padding-top: .8rem; }
@media (max-width: 46rem) {
  body { padding: 1rem .8rem 3rem; }
  h1 { font-size: 1.3rem; align-items: start; } h1 > .icon { margin-top: .2rem; }
  .hop > details > summary, .sound { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl { grid-template-columns: minmax(0, 1fr); } dd { grid-column: 1; } dt { font-size: .8rem; margin-top: .3rem; } dd + dt { margin-top: .3rem; }
  .what { max-width: 6.5rem; } .tools, .tools label, input { width: 100%; } input { flex: 1; min-width: 0; }
  .count { margin: 0 .5rem 0 0; } .flow summary h2, .sound-hops h3 { margin-right: .5rem; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --edge: #bbb; --text: #000; --faint: #444; --link: #000; --broken: #a00; --broken-ground: #fff; --inconclusive: #704500; --unexercised: #602375; --degraded: #704500; --linked: #084a8c; --intact: #145a2b; --ink: #fff; --same: #3d7cc0; --hatch: #b33; --hatch-ground: #fff; }
  body { font-size: 11pt; max-width: none; padding: 0; }
  .bar-of-links, .skip { display: none; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  .graph svg, .graph svg.shrinks { max-width: 100%; min-width: 0; height: auto; } .scroll { overflow: visible; }
  .fault, .finding, .waterfall, .graph, .proof li { break-inside: avoid; } h2, h3, h4, h5, summary { break-after: avoid; }
  .bar, .fill, .track, .fault { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Of {@link STYLE}, for the page's policy; a test keeps it true. */
export const STYLE_HASH = 'sha256-/kW8m1Kgk+RGjwzRDGa24vGFttT+n2scC1Mwp/+wtlA=';
