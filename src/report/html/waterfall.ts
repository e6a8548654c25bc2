/** The proof of a finding as a picture: what was on the wire and which spans came, over time, with the break in it. */
import type { Finding, Proof, Report } from '../../model/report.ts';
import { whereTo } from '../table/proof.ts';
import { html, type Markup } from './markup.ts';
import { breakOf, type Drawable, type Row, rowsOf, type State, timesOf } from './proof-in-time.ts';

const WORDS: Record<State, string> = {
  same: 'in the trace',
  other: 'in another trace',
  dead: 'context that nobody can go on from',
  none: 'no trace context',
  unknown: 'not compared',
  absent: 'looked for, not seen',
};

/** Nothing where the proof has too little to draw. */
export function waterfallOf(report: Report, finding: Finding): Markup {
  const rows = rowsOf(report, finding);
  if (rows.length < 2 || rows.every(({ fact }) => fact.kind === 'absence')) return html``;
  const broken = breakOf(rows, finding);
  const lanes = [
    { title: 'on the wire', rows: rows.filter(({ fact }) => isWire(fact)) },
    { title: 'spans', rows: rows.filter(({ fact }) => !isWire(fact)) },
  ].filter((lane) => lane.rows.length > 0);
  const states = [...new Set(rows.map(({ state }) => state))];
  return html`<figure class="waterfall" aria-label="The proof over time"><div class="lanes" role="group">${lanes.map(
    (lane) =>
      html`<p class="lane">${lane.title}</p>${lane.rows.map((row) => html`<p class="what"><span class="number">${row.number}</span> ${nameOf(row.fact)}</p>${trackOf(row, broken)}`)}`,
  )}${signOf(broken)}</div><figcaption><span class="key">${durationOf(rows)}</span>${states.map(
    (state) =>
      html`<span class="key"><svg class="swatch" aria-hidden="true" focusable="false"><rect class="bar ${state}" x="1" y="1" width="18" height="10" rx="2"/></svg> ${WORDS[state]}</span>`,
  )}${broken === undefined ? undefined : html`<span class="key"><svg class="swatch" aria-hidden="true" focusable="false"><path class="break" d="M10 0v12"/></svg> the break</span>`}</figcaption></figure>`;
}

function nameOf(fact: Drawable): string {
  return fact.kind === 'wire' || fact.kind === 'record' ? whereTo(fact.node) : fact.node;
}

function isWire(fact: Drawable): boolean {
  return fact.kind === 'wire' || fact.kind === 'record' || (fact.kind === 'absence' && isTapped(fact));
}

function isTapped({ sight }: Extract<Proof, { kind: 'absence' }>): boolean {
  return sight.length > 0 && sight.every((each) => each.startsWith('tap '));
}

function trackOf({ fact, state, left, width }: Row, broken: number | undefined): Markup {
  const line =
    broken === undefined
      ? undefined
      : html`<line class="break" x1="${percent(broken)}" x2="${percent(broken)}" y1="0" y2="100%"/>`;
  const isMoment = fact.kind === 'wire' || fact.kind === 'record';
  const shape = isMoment
    ? html`<svg x="${percent(left)}" y="50%" overflow="visible"><path class="bar ${state}" d="M0-7l7 7-7 7-7-7z"/></svg>`
    : html`<rect class="bar ${state}" x="${percent(left)}" y="5" width="${percent(Math.max(width, 0.8))}" height="12" rx="2"/>`;
  return html`<svg class="track" role="img" aria-label="${WORDS[state]}">${line}${shape}</svg>`;
}

/** Below the tracks: the sign of the break, where it stands. */
function signOf(broken: number | undefined): Markup {
  if (broken === undefined) return html``;
  return html`<p></p><svg class="track end" aria-hidden="true" focusable="false"><svg x="${percent(broken)}" overflow="visible"><use class="broken" href="#look-broken" x="-7" y="0" width="14" height="14"/></svg></svg>`;
}

/** How much time the picture covers. */
function durationOf(rows: readonly Row[]): string {
  const times = rows.flatMap(({ fact }) => timesOf(fact));
  const ms = Math.round(Math.max(...times) - Math.min(...times));
  return ms === 0 ? 'all within 1 ms, in this order' : `${ms} ms in all`;
}

function percent(share: number): string {
  return `${Math.round(share * 100) / 100}%`;
}
