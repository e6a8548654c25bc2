/** A report in which every text that comes from outside tries to mean something in the format that it is put into. */
import type { Report } from '../../src/model/report.ts';
import { finding, record, shop, span, wire } from './sample.ts';

/** What ends a string, a cell, a command, an element or a chart somewhere, and characters that cannot be seen. */
export const HOSTILE =
  'a"b\'c\\d\n::error::e|f<g>&h%25%0A`i```j]]>k{{l}}m#n;o$p*q_r[s](t)~u @everyone https://x.test %%{init: {}}%% \u0000\u001b[31m\u202e\ud800\ufffe 🚀 "; } digraph x {';

export function hostile(): Report {
  const nodes = [HOSTILE, `${HOSTILE} 2`];
  const bad = finding('not-injected', HOSTILE, {
    message: HOSTILE,
    alternatives: ['stripped'],
    suspects: nodes,
    follows: { what: HOSTILE, value: HOSTILE },
    fingerprint: HOSTILE,
    proof: [
      wire(HOSTILE, [{ name: HOSTILE, value: HOSTILE }], HOSTILE),
      record([{ name: 'traceparent', value: HOSTILE }]),
      span(HOSTILE, HOSTILE, { spanId: '1f00d5c2b4a69788' }),
    ],
  });
  const report = shop({
    only: ['checkout -> pricing'],
    hops: {
      'checkout -> pricing': { findings: [bad], waiver: { state: 'ended', reason: HOSTILE, until: '2026-11-20' } },
    },
    undeclared: [{ service: HOSTILE, spans: 1, nearest: HOSTILE }],
    problems: [{ part: 'tap', name: HOSTILE, flows: [HOSTILE], message: HOSTILE, hint: HOSTILE }],
    notes: [{ about: 'waiver', hop: HOSTILE, message: HOSTILE, hint: HOSTILE }],
    baseline: { file: HOSTILE, run: HOSTILE, known: 0, new: 1, mended: [HOSTILE] },
  });
  const [from = '', to = ''] = nodes;
  return {
    ...report,
    topology: {
      ...report.topology,
      name: HOSTILE,
      file: HOSTILE,
      nodes: { [from]: { kind: 'service' }, [to]: { kind: 'external' } },
      flows: { [HOSTILE]: { chains: [nodes] } },
    },
    run: { ...report.run, id: HOSTILE },
    probes: report.probes.map((probe) => ({ ...probe, flow: HOSTILE })),
    hops: report.hops.map((hop) => ({ ...hop, id: `${HOSTILE}: x`, flow: HOSTILE, from, to, via: [] })),
  };
}

/** A report without a hop. */
export function empty(): Report {
  return { ...shop({ only: [] }), probes: [] };
}
