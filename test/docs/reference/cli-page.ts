/** The command line as Markdown, from commander's own objects. */
import process from 'node:process';
import { createProgram } from '../../../src/cli/main.ts';
import { EXIT } from '../../../src/model/exit.ts';

type Command = ReturnType<typeof createProgram>;
type Option = Command['options'][number];

export function cliPage(): string {
  const program = createProgram(process, () => undefined);
  const commands = visible(program);
  return `# Reference: the command line

${program.description()}

stdout holds the chosen format and nothing else; progress, notes and errors go to stderr. \`NO_COLOR\`, \`FORCE_COLOR\` and \`CI\` are
honoured. The topology is \`tracegap.yaml\` unless named.

| command | what it does |
| --- | --- |
${commands.map((command) => `| [\`${program.name()} ${usage(command)}\`](#${program.name()}-${command.name()}) | ${command.description()} |`).join('\n')}

Exit statuses: ${exitList()}. When each is given: [exit statuses](../exit-statuses.md).

${commands.map((command) => section(program, command)).join('\n')}`;
}

function visible(program: Command): Command[] {
  const help = program.createHelp();
  return help.visibleCommands(program).filter((command) => command.name() !== 'help') as Command[];
}

function usage(command: Command): string {
  const given = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
  return [command.name(), ...given].join(' ');
}

function section(program: Command, command: Command): string {
  const options = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help');
  const head = `## ${program.name()} ${command.name()}\n\n\`${program.name()} ${usage(command)}\`: ${command.description()}.\n`;
  if (options.length === 0) return head;
  const rows = options.map(
    (option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${defaultOf(option)} | ${meaningOf(option)} |`,
  );
  return [head, '| option | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function defaultOf({ defaultValue, mandatory }: Option): string {
  if (mandatory) return 'required';
  const isNone = defaultValue === undefined || typeof defaultValue === 'boolean';
  return isNone || (Array.isArray(defaultValue) && defaultValue.length === 0) ? '' : `\`${String(defaultValue)}\``;
}

function meaningOf({ description, argChoices }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`;
  return `${description}${choices}`.replaceAll('|', '\\|');
}

const WORDS: Record<string, string> = { wrongInput: 'wrong input' };

function exitList(): string {
  return Object.entries(EXIT)
    .map(([name, status]) => `${status} ${WORDS[name] ?? name}`)
    .join(', ');
}
