/** The command line: argv in, exit status out. Only here and below is anything printed. */
import { Command, CommanderError, Help } from 'commander';
import { DEFAULT_TOPOLOGY } from '../library/load-topology.ts';
import { isUserError } from '../library/user-error.ts';
import { VERSION } from '../library/version.ts';
import { EXIT } from '../model/exit.ts';
import { complaintOf } from '../model/problem.ts';
import {
  failOnOption,
  OUTPUT,
  withBaselineOption,
  withExtraProbes,
  withOutputOptions,
  withSelection,
  withTraces,
  withWait,
} from './options.ts';
import type { RunOptions } from './run.ts';
import { ignoreGoneReaders, type Terminal, write } from './terminal.ts';

/** @returns the exit status (SURFACE §2); never throws */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let status: number = EXIT.ok;
  ignoreGoneReaders(terminal);
  const program = createProgram(terminal, (exit) => {
    status = exit;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return explainFailure(error, terminal);
  }
}

async function explainFailure(error: unknown, terminal: Terminal): Promise<number> {
  const { complain } = await import('./complaint.ts');
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongInput;
  if (isUserError(error)) {
    await complain(error.message, terminal);
    return EXIT.wrongInput;
  }
  const complaint = complaintOf(error);
  if (complaint !== undefined) {
    await complain(`${complaint.message}\n  ${complaint.hint}`, terminal);
    return EXIT.wrongInput;
  }
  const trace = error instanceof Error ? error.stack : String(error);
  await write(terminal.stderr, `This is a bug in tracegap ${VERSION}. Please report it with what follows.\n${trace}\n`);
  return EXIT.bug;
}

/** Every command and option; `exit` is told the exit status. */
export function createProgram(terminal: Terminal, exit: (status: number) => void): Command {
  const program = new Command('tracegap')
    .description('Finds the hop where trace context gets lost, names who lost it, and shows the proof.')
    .version(VERSION)
    .exitOverride()
    .configureHelp({ optionDescription: (option) => withoutEmptyDefault(new Help().optionDescription(option)) })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showSuggestionAfterError();
  addRuns(program, terminal, exit);
  addOffline(program, terminal, exit);
  return program;
}

/** That nothing is given unless it is given need not be said. */
function withoutEmptyDefault(description: string): string {
  return description.replace(/ \(default: (?:\[\]|false)\)$/, '');
}

function addRuns(program: Command, terminal: Terminal, exit: (status: number) => void): void {
  const audit = withBaselineOption(withSelection(withOutputOptions(program.command('audit [topology]'))));
  withWait(withTraces(withExtraProbes(audit)))
    .description('probe, collect, judge, report; the exit status is the gate')
    .optionsGroup(OUTPUT)
    .option('-e, --evidence <file>', 'save the evidence')
    .addOption(failOnOption().default('inconclusive'))
    .option('-q, --quiet', 'no progress on stderr', false)
    .action(async (topology: string | undefined, options: Record<string, unknown>) => {
      const { runAudit } = await import('./run.ts');
      exit(await runAudit(topology ?? DEFAULT_TOPOLOGY, toRunOptions(options), terminal));
    });
  withWait(withTraces(withExtraProbes(withSelection(program.command('collect [topology]')))))
    .description('only gather the evidence')
    .optionsGroup(OUTPUT)
    .requiredOption('-e, --evidence <file>', 'where to save it')
    .addOption(failOnOption().default('inconclusive'))
    .option('-q, --quiet', 'no progress on stderr', false)
    .action(async (topology: string | undefined, options: Record<string, unknown>) => {
      const { runCollect } = await import('./run.ts');
      exit(await runCollect(topology ?? DEFAULT_TOPOLOGY, toRunOptions(options), terminal));
    });
}

function toRunOptions(options: Record<string, unknown>): RunOptions {
  const { deadline, wait, ...rest } = options;
  // Commander has checked every value by the declarations in options.ts.
  return {
    ...rest,
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
    ...(wait === undefined ? {} : { waitMs: wait }),
  } as unknown as RunOptions;
}

function addOffline(program: Command, terminal: Terminal, exit: (status: number) => void): void {
  const offline = (): Promise<typeof import('./offline.ts')> => import('./offline.ts');
  program
    .command('validate [topology]')
    .description('problems with line and column, or the hops that it declares and the variables that it needs')
    .action(async (file = DEFAULT_TOPOLOGY) => exit(await (await offline()).runValidate(file, terminal)));
  withExtraProbes(withSelection(program.command('plan [topology]')))
    .description('every byte that an audit would send, every tap it would open; sends nothing')
    .action(async (file = DEFAULT_TOPOLOGY, options) =>
      exit(await (await offline()).runPlan(file, toRunOptions(options), terminal)),
    );
  withBaselineOption(withOutputOptions(program.command('judge <evidence>')))
    .description('judge saved evidence: the same report, offline')
    .addOption(failOnOption())
    .action(async (file, options) => exit(await (await offline()).runJudge(file, options, terminal)));
  withOutputOptions(program.command('render <report>'))
    .description('render a saved report in another format')
    .action(async (file, options) => exit(await (await offline()).runRender(file, options, terminal)));
  program
    .command('diff <old> <new>')
    .description('two saved reports: what broke, what was mended; exit 1 where something newly broke')
    .option('--format <name>', 'table, json or markdown', 'table')
    .option('--no-color', 'no colours')
    .action(async (old, latest, options) => exit(await (await offline()).runDiff([old, latest], options, terminal)));
  program
    .command('explain [cause]')
    .description('what a cause means, how it was proved, how to mend it; without a name, lists them')
    .action(async (cause) => exit(await (await offline()).runExplain(cause, terminal)));
  program
    .command('schema <name>')
    .description('print a JSON Schema: topology, evidence or report')
    .action(async (name) => exit(await (await offline()).runSchema(name, terminal)));
}
