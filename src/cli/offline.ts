/** Commands that send nothing: judge, render, diff, validate, plan, explain, schema. */

import { readdir, readFile } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import type { Beside } from '../engine/describe-plan.ts';
import { describeProblem, loadTopology, readEvidence, readTopologyFile } from '../library/load-topology.ts';
import { override, type Selection, selected } from '../library/select.ts';
import { userError } from '../library/user-error.ts';
import type { EvidenceOptions } from '../model/evidence.ts';
import { EXIT } from '../model/exit.ts';
import { loadBaseline, loadReport, seenFrom } from './load-report.ts';
import { type OutputOptions, prepareOutputs } from './outputs.ts';
import { type Terminal, wantsColor, widthOf, write } from './terminal.ts';

/** Judges saved evidence as the audit that saved it did; `failOn` is the audit's unless given. */
export async function runJudge(
  file: string,
  options: OutputOptions & { failOn?: EvidenceOptions['failOn']; baseline?: string },
  terminal: Terminal,
): Promise<number> {
  const outputs = await prepareOutputs(options, terminal);
  const baseline = await loadBaseline(options.baseline);
  const evidence = await readEvidence(file);
  const { evaluate } = await import('../engine/evaluate.ts');
  const failOn = options.failOn ?? evidence.options.failOn;
  const judged = evaluate({ ...evidence, options: { ...evidence.options, failOn } });
  const report = await seenFrom(baseline, judged, failOn, terminal);
  await outputs.write(report);
  return report.summary.exit;
}

/** Renders a saved report; the exit status is the report's own. */
export async function runRender(file: string, options: OutputOptions, terminal: Terminal): Promise<number> {
  const outputs = await prepareOutputs(options, terminal);
  await outputs.write(await loadReport(file, 'report'));
  return EXIT.ok;
}

/** Says what differs between two saved reports; the exit status is 1 where something newly broke. */
export async function runDiff(
  [before, after]: [before: string, after: string],
  { format, color }: { format: string; color: boolean },
  terminal: Terminal,
): Promise<number> {
  const { comparisonFormats } = await import('../report/comparison/index.ts');
  const render = Object.hasOwn(comparisonFormats, format) ? comparisonFormats[format] : undefined;
  if (render === undefined) {
    throw userError(`there is no format "${format}" of diff; there are ${Object.keys(comparisonFormats).join(', ')}`);
  }
  const [old, report] = [await loadReport(before, 'report'), await loadReport(after, 'report')];
  const { compare } = await import('../judge/compare.ts');
  const comparison = compare(old, report);
  const look = { color: wantsColor(terminal.stdout, terminal.env, color), width: widthOf(terminal.stdout) };
  await write(terminal.stdout, render(comparison, look));
  return comparison.broke.length > 0 ? EXIT.broken : EXIT.ok;
}

/** Says what is wrong with a topology, or the hops that it declares and the variables that it needs. */
export async function runValidate(file: string, terminal: Terminal): Promise<number> {
  const { topology, problems, variables } = await readTopologyFile(file, terminal.env, 'warning');
  for (const problem of problems) await write(terminal.stderr, `${describeProblem(problem)}\n`);
  if (problems.some(({ severity }) => severity === 'error')) return EXIT.wrongInput;
  const hops = topology?.record.hops.map(({ id }) => `  ${id}`) ?? [];
  const needs = variables.map((name) => `  ${name}${terminal.env[name] === undefined ? ' (not set)' : ''}`);
  await write(
    terminal.stdout,
    section(hops.length === 1 ? '1 hop' : `${hops.length} hops`, hops) + section('variables', needs),
  );
  return EXIT.ok;
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('\n')}\n`;
}

/** Every byte that an audit would send, and every tap that it would open. */
export async function runPlan(file: string, selection: Selection & Beside, terminal: Terminal): Promise<number> {
  const { topology: declared, warnings } = await loadTopology(file, terminal.env);
  const topology = override(declared, selection);
  const { flows } = selected(topology, selection);
  const { describePlan } = await import('../engine/describe-plan.ts');
  for (const warning of warnings) await write(terminal.stderr, `${describeProblem(warning)}\n`);
  await write(terminal.stdout, describePlan(topology, flows ?? Object.keys(topology.record.flows), selection));
  return EXIT.ok;
}

const CAUSES_FOLDER = new URL('../../docs/causes/', import.meta.url);

/** The page of a cause, or the list of them: laid out for a terminal, as Markdown and one a line for all else. */
export async function runExplain(cause: string | undefined, { stdout, env }: Terminal): Promise<number> {
  const names = (await readdir(CAUSES_FOLDER)).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3));
  if (cause === undefined) {
    await write(stdout, await listOf(names.sort(), stdout));
    return EXIT.ok;
  }
  if (!names.includes(cause)) throw userError(`there is no cause "${cause}"; did you mean ${closest(cause, names)}?`);
  const page = await readCause(cause);
  if (stdout.isTTY === true) {
    const { renderCausePage } = await import('../report/table/cause-page.ts');
    await write(stdout, renderCausePage(page, widthOf(stdout), wantsColor(stdout, env, true)));
  } else await write(stdout, page);
  return EXIT.ok;
}

function readCause(name: string): Promise<string> {
  return readFile(new URL(`${name}.md`, CAUSES_FOLDER), 'utf8');
}

async function listOf(names: readonly string[], stdout: Terminal['stdout']): Promise<string> {
  const causes = await Promise.all(
    names.map(async (name) => {
      const [, summary = ''] = (await readCause(name)).split('\n\n');
      return [name, summary.replaceAll('\n', ' ')] as const;
    }),
  );
  if (stdout.isTTY === true) {
    const { renderCauses } = await import('../report/table/cause-page.ts');
    return renderCauses(causes, widthOf(stdout));
  }
  const longest = Math.max(...names.map(({ length }) => length));
  return causes.map(([name, summary]) => `${name.padEnd(longest)}  ${summary}\n`).join('');
}

const SCHEMAS = ['topology', 'evidence', 'report'];

/** The published JSON Schema of one of the files. */
export async function runSchema(name: string, terminal: Terminal): Promise<number> {
  if (!SCHEMAS.includes(name)) throw userError(`there is no schema "${name}"; there are ${SCHEMAS.join(', ')}`);
  await write(terminal.stdout, await readFile(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
  return EXIT.ok;
}
