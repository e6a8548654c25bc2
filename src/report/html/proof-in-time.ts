/** The facts of a proof in time, and how far each still belongs to the trace that the hop was judged in. */
import type { Finding, Proof, Report } from '../../model/report.ts';

/** How far a fact still belongs to the trace that the hop was judged in. */
export type State = 'same' | 'other' | 'dead' | 'none' | 'unknown' | 'absent';

export type Drawable = Extract<Proof, { kind: 'span' | 'wire' | 'record' | 'absence' }>;

export interface Row {
  fact: Drawable;
  /** As in the list of the proof, from 1. */
  number: number;
  state: State;
  /** % of the width. */
  left: number;
  width: number;
}

/** Headers that are no context by themselves. */
const ESCORTS = new Set(['tracestate', 'baggage']);

/** What of the width is left free at either end, %. */
const MARGIN = 4;
const DAMAGED = new Set(['malformed', 'duplicated', 'truncated', 'wrong-format']);

/** Every fact that has a time or was looked for; of the main probes only, as the others are questions of their own. */
export function rowsOf(report: Report, { proof, cause }: Finding): Row[] {
  const beside = new Set(report.probes.flatMap(({ traceId, purpose }) => (purpose === undefined ? [] : traceId)));
  const drawable = proof.flatMap((fact, index) =>
    fact.kind === 'isolation' || fact.kind === 'response' || (fact.kind === 'span' && beside.has(fact.traceId))
      ? []
      : [{ fact, number: index + 1 }],
  );
  const ours = judgedIn(
    report,
    drawable.map(({ fact }) => fact),
  );
  const times = drawable.flatMap(({ fact }) => timesOf(fact));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const room = 100 - 2 * MARGIN;
  const place = (ms: number): number => MARGIN + ((ms - first) / (last - first)) * room;
  return drawable.map(({ fact, number }, index) => {
    const state = stateOf(fact, ours, DAMAGED.has(cause));
    const [start, end] = timesOf(fact);
    if (start === undefined) return { fact, number, state, left: MARGIN, width: room };
    // Facts of one millisecond stand in the order that they are told in.
    if (first === last) {
      const step = room / drawable.length;
      return { fact, number, state, left: MARGIN + index * step, width: step };
    }
    return { fact, number, state, left: place(start), width: place(end ?? start) - place(start) };
  });
}

/** ms since the epoch of its start and end; nothing where it has no time. */
export function timesOf(fact: Drawable): number[] {
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

/** The trace that the hop was judged in: the probe's where the proof has it, else that of its first fact. */
function judgedIn(report: Report, facts: readonly Drawable[]): string | undefined {
  const probes = new Set(report.probes.map(({ traceId }) => traceId));
  return facts.flatMap(tracesOf).find((trace) => probes.has(trace)) ?? facts.slice(0, 1).flatMap(tracesOf)[0];
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
  const traces = tracesOf(fact);
  if (damaged) return fact.context.length === 0 ? 'none' : 'dead';
  if (traces.length > 0) return traces.includes(ours ?? '') ? 'same' : 'other';
  return fact.context.every(({ name }) => ESCORTS.has(name.toLowerCase())) ? 'none' : 'unknown';
}

/** Where it broke, % of the width: at the first fact that is not in the trace any more. */
export function breakOf(rows: readonly Row[], { severity }: Finding): number | undefined {
  if (severity !== 'broken') return undefined;
  const off = rows.filter(({ state }) => state === 'other' || state === 'dead' || state === 'none');
  if (off.length > 0) return Math.min(...off.map(({ left }) => left));
  return rows.some(({ state }) => state === 'absent') ? 100 - MARGIN : undefined;
}
