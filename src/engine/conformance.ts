/** The cases of the W3C specification as probes: to the first service of a flow, and to every one that consents. */
import type { SendConfig } from '../model/reach.ts';
import type { Topology } from '../model/topology.ts';
import { CONFORMANCE_CASES } from '../trace-context/conformance.ts';
import type { Outgoing } from './send.ts';

/**
 * One list a service, to be sent in turn: straight to it where it consents. Only over HTTP: names and spaces of other
 * carriers are theirs.
 * @param asked services that were asked already; grows
 */
export function conformanceProbes(topology: Topology, flow: string, asked: Set<string>): Outgoing[][] {
  return topology.record.hops
    .filter((hop) => hop.flow === flow)
    .flatMap(({ id, from, to }) => {
      const straight = topology.isolation[to];
      const send = straight?.transport === 'http' || from !== 'probe' ? straight : topology.flows[flow]?.send;
      if (send?.transport !== 'http' || topology.record.nodes[to]?.kind !== 'service' || asked.has(to)) return [];
      asked.add(to);
      return [casesFor(flow, id, to, send)];
    });
}

function casesFor(flow: string, hop: string, node: string, send: SendConfig): Outgoing[] {
  return CONFORMANCE_CASES.map(({ id, sent, headers }) => ({
    flow,
    purpose: 'conformance',
    about: { hop, node, why: sent, case: id },
    send,
    headers: (ids) => [...headers(ids), ['x-tracegap', 'conformance']],
  }));
}
