/** A shape of its own for each verdict, so that a page reads without colour too. */
import type { HopReport } from '../../model/report.ts';
import { isSkipped } from '../table/verdict-mark.ts';
import { html, type Markup } from './markup.ts';

/** What a hop is shown as; `skipped`: it was not reached, and need not be. */
export type Look = HopReport['verdict'] | 'waived' | 'skipped';

export function lookOf(hop: Pick<HopReport, 'verdict' | 'waived' | 'optional'>): Look {
  if (hop.waived) return 'waived';
  return isSkipped(hop) ? 'skipped' : hop.verdict;
}

/** The verdict in words: `broken, waived`. */
export function lookInWords(hop: Pick<HopReport, 'verdict' | 'waived' | 'optional' | 'known'>): string {
  if (hop.waived) return `${hop.verdict}, waived`;
  if (hop.known === true) return `${hop.verdict}, known`;
  return isSkipped(hop) ? 'not reached, optional' : hop.verdict;
}

/** Each in a square of 16, the outline first; `ink` is drawn on what `fill` fills. */
const SHAPES: Record<Look, Markup> = {
  broken: html`<path class="fill" d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z"/><path class="ink" d="m5 5 6 6m0-6-6 6"/>`,
  inconclusive: html`<rect class="fill" x=".8" y=".8" width="14.4" height="14.4" rx="3"/><path class="ink" d="M5.4 6a2.6 2.5 0 1 1 3.6 2.2c-.7.3-1 .7-1 1.4M8 12.3v.2"/>`,
  unexercised: html`<circle class="line" cx="8" cy="8" r="6.6" stroke-dasharray="3.2 2.6"/>`,
  degraded: html`<path class="fill" d="M8 .8l7.8 14.2H.2z"/><path class="ink" d="M8 6v4m0 2.4v.3"/>`,
  linked: html`<circle class="line" cx="8" cy="8" r="6.8"/><path class="line" d="M4.4 9c1.2-2.4 2.5-2.4 3.6-1s2.4 1.4 3.6-1"/>`,
  intact: html`<circle class="fill" cx="8" cy="8" r="7.4"/><path class="ink" d="m4.8 8.2 2.3 2.4 4.2-5"/>`,
  waived: html`<circle class="line" cx="8" cy="8" r="6.8"/><path class="line" d="m3.4 12.6 9.2-9.2"/>`,
  skipped: html`<circle class="line" cx="8" cy="8" r="2.6"/>`,
};

/** Drawn once and hidden; {@link icon} points at them. The patterns are those of the pictures. */
export const definitions: Markup = html`<svg class="definitions" aria-hidden="true" focusable="false"><defs>${Object.entries(
  SHAPES,
).map(
  ([look, shape]) => html`<symbol id="look-${look}" viewBox="0 0 16 16">${shape}</symbol>`,
)}<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><path class="hatch-line" d="M0 0v6"/></pattern><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0l8 4-8 4z"/></marker></defs></svg>`;

/** The shape of a verdict, for beside its word. */
export function icon(look: Look): Markup {
  return html`<svg class="icon ${look}" aria-hidden="true" focusable="false"><use href="#look-${look}"/></svg>`;
}

/** The shape of a verdict inside a picture, its middle at a point. */
export function iconAt(look: Look, x: number, y: number, size: number): Markup {
  return html`<use class="${look}" href="#look-${look}" x="${x - size / 2}" y="${y - size / 2}" width="${size}" height="${size}"/>`;
}
