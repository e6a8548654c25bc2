/** Applies what the command line says of flows, hops, repeats and deadlines to the topology. */
import { closest } from 'fastest-levenshtein';
import type { EvidenceOptions } from '../model/evidence.ts';
import type { Topology } from '../model/topology.ts';
import { meansHop } from '../topology/policies.ts';
import { userError } from './user-error.ts';

export interface Selection {
  flow: string[];
  hop: string[];
  repeat?: number;
  concurrency?: number;
  deadlineMs?: number;
}

/** The topology with the command line laid over it. */
export function override(topology: Topology, { repeat, concurrency, deadlineMs }: Selection): Topology {
  const flows = Object.fromEntries(
    Object.entries(topology.flows).map(([name, flow]) => [
      name,
      { ...flow, repeat: repeat ?? flow.repeat, concurrency: concurrency ?? flow.concurrency },
    ]),
  );
  const hops = topology.record.hops.map((hop) => ({
    ...hop,
    policy: { ...hop.policy, deadlineMs: deadlineMs ?? hop.policy.deadlineMs },
  }));
  return { ...topology, flows, record: { ...topology.record, hops } };
}

/** Ids of what is to be judged; @throws a user error for a name or selector that means nothing */
export function selected({ record }: Topology, selection: Selection): Pick<EvidenceOptions, 'flows' | 'hops'> {
  const names = Object.keys(record.flows);
  for (const flow of selection.flow) {
    if (!names.includes(flow)) throw userError(`there is no flow "${flow}"; did you mean ${closest(flow, names)}?`);
  }
  const hops = selection.hop.flatMap((selector) => {
    const found = record.hops.filter((hop) => meansHop(selector, hop));
    if (found.length === 0) {
      const known = record.hops.map(({ id }) => `  ${id}`).join('\n');
      throw userError(`--hop "${selector}" means no hop. The hops are:\n${known}`);
    }
    return found.map(({ id }) => id);
  });
  return {
    ...(selection.flow.length === 0 ? {} : { flows: selection.flow }),
    ...(selection.hop.length === 0 ? {} : { hops: [...new Set(hops)] }),
  };
}
