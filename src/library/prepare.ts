/** What a run is asked for, checked against the topology before anything is opened. */
import type { CollectSettings } from '../engine/run.ts';
import type { Evidence, EvidenceOptions } from '../model/evidence.ts';
import type { Topology } from '../model/topology.ts';
import { override, type Selection, selected } from './select.ts';
import { tracesOf } from './traces.ts';
import { userError } from './user-error.ts';
import { VERSION } from './version.ts';

export interface Choice extends Selection {
  failOn: EvidenceOptions['failOn'];
  isolate: NonNullable<EvidenceOptions['isolate']>;
  conformance: boolean;
  /** `<flow>=<trace id>`, for flows that send nothing themselves. */
  trace: string[];
  /** How long entries, brokers and sources may take until they answer, ms. */
  waitMs?: number;
}

/** Evidence to look at again, and what a person calls it. */
export interface Resumed {
  evidence: Evidence;
  name: string;
}

/** @throws a user error for what means nothing in this topology */
export function prepare(
  declared: Topology,
  choice: Choice,
  env: NodeJS.ProcessEnv,
  resumed: Resumed | undefined,
): Omit<CollectSettings, 'signal' | 'onProgress'> {
  const topology = override(declared, choice);
  if (resumed !== undefined) checkResumed(resumed, topology, choice);
  const wanted = selected(topology, choice);
  const { failOn, isolate, conformance, trace } = choice;
  const traces = resumed === undefined ? tracesOf(topology, trace, wanted.flows) : {};
  return {
    topology,
    environment: environmentOf(env, topology.files),
    options: { ...(resumed?.evidence.options ?? { isolate, conformance, ...traces }), failOn, ...wanted },
    ...(resumed === undefined ? {} : { resume: resumed.evidence }),
    version: VERSION,
    ...(choice.waitMs === undefined ? {} : { waitMs: choice.waitMs }),
  };
}

/** @throws a user error where the evidence is of another topology, or more is to be sent */
function checkResumed({ evidence, name }: Resumed, { record }: Topology, { trace, repeat }: Choice): void {
  if (evidence.topology.sha256 !== record.sha256) {
    throw userError(
      `${name} was gathered with another ${record.file} (${evidence.topology.file} at ${evidence.run.startedAt}): look again with the file as it was then`,
    );
  }
  if (trace.length > 0 || repeat !== undefined)
    throw userError('--resume sends nothing: leave out --trace and --repeat');
}

/** Variables and secrets both come from the process's environment; what a file holds counts without its last newline. */
function environmentOf(env: NodeJS.ProcessEnv, files: Topology['files']) {
  return ({ kind, name }: { kind: string; name: string }): string | undefined => {
    if (kind === 'env' || kind === 'secret') return env[name];
    const content = kind === 'file' ? files[name] : undefined;
    return content === undefined
      ? undefined
      : Buffer.from(content)
          .toString('utf8')
          .replace(/\r?\n$/, '');
  };
}
