/** Workflow commands of GitHub Actions: an annotation a fault, at the hop's line in the topology file. */
import type { Report } from '../model/report.ts';
import { type Fault, faultsOf } from './faults.ts';
import type { Format } from './format.ts';
import { filePath } from './topology-file.ts';
import { causeWords, detailLines, placeWords, safe, titleOf } from './words.ts';

type Level = 'error' | 'warning' | 'notice';

export const github: Format = {
  name: 'github',
  render(report) {
    const faults = faultsOf(report).map((fault) => ({ fault, level: levelOf(fault) }));
    // GitHub shows the first ten of each level of a step; what was accepted comes last.
    const order: Level[] = ['error', 'warning', 'notice'];
    const sorted = faults.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
    const { title, origin } = titleOf(report);
    return [
      ...sorted.map(({ fault, level }) => annotation(report, fault, level)),
      command('notice', { title }, origin),
    ].join('');
  },
};

function annotation(report: Report, fault: Fault, level: Level): string {
  const { hop, finding } = fault.shownBy[0];
  const accepted = fault.waived ? 'waived: ' : fault.known ? 'known: ' : '';
  const message = [safe(finding.message), ...placeWords(report, fault), ...detailLines(report, hop, finding)];
  return command(
    level,
    {
      file: filePath(report.topology.file),
      line: String(hop.at.line),
      col: String(hop.at.column),
      title: `${accepted}${causeWords(finding)}: ${safe(hop.id)}`,
    },
    message.join('\n'),
  );
}

function levelOf({ severity, waived, known }: Fault): Level {
  if (waived || known) return 'notice';
  return severity === 'broken' ? 'error' : 'warning';
}

function command(name: Level, properties: Record<string, string>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escaped(value, /[%\r\n:,]/g)}`);
  return `::${name} ${list.join(',')}::${escaped(message, /[%\r\n]/g)}\n`;
}

/** `%` and what would end the command or a property, as GitHub's runner reads them back. */
function escaped(text: string, special: RegExp): string {
  return text.replace(special, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
