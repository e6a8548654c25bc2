/** What a run sends: the main probes of its flows, and those that are sent beside them. */

import { observeEvidence } from '../evidence/observe.ts';
import { createHopJudge } from '../judge/judge-hop.ts';
import type { ProbeRecord } from '../model/evidence.ts';
import { isolatedHop } from '../model/isolation.ts';
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { conformanceProbes } from './conformance.ts';
import { gathered, givenProbe, newIds, type Run, wantedHops } from './run.ts';
import { type Outgoing, type SendSettings, sendFlow, sendInTurn } from './send.ts';

/** Begins to send the main probes of every flow that was asked for. */
export function sendFlows(run: Run): void {
  const wanted = wantedHops(run);
  for (const flow of flowsOf(wanted)) {
    for (const [index, traceId] of (run.options.traces?.[flow] ?? []).entries()) {
      expectProbe(run, givenProbe(run, flow, index, traceId), wantedOf(wanted, flow));
    }
    track(run, sendMain(run, flow, wanted));
  }
  run.last.push(sendForWhole, sendCases);
}

/**
 * Begins to send what waits until nothing else is waited for.
 * @returns whether there was something
 */
export function sendLast(run: Run): boolean {
  for (let send = run.last.shift(); send !== undefined; send = run.last.shift()) if (send(run)) return true;
  return false;
}

/** Isolation probes for hops that only the whole of the evidence shows to be broken: what is tied by time alone. */
function sendForWhole(run: Run): boolean {
  if (Object.keys(run.topology.isolation).length === 0) return false;
  const known = gathered(run);
  const world = { sight: [], problems: [], topology: known.topology };
  const judge = createHopJudge({ ties: observeEvidence(known), evidence: world, undeclared: new Set() });
  const wanted = wantedHops(run);
  const asked = known.probes
    .filter(({ purpose }) => purpose === 'main')
    .flatMap((probe) => wanted.filter(({ flow }) => flow === probe.flow).map((hop) => ({ hop, probe })))
    .flatMap(({ hop, probe }) => run.isolation({ hop, probe, result: judge(hop, probe), decided: false }));
  for (const outgoing of asked) sendBeside(run, outgoing);
  return asked.length > 0;
}

/** The cases of the specification. What is odd on purpose must not stand beside the main probes. */
function sendCases(run: Run): boolean {
  if (run.options.conformance !== true) return false;
  const asked = new Set<string>();
  const lists = flowsOf(wantedHops(run)).flatMap((flow) => conformanceProbes(run.topology, flow, asked));
  for (const probes of lists) track(run, sendExtra(run, probes));
  return lists.length > 0;
}

/** Has one probe sent beside the main ones, after those before it: what comes of two at once could not be told apart. */
export function sendBeside(run: Run, outgoing: Outgoing): void {
  const sending = run.beside.then(() => sendExtra(run, [outgoing]));
  run.beside = sending.catch(() => undefined);
  track(run, sending);
}

function flowsOf(hops: readonly Hop[]): string[] {
  return [...new Set(hops.map(({ flow }) => flow))];
}

/** Lets the run go on while something is being sent. A bug in it ends the run. */
function track(run: Run, sending: Promise<void>): void {
  const tracked = sending
    .catch((error: unknown) => {
      run.bug ??= error;
    })
    .finally(() => {
      run.sending.delete(tracked);
      run.arrivals.came();
    });
  run.sending.add(tracked);
}

function wantedOf(wanted: Hop[], flow: string): Hop[] {
  return wanted.filter((hop) => hop.flow === flow);
}

async function sendMain(run: Run, flow: string, wanted: Hop[]): Promise<void> {
  const { instruments, topology } = run;
  const hops = wantedOf(wanted, flow);
  await sendFlow(
    instruments,
    sendSettings(run, () => hops),
    flow,
  );
  const config = topology.flows[flow];
  const first = hops.find(({ from }) => from === 'probe');
  if (config?.control !== true || first === undefined) return;
  const why = 'to see what is done with a request that carries no context';
  const about = { hop: first.id, node: pathOf(first)[0] ?? first.to, why };
  await sendExtra(run, [{ flow, purpose: 'control', about, send: config.send, headers: () => [] }]);
}

/** Sends probes beside the main ones, and waits for what they show of the hop that each is about. */
function sendExtra(run: Run, probes: Outgoing[]): Promise<void> {
  const settings = sendSettings(run, (probe) => {
    const hop = run.topology.record.hops.find(({ id }) => id === probe.about?.hop);
    return hop === undefined ? [] : [isolatedHop(hop, probe)];
  });
  return sendInTurn(run.instruments, settings, probes);
}

/** How old a trace that something else began may be for a store to be searched for what it lost, ms. */
const LONGEST_BEFORE_MS = 3_600_000;

/** Makes a probe known, and begins to wait for what comes of it. */
function expectProbe(run: Run, probe: ProbeRecord, hops: Hop[]): void {
  run.traceIds.add(probe.traceId);
  run.sent.last = run.instruments.clock.ms();
  run.sent.first ??= run.sent.last - (probe.given === true ? LONGEST_BEFORE_MS : 0);
  run.sent.taken ||= probe.given === true;
  run.store.addProbe(probe);
  run.settling.expect(probe, hops);
  run.arrivals.came();
}

function sendSettings(run: Run, hopsOf: (probe: ProbeRecord) => Hop[]): SendSettings {
  const { topology, environment, signal, settling, arrivals } = run;
  return {
    topology,
    environment,
    signal,
    pace: run.pace,
    onBegin: (leftover) => {
      run.leftovers.push(leftover);
    },
    newIds: (index) => newIds(run, index),
    onStart: (probe) => {
      expectProbe(run, probe, hopsOf(probe));
      run.onProgress({ kind: 'sent', probe });
    },
    onEnd: (probe) => {
      run.sent.taken ||= probe.error === undefined;
      run.store.probeSent(probe);
      settling.probeChanged(probe);
      arrivals.came();
    },
  };
}
