// What a hop costs as the topology grows from 10 to 10,000 of them: reading the file, deciding while spans come in, and
// judging what was gathered. Linear is a cost a hop that stays what it is. Needs dist/: npm run build && node bench/hops.mjs

import process from 'node:process';
import { createSettling } from '../dist/engine/settle.js';
import { createObservation, observeProbe, observeSpan } from '../dist/evidence/observe.js';
import { judgeEvidence } from '../dist/judge/judge-evidence.js';
import { readTopology } from '../dist/topology/read.js';
import { median } from './statistics.mjs';

const SIZES = [10, 100, 1000, 10_000];
const ROUNDS = 3;
const CALLS = 10;
const callerOf = (number) => Math.floor((number - 1) / CALLS);
const START = 1_790_000_000_000;
const TRACE = 'a'.repeat(32);
const PROBE = 'c0ffee12-aaaa-4bbb-8ccc-000000000001';

console.log(
  `${'hops'.padStart(8)}${'read'.padStart(14)}${'decide'.padStart(14)}${'judge'.padStart(14)}   ms of processor time (µs a hop)`,
);
for (const size of SIZES) {
  const rounds = Array.from({ length: ROUNDS }, () => measure(size));
  const cells = ['read', 'decide', 'judge'].map((stage) => {
    const ms = median(rounds.map((round) => round[stage]));
    return `${ms.toFixed(0)} (${((ms * 1000) / size).toFixed(0)})`.padStart(14);
  });
  console.log(`${String(size).padStart(8)}${cells.join('')}`);
}

function measure(size) {
  const { topology, ms: read } = timed('topology', () => topologyOf(size));
  const evidence = evidenceOf(topology.record, size);
  const { decided, ms: decide } = timed('decided', () => decideAll(topology.record, evidence));
  const { report, ms: judge } = timed('report', () => judgeEvidence(evidence));
  if (decided !== size || report.summary.intact !== size) {
    throw new Error(`${decided} decided, ${report.summary.intact} intact of ${size}`);
  }
  return { read, decide, judge };
}

function timed(name, run) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { [name]: result, ms: (user + system) / 1000 };
}

/** A tree: every service calls ten others. */

function topologyOf(size) {
  const numbers = Array.from({ length: size - 1 }, (_, index) => index + 1);
  const text = JSON.stringify(
    {
      version: 1,
      nodes: { s0: { url: 'http://s0:1' }, ...Object.fromEntries(numbers.map((number) => [`s${number}`, {}])) },
      flows: {
        f: {
          send: { http: { path: '/?id=$' + '{probe.id}' } },
          through: ['s0', ...numbers.map((number) => `s${callerOf(number)} -> s${number}`)],
        },
      },
    },
    null,
    1,
  );
  const { topology, problems } = readTopology(text, { file: 'tracegap.yaml', env: {}, sha256: '0'.repeat(64) });
  if (topology === undefined) throw new Error(JSON.stringify(problems.slice(0, 3)));
  return topology;
}

function evidenceOf(record, size) {
  const at = (ms) => String(BigInt(START + ms) * 1_000_000n);
  const span = (service, kind, id, parent) => ({
    traceId: TRACE,
    spanId: id,
    parentSpanId: parent,
    links: [],
    kind,
    name: 'GET',
    start: at(1),
    end: at(2),
    service,
    resource: {},
    attributes: {},
    tie: [],
    receivedAt: START + 2,
    sources: ['otlp'],
  });
  const id = (prefix, number) => `${prefix}${String(number).padStart(15, '0')}`;
  const calls = Array.from({ length: size - 1 }, (_, index) => {
    const number = index + 1;
    const caller = callerOf(number);
    return [
      span(`s${caller}`, 'client', id('2', number), id('1', caller)),
      span(`s${number}`, 'server', id('1', number), id('2', number)),
    ];
  });
  const context = [{ name: 'traceparent', value: `00-${TRACE}-${'b'.repeat(16)}-01` }];
  return {
    version: 1,
    tool: { name: 'tracegap', version: '0.0.0' },
    run: { id: PROBE.slice(0, 8), startedAt: new Date(START).toISOString(), durationMs: 10 },
    options: { failOn: 'inconclusive' },
    topology: record,
    probes: [
      {
        id: PROBE,
        flow: 'f',
        number: 1,
        index: 0,
        purpose: 'main',
        traceId: TRACE,
        spanId: 'b'.repeat(16),
        start: at(0),
        end: at(5),
        status: '200',
        sent: { to: 's0', transport: 'http', target: 'GET /', context },
      },
    ],
    spans: [span('s0', 'server', id('1', 0), 'b'.repeat(16)), ...calls.flat()],
    wire: [],
    sight: [{ part: 'source', name: 'otlp', from: START, until: START + 10, gaps: [], dropped: 0 }],
    waits: [],
    problems: [],
  };
}

/** Spans come in batches of 500, and what they touch is looked at after each. */
function decideAll(record, { probes: [probe], spans }) {
  const ties = createObservation(record);
  const world = { evidence: { sight: [], problems: [], topology: record }, undeclared: new Set() };
  const settling = createSettling(ties, world, () => START, { delayMs: 0, onTie: () => {} });
  observeProbe(ties, probe);
  settling.expect(probe, record.hops);
  const decided = new Set();
  const look = () => {
    for (const { hop } of settling.look()) decided.add(hop.id);
  };
  for (const [number, span] of spans.entries()) {
    const indexed = observeSpan(ties, structuredClone(span));
    if (indexed !== undefined) settling.spanCame(indexed);
    if (number % 500 === 0) look();
  }
  look();
  return decided.size;
}
