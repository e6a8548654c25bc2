/** For node_exporter's textfile collector: gauges in the Prometheus text exposition format 0.0.4. */
import type { HopReport, Report } from '../model/report.ts';
import { VERDICTS } from '../model/report.ts';
import { msOfTime } from '../model/time.ts';
import type { Format } from './format.ts';
import { safe } from './words.ts';

type Labels = Record<string, string>;
type Sample = [labels: Labels, value: number];

interface Metric {
  name: string;
  help: string;
  samples: Sample[];
}

export const prometheus: Format = {
  name: 'prometheus',
  render: (report) =>
    [...ofRun(report), ...ofHops(report)]
      .filter(({ samples }) => samples.length > 0)
      .map(written)
      .join(''),
};

function ofRun({ tool, topology, run, summary, hops, problems }: Report): Metric[] {
  const labels = { topology: topology.name };
  const byVerdict = VERDICTS.map((verdict): Sample => [{ ...labels, verdict }, summary[verdict]]);
  const parts = ['source', 'tap', 'probe', 'forward'] as const;
  const baseline = summary.baseline;
  return [
    gauge('tracegap_build_info', 'The tracegap that made this; always 1.', [[{ ...labels, version: tool.version }, 1]]),
    gauge('tracegap_run_start_timestamp_seconds', 'When the audit began, in seconds since the epoch.', [
      [labels, msOfTime(run.startedAt) / 1000],
    ]),
    gauge('tracegap_run_duration_seconds', 'How long the audit took.', [[labels, run.durationMs / 1000]]),
    gauge('tracegap_exit_status', 'The exit status of the audit: 0 passed, 1 broken, 3 undecided.', [
      [labels, summary.exit],
    ]),
    gauge('tracegap_faults', 'Distinct faults among the broken hops that are not waived.', [[labels, summary.faults]]),
    gauge('tracegap_hops', 'Hops by verdict, without the waived ones.', byVerdict),
    gauge('tracegap_hops_waived', 'Broken hops that a waiver covers.', [[labels, summary.waived]]),
    gauge(
      'tracegap_hops_known',
      'Hops that are as bad as in the baseline.',
      baseline === undefined ? [] : [[labels, hops.filter(({ known }) => known === true).length]],
    ),
    gauge(
      'tracegap_problems',
      'What was in the way of the audit, by the part that it befell.',
      parts.map((part): Sample => [{ ...labels, part }, problems.filter((each) => each.part === part).length]),
    ),
  ];
}

function ofHops({ topology, hops }: Report): Metric[] {
  const labels = (hop: HopReport): Labels => ({
    topology: topology.name,
    flow: hop.flow,
    hop: hop.id,
    from: hop.from,
    to: hop.to,
  });
  const each = (value: (hop: HopReport) => number | undefined): Sample[] =>
    hops.flatMap((hop): Sample[] => {
      const found = value(hop);
      return found === undefined ? [] : [[labels(hop), found]];
    });
  return [
    gauge(
      'tracegap_hop_verdict',
      'The verdict of each hop: 1 for the one that it has, 0 for the others.',
      hops.flatMap((hop) =>
        VERDICTS.map((verdict): Sample => [{ ...labels(hop), verdict }, hop.verdict === verdict ? 1 : 0]),
      ),
    ),
    gauge(
      'tracegap_hop_waived',
      'Whether a waiver covers the broken hop.',
      each(({ waived }) => (waived ? 1 : 0)),
    ),
    gauge(
      'tracegap_hop_waited_seconds',
      'How long was waited for the hop.',
      each(({ waited }) => waited.ms / 1000),
    ),
    gauge(
      'tracegap_hop_loss_ratio',
      'Share of the probes that lost context on the hop.',
      each(({ loss }) => loss?.rate),
    ),
    gauge('tracegap_finding_info', 'Each finding of a hop; always 1.', findingsOf(hops, labels)),
  ];
}

/** Findings that differ in nothing that a label says are one series. */
function findingsOf(hops: readonly HopReport[], labels: (hop: HopReport) => Labels): Sample[] {
  const samples = new Map<string, Sample>();
  for (const hop of hops) {
    for (const { cause, severity, culprit, certainty = '' } of hop.findings) {
      const all = { ...labels(hop), cause, severity, culprit: culprit ?? '', certainty };
      samples.set(JSON.stringify(all), [all, 1]);
    }
  }
  return [...samples.values()];
}

function gauge(name: string, help: string, samples: Sample[]): Metric {
  return { name, help, samples };
}

function written({ name, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => {
    const list = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}{${list.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function escaped(value: string): string {
  return safe(value).replace(/[\\"]/g, '\\$&');
}
