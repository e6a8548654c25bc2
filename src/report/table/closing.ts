/** What frames the hops: the headline above, and below what was in the way and what it all comes to. */
import type { Problem } from '../../model/evidence.ts';
import { EXIT } from '../../model/exit.ts';
import type { BaselineSummary, HopReport, Report, Summary } from '../../model/report.ts';
import { code, GLUE, type Line, line, type Piece, piece, type Style, wrap } from './text.ts';
import { isSkipped } from './verdict-mark.ts';

const INDENT = 2;
const MOST_MENDED = 20;
const STYLES: Record<number, Style> = { [EXIT.ok]: 'intact', [EXIT.broken]: 'broken' };

/** `shop-dev: 2 of 6 hops broken by 1 fault`, and the run that it comes from. */
export function headline(report: Report, width: number): Line[] {
  const { name, file } = report.topology;
  const { run } = report;
  const origin = `${file}, run ${run.id} at ${run.startedAt}, ${probesOf(report)}, ${seconds(run.durationMs)}`;
  return [
    ...wrap(line(piece(`${name}: `, 'strong'), ...verdictOf(report)), width, INDENT),
    ...wrap(line(piece(origin, 'faint')), width, INDENT),
    ...baselineLine(report, width),
  ];
}

function baselineLine({ summary: { baseline } }: Report, width: number): Line[] {
  return baseline === undefined ? [] : wrap(againstBaseline(baseline), width, INDENT);
}

function againstBaseline({ file, run, known, new: fresh, mended }: BaselineSummary): Line {
  return line(
    piece(`against ${file} (run ${run}): `, 'faint'),
    piece(`${fresh} new`, fresh > 0 ? 'strong' : 'faint'),
    piece(`, ${known} known, ${mended.length} mended`, 'faint'),
  );
}

/** `against old.json (run 1a2b3c4d): 1 new, 2 known, 1 mended` */
export function baselineWords(baseline: BaselineSummary): string {
  return againstBaseline(baseline)
    .map(({ text }) => text)
    .join('');
}

/** `1 probe, 2 isolation probes` */
export function probesOf({ probes }: Report): string {
  const counts = new Map<string, number>([['main', 0]]);
  for (const { purpose = 'main' } of probes) counts.set(purpose, (counts.get(purpose) ?? 0) + 1);
  const words = [...counts].map(([purpose, count]) =>
    counted(count, purpose === 'main' ? 'probe' : `${purpose} probe`),
  );
  return words.join(', ');
}

/** `2 of 6 hops broken by 1 fault (1 known), 1 degraded` */
export function verdictOf({ summary, hops }: Report): Piece[] {
  const all = counted(summary.hops, 'hop');
  const skipped = countSkipped(hops);
  const optional = skipped === 0 ? [] : [piece(`, ${skipped} optional not reached`, 'faint')];
  const kinds: [number, string, Style][] = [
    [summary.broken, `broken by ${counted(summary.faults, 'fault')}`, 'broken'],
    [summary.inconclusive, 'could not be judged', 'inconclusive'],
    [summary.unexercised - skipped, 'not reached', 'unexercised'],
    [summary.degraded, 'degraded', 'degraded'],
    [summary.waived, 'waived', 'faint'],
  ];
  const [worst, ...others] = kinds.filter(([count]) => count > 0);
  if (worst === undefined) {
    const passed = skipped === 0 ? all : `${counted(summary.hops - skipped, 'hop')} that it reached`;
    return [piece(`trace context passes all ${passed}`, 'intact'), ...optional];
  }
  const [count, what, style] = worst;
  const known = hops.filter((hop) => hop.known === true && !hop.waived && hop.verdict === style).length;
  const rest = others.flatMap(([more, also, its]) => [piece(', '), piece(`${more} ${also}`, its)]);
  const accepted = known === 0 ? [] : [piece(` (${known} known)`, 'faint')];
  return [piece(`${count} of ${all} ${what}`, style), ...accepted, ...rest, ...optional];
}

function countSkipped(hops: readonly HopReport[]): number {
  return hops.filter((hop) => !hop.waived && isSkipped(hop)).length;
}

/** Services that emitted spans in the probes' traces and are in no node. */
export function undeclaredLines({ undeclared }: Report, width: number): Line[] {
  if (undeclared.length === 0) return [];
  const lines = undeclared.flatMap(({ service, spans, nearest }) => {
    const head = line(piece('? ', 'inconclusive'), piece(service, 'strong'), `, ${counted(spans, 'span')}`);
    const likely = nearest === undefined ? [] : [piece('; nearest declared: '), piece(nearest, 'strong')];
    return [...item([...head, ...likely], width), ...item(declaring({ service, nearest }), width, INDENT)];
  });
  const title = line(piece('Undeclared services', 'strong'), piece("  in the probes' traces, and no node", 'faint'));
  return [...wrap(title, width, INDENT), ...lines, []];
}

/** What to declare so that the spans of a service count. */
export function declaring({ service, nearest }: { service: string; nearest?: string | undefined }): Line {
  if (nearest === undefined) return line('if it belongs on a path, declare it under nodes: ', code(`${service}:`));
  return nearest === service
    ? line('it has the name of a node, and not the attributes that the topology asks for (resource, span)')
    : line(`if that is ${nearest}, say so under nodes: `, code(`${nearest}: { service: ${service} }`));
}

/** What was in the way, and what to check. */
export function problemLines({ problems }: Report, width: number): Line[] {
  if (problems.length === 0) return [];
  const lines = problems.flatMap((problem) => [
    ...item(
      line(piece('! ', 'degraded'), piece(`${problem.part} ${problem.name}: `, 'strong'), problem.message),
      width,
    ),
    ...item(line(problem.hint), width, INDENT),
    ...item(impairs(problem), width, INDENT),
  ]);
  return [line(piece('Problems', 'strong')), ...lines, []];
}

/** What was mended since the baseline, waivers that end, a baseline of something else. */
export function noteLines({ notes = [], summary: { baseline } }: Report, width: number): Line[] {
  const mended = baseline?.mended ?? [];
  const rest = mended.length - MOST_MENDED;
  const list = [
    ...mended.slice(0, MOST_MENDED).flatMap((hop) => item(line(piece('✓ ', 'intact'), hop), width)),
    ...(rest > 0 ? item(line(piece(`and ${rest} more`, 'faint')), width) : []),
  ];
  const said = notes.flatMap(({ message, hint }) => [
    ...item(line(piece('! ', 'degraded'), message), width),
    ...item(line(hint), width, INDENT),
  ]);
  return [
    ...(list.length === 0 ? [] : [line(piece('Mended since the baseline', 'strong')), ...list, []]),
    ...(said.length === 0 ? [] : [line(piece('Notes', 'strong')), ...said, []]),
  ];
}

function impairs({ flows }: Problem): Line {
  return flows.length === 0 ? [] : line(piece(`concerns ${flows.join(', ')}`, 'faint'));
}

function item(paragraph: Line, width: number, further = 0): Line[] {
  if (paragraph.length === 0) return [];
  const start = INDENT + further;
  return wrap([piece(' '.repeat(start)), ...paragraph], width, start + INDENT);
}

/** The last line: counts, and the exit status in words. */
export function lastLines({ summary, hops }: Report, width: number): Line[] {
  const { broken, faults, inconclusive, unexercised, degraded, linked, intact, waived } = summary;
  const counts = [
    broken > 0 ? `${broken} broken (${counted(faults, 'fault')})` : '',
    inconclusive > 0 ? `${inconclusive} inconclusive` : '',
    unexercised > 0 ? `${unexercised} unexercised${ofWhich(countSkipped(hops), unexercised)}` : '',
    degraded > 0 ? `${degraded} degraded` : '',
    waived > 0 ? `${waived} waived` : '',
    linked > 0 ? `${linked} linked` : '',
    intact > 0 ? `${intact} intact` : '',
  ].filter((count) => count !== '');
  const style = STYLES[summary.exit] ?? 'inconclusive';
  const exit = piece(`exit ${summary.exit}: ${exitInWords(summary)}`.replaceAll(' ', GLUE), style);
  return wrap(line(`${counted(summary.hops, 'hop')}: ${counts.join(', ')}; `, exit), width, INDENT);
}

function ofWhich(optional: number, all: number): string {
  if (optional === 0) return '';
  return optional === all ? ' (optional)' : ` (${optional} optional)`;
}

/** What the exit status means for this report. */
export function exitInWords({ exit, broken, inconclusive, unexercised, degraded, waived, baseline }: Summary): string {
  switch (exit) {
    case EXIT.ok:
      return broken + inconclusive + unexercised + degraded + waived === 0
        ? 'nothing is lost'
        : baseline === undefined
          ? 'nothing that fails the run'
          : 'nothing new that fails the run';
    case EXIT.broken:
      return broken > 0 ? 'trace context is lost' : 'trace context is degraded';
    case EXIT.undecided:
      return 'not every hop could be judged';
    case EXIT.interrupted:
      return 'interrupted';
    default:
      return 'see docs/exit-statuses.md';
  }
}

/** `1 hop`, `2 hops` */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
