/** What a run sends: the main probes of its flows, and those that are sent beside them. */

import { tieSent } from '../evidence/ties.ts';
import type { ProbeRecord } from '../model/evidence.ts';
import { isolatedHop } from '../model/isolation.ts';
import { pathOf } from '../model/path.ts';
import type { Hop } from '../model/topology.ts';
import { conformanceProbes } from './conformance.ts';
import { newIds, type Run, wantedHops } from './run.ts';
import { type Outgoing, type SendSettings, sendFlow, sendInTurn } from './send.ts';

/** Begins to send the main probes of every flow that was asked for. */
export function sendFlows(run: Run): void {
  const wanted = wantedHops(run);
  for (const flow of flowsOf(wanted)) track(run, sendMain(run, flow, wanted));
}

/**
 * Begins to send the cases of the specification, if they were asked for and were not sent yet.
 * @returns whether it did
 */
export function sendCases(run: Run): boolean {
  if (run.options.conformance !== true || run.casesSent) return false;
  run.casesSent = true;
  const asked = new Set<string>();
  const lists = flowsOf(wantedHops(run)).flatMap((flow) => conformanceProbes(run.topology, flow, asked));
  for (const probes of lists) track(run, sendExtra(run, probes));
  return lists.length > 0;
}

/** Begins to send one probe beside the main ones. */
export function sendBeside(run: Run, outgoing: Outgoing): void {
  track(run, sendExtra(run, [outgoing]));
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

async function sendMain(run: Run, flow: string, wanted: Hop[]): Promise<void> {
  const { instruments, topology } = run;
  const hops = wanted.filter((hop) => hop.flow === flow);
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

function sendSettings(run: Run, hopsOf: (probe: ProbeRecord) => Hop[]): SendSettings {
  const { topology, environment, signal, settling, arrivals } = run;
  return {
    topology,
    environment,
    signal,
    newIds: (index) => newIds(run, index),
    onStart: (probe) => {
      run.traceIds.add(probe.traceId);
      run.store.addProbe(probe);
      settling.expect(probe, hopsOf(probe));
      run.onProgress({ kind: 'sent', probe });
      arrivals.came();
    },
    onEnd: (probe) => {
      tieSent(run.ties, probe);
      settling.probeChanged(probe);
      arrivals.came();
    },
  };
}
