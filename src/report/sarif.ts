/** SARIF 2.1.0, for code scanning: a result a finding, at the hop's line in the topology file. */
import type { Cause, Finding, HopReport, Report, Severity } from '../model/report.ts';
import { CAUSES } from '../model/report.ts';
import { msOfTime, timeOfMs } from '../model/time.ts';
import { ADVICE } from './advice.ts';
import type { Format } from './format.ts';
import { MEANING } from './meaning.ts';
import { isSkipped } from './table/verdict-mark.ts';
import { fileUri } from './topology-file.ts';
import { causeWords, detailLines, pathWords, safe, waiverWords } from './words.ts';

const LEVELS: Record<Severity, string> = {
  broken: 'error',
  inconclusive: 'warning',
  unexercised: 'warning',
  degraded: 'note',
};

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** Where a relative name begins, which only the place that shows the report knows. */
const ROOT = '%SRCROOT%';

export const sarif: Format = {
  name: 'sarif',
  render: (report) => `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [runOf(report)] }, null, 2)}\n`,
};

function runOf(report: Report): unknown {
  const found = report.hops
    .filter((hop) => !isSkipped(hop))
    .flatMap((hop) => hop.findings.map((finding) => ({ hop, finding })));
  const causes = (Object.keys(CAUSES) as Cause[]).filter((cause) =>
    found.some(({ finding }) => finding.cause === cause),
  );
  return {
    tool: {
      driver: {
        name: report.tool.name,
        version: report.tool.version,
        semanticVersion: report.tool.version,
        rules: causes.map(ruleOf),
      },
    },
    automationDetails: { id: `tracegap/${safe(report.topology.name)}/${safe(report.run.id)}` },
    invocations: [invocationOf(report)],
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
    artifacts: [{ location: locationOf(report), hashes: { 'sha-256': report.topology.sha256 } }],
    columnKind: 'utf16CodeUnits',
    results: found.map(({ hop, finding }) => resultOf(report, hop, finding, causes)),
  };
}

function ruleOf(cause: Cause): unknown {
  const help = `${ADVICE[cause]} \`tracegap explain ${cause}\` tells it for each technology.`;
  return {
    id: cause,
    // A validator asks that it differs from the id in more than its case.
    name: `-${cause}`.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^/, 'TraceContext'),
    shortDescription: { text: MEANING[cause] },
    fullDescription: { text: MEANING[cause] },
    help: { text: help.replaceAll('`', "'"), markdown: help },
    defaultConfiguration: { level: LEVELS[CAUSES[cause]] },
    properties: { tags: ['tracing', 'context-propagation'], severity: CAUSES[cause] },
  };
}

function invocationOf({ run, summary, problems, notes = [] }: Report): unknown {
  const said = [
    ...problems.map(({ part, name, message, hint }) => ({
      level: 'warning',
      text: `${part} ${name}: ${message}. ${hint}`,
    })),
    ...notes.map(({ message, hint }) => ({ level: 'note', text: `${message}. ${hint}` })),
  ];
  return {
    executionSuccessful: true,
    exitCode: summary.exit,
    startTimeUtc: run.startedAt,
    endTimeUtc: timeOfMs(msOfTime(run.startedAt) + run.durationMs),
    toolExecutionNotifications: said.map(({ level, text }) => ({ level, message: { text: safe(text) } })),
  };
}

function resultOf(report: Report, hop: HopReport, finding: Finding, rules: readonly Cause[]): unknown {
  const lines = [`${causeWords(finding)}: ${safe(finding.message)}.`, ...detailLines(report, hop, finding)];
  return {
    ruleId: finding.cause,
    ruleIndex: rules.indexOf(finding.cause),
    level: LEVELS[finding.severity],
    message: { text: lines.join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { ...locationOf(report), index: 0 },
          region: { startLine: hop.at.line, startColumn: hop.at.column },
        },
        logicalLocations: [{ name: pathWords(hop), fullyQualifiedName: safe(hop.id), kind: 'hop' }],
      },
    ],
    partialFingerprints: { 'tracegapFinding/v1': safe(finding.fingerprint) },
    ...(report.summary.baseline === undefined ? {} : { baselineState: finding.known === true ? 'unchanged' : 'new' }),
    suppressions: suppressionsOf(hop, finding),
    properties: {
      verdict: hop.verdict,
      severity: finding.severity,
      culprit: finding.culprit === null ? null : safe(finding.culprit),
      suspects: finding.suspects.map(safe),
      ...(finding.certainty === undefined ? {} : { certainty: finding.certainty }),
      count: finding.count,
    },
  };
}

/** An empty list says that none holds (§3.27.23). */
function suppressionsOf({ waived, waiver }: HopReport, { severity }: Finding): unknown[] {
  if (!waived || severity !== 'broken') return [];
  const justification = waiver === undefined ? {} : { justification: waiverWords(waiver) };
  return [{ kind: 'external', status: 'accepted', ...justification }];
}

function locationOf({ topology }: Report): { uri: string; uriBaseId?: string } {
  const uri = fileUri(topology.file);
  return uri.startsWith('file:') ? { uri } : { uri, uriBaseId: ROOT };
}
