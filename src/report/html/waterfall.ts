/** The proof of a finding as a picture: what was on the wire and which spans came, over time, with the break in it. */
import type { Finding, Proof, Report } from '../../model/report.ts';
import { html, type Markup } from './markup.ts';

/** How far a fact still belongs to the trace that the hop was judged in. */
type State = 'same' | 'other' | 'none' | 'unknown' | 'absent';

type Drawable = Extract<Proof, { kind: 'span' | 'wire' | 'record' | 'absence' }>;

interface Row {
  fact: Drawable;
  /** As in the list of the proof, from 1. */
  number: number;
  state: State;
  /** % of the width. */
  left: number;
  width: number;
}

const WORDS: Record<State, string> = {
  same: 'in the trace',
  other: 'in another trace',
  none: 'no context',
  unknown: 'headers not looked at',
  absent: 'looked for, not seen',
};

/** What of the width is left free at either end, %. */
const MARGIN = 4;
const DAMAGED = new Set(['malformed', 'duplicated', 'truncated', 'wrong-format']);

/** Nothing where the proof has too little to draw. */
export function waterfallOf(report: Report, finding: Finding): Markup {
  const rows = rowsOf(report, finding);
  if (rows.length < 2) return html``;
  const broken = breakOf(rows, finding);
  const lanes = [
    { title: 'on the wire', rows: rows.filter(({ fact }) => isWire(fact)) },
    { title: 'spans', rows: rows.filter(({ fact }) => !isWire(fact)) },
  ].filter((lane) => lane.rows.length > 0);
  const states = [...new Set(rows.map(({ state }) => state))];
  return html`<figure class="waterfall" aria-label="The proof over time"><div class="lanes" role="group">${lanes.map(
    (lane) =>
      html`<p class="lane">${lane.title}</p>${lane.rows.map((row) => html`<p class="what"><span class="number">${row.number}</span> ${row.fact.node}</p>${trackOf(row, broken)}`)}`,
  )}${axisOf(rows, broken)}</div><figcaption>${states.map(
    (state) =>
      html`<span class="key"><svg class="swatch" aria-hidden="true" focusable="false"><rect class="bar ${state}" x="1" y="1" width="18" height="10" rx="2"/></svg> ${WORDS[state]}</span>`,
  )}${broken === undefined ? undefined : html`<span class="key"><svg class="swatch" aria-hidden="true" focusable="false"><path class="break" d="M10 0v12"/></svg> the break</span>`}</figcaption></figure>`;
}

function isWire(fact: Drawable): boolean {
  return fact.kind === 'wire' || fact.kind === 'record' || (fact.kind === 'absence' && isTapped(fact));
}

function isTapped({ sight }: Extract<Proof, { kind: 'absence' }>): boolean {
  return sight.length > 0 && sight.every((each) => each.startsWith('tap '));
}

function rowsOf(report: Report, { proof, cause }: Finding): Row[] {
  const drawable = proof.flatMap((fact, index) =>
    fact.kind === 'isolation' || fact.kind === 'response' ? [] : [{ fact, number: index + 1 }],
  );
  const ours = judgedIn(
    report,
    drawable.map(({ fact }) => fact),
  );
  const times = drawable.flatMap(({ fact }) => timesOf(fact));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const place = (ms: number): number => MARGIN + ((ms - first) / (last - first)) * (100 - 2 * MARGIN);
  return drawable.map(({ fact, number }, index) => {
    const state = stateOf(fact, ours, DAMAGED.has(cause));
    // Facts of one millisecond stand in the order that they are told in.
    const step = MARGIN + (index / drawable.length) * (100 - 2 * MARGIN);
    const [start, end] = timesOf(fact);
    if (start === undefined) return { fact, number, state, left: MARGIN, width: 100 - 2 * MARGIN };
    if (first === last) return { fact, number, state, left: step, width: (100 - 2 * MARGIN) / drawable.length };
    return { fact, number, state, left: place(start), width: place(end ?? start) - place(start) };
  });
}

/** ms since the epoch of its start and end; nothing where it has no time. */
function timesOf(fact: Drawable): number[] {
  if (fact.kind === 'absence') return [];
  return (fact.kind === 'span' ? [fact.start, fact.end] : [fact.at]).map(msOf);
}

/** ms since midnight of the first of the month: enough to compare the times of one run, and no clock is needed. */
function msOf(time: string): number {
  const [, day = 0, hour = 0, minute = 0, second = 0] = (/^\d+-\d+-(\d+)T(\d+):(\d+):([\d.]+)Z$/.exec(time) ?? []).map(
    Number,
  );
  return (((day * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

/** The trace that the hop was judged in: the probe's where the proof has it, else the first that it shows. */
function judgedIn(report: Report, facts: readonly Drawable[]): string | undefined {
  const shown = facts.flatMap(tracesOf);
  const probes = new Set(report.probes.map(({ traceId }) => traceId));
  return shown.find((trace) => probes.has(trace)) ?? shown[0];
}

function tracesOf(fact: Drawable): string[] {
  if (fact.kind === 'span') return [fact.traceId];
  if (fact.kind === 'absence') return [];
  return (fact.context ?? []).flatMap(({ name, value }) => {
    const trace = /^\s*[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(value)?.[1];
    return name.toLowerCase() === 'traceparent' && trace !== undefined ? [trace] : [];
  });
}

function stateOf(fact: Drawable, ours: string | undefined, damaged: boolean): State {
  if (fact.kind === 'absence') return 'absent';
  if (fact.kind === 'span') return fact.traceId === ours ? 'same' : 'other';
  if (fact.context === undefined) return 'unknown';
  if (fact.context.length === 0) return 'none';
  return !damaged && tracesOf(fact).includes(ours ?? '') ? 'same' : 'other';
}

/** Where it broke, % of the width: at the first fact that is not in the trace any more. */
function breakOf(rows: readonly Row[], { severity }: Finding): number | undefined {
  if (severity !== 'broken') return undefined;
  const off = rows.filter(({ state }) => state === 'other' || state === 'none');
  if (off.length > 0) return Math.min(...off.map(({ left }) => left));
  return rows.some(({ state }) => state === 'absent') ? 100 - MARGIN : undefined;
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

function axisOf(rows: readonly Row[], broken: number | undefined): Markup {
  const times = rows.flatMap(({ fact }) => timesOf(fact));
  const ms = Math.round(Math.max(...times) - Math.min(...times));
  const span = times.length === 0 ? undefined : ms === 0 ? 'within 1 ms, in this order' : `${ms} ms`;
  const sign =
    broken === undefined
      ? undefined
      : html`<svg x="${percent(broken)}" overflow="visible"><use class="broken" href="#look-broken" x="-7" y="0" width="14" height="14"/></svg>`;
  return html`<p class="span-of-time">${span}</p><svg class="track end" aria-hidden="true" focusable="false">${sign}</svg>`;
}

function percent(share: number): string {
  return `${Math.round(share * 100) / 100}%`;
}
