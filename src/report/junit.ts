/** For the test tab of a pipeline: one test case a hop (Jenkins's junit-10.xsd, and what GitLab reads of it). */
import { XMLBuilder } from 'fast-xml-parser';
import type { HopReport, Report } from '../model/report.ts';
import type { Format } from './format.ts';
import { isSkipped } from './table/verdict-mark.ts';
import { causeWords, detailLines, pathWords, safe, titleOf, waiverWords } from './words.ts';

type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

/** Attributes begin with `@`. */
type Element = Record<string, unknown>;

/** What XML 1.0 §2.2 has no place for, beside the control characters that are spelled out. */
const NOT_XML = /[\ufffe\uffff]/g;

export const junit: Format = {
  name: 'junit',
  render(report) {
    const builder = new XMLBuilder({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      format: true,
      suppressEmptyNode: true,
      suppressBooleanAttributes: false,
    });
    const flows = Object.keys(report.topology.flows).filter((flow) => report.hops.some((hop) => hop.flow === flow));
    const document = {
      '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
      testsuites: {
        '@name': `tracegap ${safe(report.topology.name)}`,
        ...countsOf(report.hops),
        '@time': seconds(report.run.durationMs),
        testsuite: flows.map((flow) => suiteOf(report, flow)),
      },
    };
    return `${builder.build(document).replace(NOT_XML, '\ufffd').trimEnd()}\n`;
  },
};

function suiteOf(report: Report, flow: string): Element {
  const hops = report.hops.filter((hop) => hop.flow === flow);
  const { topology, run, tool } = report;
  const probes = report.probes.filter((probe) => probe.flow === flow && probe.purpose === undefined);
  const properties = {
    'tracegap.version': tool.version,
    'tracegap.run': run.id,
    'tracegap.topology.sha256': topology.sha256,
    'tracegap.summary': titleOf(report).title,
    ...Object.fromEntries(probes.slice(0, 1).map(({ traceId }) => ['tracegap.trace', traceId])),
  };
  return {
    '@name': safe(flow),
    ...countsOf(hops),
    '@skipped': count(hops, 'skipped'),
    '@time': seconds(Math.max(0, ...hops.map(({ waited }) => waited.ms))),
    '@timestamp': run.startedAt.replace(/(?:\.\d+)?Z$/, ''),
    '@file': safe(topology.file),
    properties: {
      property: Object.entries(properties).map(([name, value]) => ({ '@name': name, '@value': safe(value) })),
    },
    testcase: hops.map((hop) => caseOf(report, hop)),
  };
}

function caseOf(report: Report, hop: HopReport): Element {
  const outcome = outcomeOf(hop);
  const text = hop.findings.map((finding) => {
    const place = `${pathWords(hop)} (${safe(report.topology.file)}:${hop.at.line})`;
    const head = `${causeWords(finding)}: ${safe(finding.message)}`;
    return [head, place, ...detailLines(report, hop, finding)].join('\n');
  });
  const body = text.join('\n\n');
  return {
    // GitLab keeps the first of several cases of one name, and shows the class name as the suite.
    '@name': safe(hop.id.startsWith(`${hop.flow}: `) ? hop.id.slice(hop.flow.length + 2) : hop.id),
    '@classname': safe(`${report.topology.name}.${hop.flow}`),
    '@time': seconds(hop.waited.ms),
    ...(outcome === 'passed' ? {} : { [outcome]: resultOf(hop, body) }),
    ...(outcome === 'passed' && body !== '' ? { 'system-out': body } : {}),
  };
}

function resultOf(hop: HopReport, body: string): Element {
  const [first] = hop.findings;
  const said = first === undefined ? hop.verdict : `${causeWords(first)}: ${safe(first.message)}`;
  return {
    '@type': first?.cause ?? hop.verdict,
    '@message': `${acceptance(hop)}${said}`,
    ...(body === '' ? {} : { '#text': body }),
  };
}

function acceptance(hop: HopReport): string {
  if (hop.waived) return hop.waiver === undefined ? 'waived: ' : `waived (${waiverWords(hop.waiver)}): `;
  return hop.known === true ? 'known from the baseline: ' : '';
}

/** As the exit status has it: what could not be judged fails a run too, and what is accepted does not. */
function outcomeOf(hop: HopReport): Outcome {
  switch (hop.verdict) {
    case 'broken':
      return hop.waived || hop.known === true ? 'skipped' : 'failure';
    case 'inconclusive':
    case 'unexercised':
      return isSkipped(hop) || hop.known === true ? 'skipped' : 'error';
    case 'degraded':
    case 'linked':
    case 'intact':
      return 'passed';
  }
}

function countsOf(hops: readonly HopReport[]): Element {
  return { '@tests': hops.length, '@failures': count(hops, 'failure'), '@errors': count(hops, 'error') };
}

function count(hops: readonly HopReport[], outcome: Outcome): number {
  return hops.filter((hop) => outcomeOf(hop) === outcome).length;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
