/** Options that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formats } from '../report/index.ts';

/** Headings of the help. */
export const OUTPUT = 'Output:';
const PROBING = 'What is probed and judged:';
const INSTEAD = 'Instead of probes:';
const GATE = 'Gate:';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `15s`, `2m`, `1h` → ms */
function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined)
    throw new InvalidArgumentError('A duration is 500ms, 15s, 2m or 1h.');
  return Number(match[1]) * unit;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('A whole number from 1 is wanted.');
  return Number(text);
}

function collectInto(value: string, before: string[]): string[] {
  return [...before, value];
}

export function withOutputOptions(command: Command): Command {
  return command
    .optionsGroup(OUTPUT)
    .option('--format <name>', `what stdout gets: ${Object.keys(formats).join(', ')}`, 'table')
    .option('-o, --output <format>=<file>', 'write a format to a file too; repeatable', collectInto, [])
    .option('--export <endpoint>', 'send the audit as a trace to an OTLP/HTTP endpoint')
    .option('--no-color', 'no colours');
}

export function withSelection(command: Command): Command {
  return command
    .optionsGroup(PROBING)
    .option('--flow <name>', 'only this flow; repeatable', collectInto, [])
    .option('--hop <selector>', 'judge only this hop, for example "checkout -> billing"; repeatable', collectInto, [])
    .option('--repeat <n>', 'probes a flow', parseCount)
    .option('--concurrency <n>', 'probes of a flow in flight together', parseCount)
    .option('--deadline <duration>', 'the longest that absence is waited for', parseDuration);
}

/** What is sent beside the main probes, to nodes that consent. */
export function withExtraProbes(command: Command): Command {
  return command
    .optionsGroup(PROBING)
    .addOption(
      new Option('--isolate <when>', 'when context is sent straight to nodes with `isolate`')
        .choices(['needed', 'all', 'none'])
        .default('needed'),
    )
    .option('--conformance', 'also send the cases of the W3C specification', false);
}

/** What stands in for probes: traces that are there already, and a run that is looked at again. */
export function withTraces(command: Command): Command {
  return command
    .optionsGroup(INSTEAD)
    .option('--trace <flow>=<trace id>', 'for a flow with `send: none`: judge this trace; repeatable', collectInto, [])
    .option('--resume <evidence>', 'send nothing: look again at what this evidence waited for');
}

/** Before anything is sent. */
export function withWait(command: Command): Command {
  return command
    .optionsGroup(PROBING)
    .option(
      '--wait <duration>',
      'the longest that entries, brokers and sources are waited for until they answer',
      parseDuration,
    );
}

export function failOnOption(): Option {
  return new Option('--fail-on <severity>', 'what makes the exit status non-zero')
    .choices(['none', 'broken', 'inconclusive', 'degraded'])
    .helpGroup(GATE);
}

export function withBaselineOption(command: Command): Command {
  const baseline = new Option(
    '--baseline <report>',
    'a saved report: what it has does not make the exit status non-zero',
  );
  return command.addOption(baseline.helpGroup(GATE));
}
