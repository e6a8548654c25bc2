/** The topology file, read: a topology, or every problem it has with line and column (SURFACE §1). */
import type { InputProblem } from '../model/problem.ts';
import type { NodeRecord, Position, Topology } from '../model/topology.ts';
import { type ReadFlow, readFlow } from './flows.ts';
import { checkHosts } from './hosts.ts';
import { readIsolation } from './isolation.ts';
import { entryOf, type Fault, type Located } from './located.ts';
import { type NamedFile, namedFiles } from './named-files.ts';
import { checkListeners, settleServices } from './node-conflicts.ts';
import { attributesOf, type ReadNode, readNode } from './nodes.ts';
import { checkPolicies, type KindOf, withPolicy } from './policies.ts';
import { type Environment, expansionOf, type Problems, problemsOf, type Reading, readingOf } from './reading.ts';
import { shapeOf } from './shape.ts';
import { readSources } from './sources.ts';
import { checkVariables } from './variables.ts';
import { readYaml } from './yaml.ts';

export interface ReadOptions {
  /** As given on the command line; stands in problems and in the evidence. */
  file: string;
  env: Environment;
  /** Of the file's bytes, hex. */
  sha256: string;
  /**
   * How bad a variable without a value is; `validate` only lists them. A name then keeps the variable as it is
   * written. Error unless said.
   */
  unset?: 'error' | 'warning';
}

export interface ReadResult {
  /** Absent where a problem is an error, and where a number or the like hangs on a variable without a value. */
  topology?: Topology;
  /** In the order of the file. */
  problems: InputProblem[];
  /** Names of the environment that must be set, in the order of the file. */
  variables: string[];
  /** The files that it names, each time that it does. */
  files: NamedFile[];
}

const VERSION = 1;

/** Tells of a file of another version; nothing else could be said of it that is sure to be true. */
function isOtherVersion(root: Located, problems: Problems): boolean {
  const version = entryOf(root, 'version')?.value;
  if (version?.kind !== 'scalar' || version.value === null || version.value === VERSION) return false;
  const { source, at } = version;
  const message = `Version ${JSON.stringify(version.value)} of the topology file is not known`;
  const hint = source === String(VERSION) ? 'Write 1 without quotes.' : `This tracegap reads version ${VERSION}.`;
  problems.add('error', { at, message, hint });
  return true;
}

/** Whether YAML itself took offence at a place; what its shape then lacks follows from that. */
function isToldOf({ line, column }: Position, faults: readonly Fault[]): boolean {
  return faults.some(({ at }) => at.line === line && at.column === column);
}

function readNodes(reading: Reading): Map<string, ReadNode> {
  const nodes = new Map<string, ReadNode>();
  for (const [name, node] of Object.entries(reading.file.nodes)) {
    nodes.set(name, readNode(reading, name, node));
  }
  settleServices(reading, nodes);
  checkListeners(reading);
  return nodes;
}

function readFlows(reading: Reading, nodes: ReadonlyMap<string, NodeRecord>): Map<string, ReadFlow> {
  const { file, whole } = reading;
  const flows = new Map(Object.entries(file.flows).map(([name, flow]) => [name, readFlow(reading, name, flow, nodes)]));
  const kindOf: KindOf = (node) => nodes.get(node)?.kind;
  for (const [name, { hops, whole: allKnown }] of flows) {
    const path = ['flows', name, 'hops'];
    checkPolicies(reading, file.flows[name]?.hops, path, { hops, whole: whole && allKnown, kindOf });
  }
  const all = [...flows.values()];
  checkPolicies(reading, file.hops, ['hops'], {
    hops: all.flatMap(({ hops }) => hops),
    whole: whole && all.every((flow) => flow.whole),
    kindOf,
  });
  return flows;
}

/** `shop.yaml` of `deploy/shop.yaml` without its ending: what a system is called that has no name. */
function nameOf(file: string): string {
  return (file.split(/[/\\]/).at(-1) ?? file).replace(/\.(?:ya?ml|json)$/, '');
}

function compose(reading: Reading, { file, sha256, env }: ReadOptions): Topology {
  const nodes = readNodes(reading);
  const records = new Map([...nodes].map(([name, { record }]) => [name, record]));
  const flows = [...readFlows(reading, records)];
  const isolation = readIsolation(reading);
  const sources = readSources(reading);
  const flowSends = flows.flatMap(([, { config }]) =>
    config === undefined ? [] : [...config.before, config.send, ...config.after],
  );
  checkHosts(reading, env, [...flowSends, ...Object.values(isolation)]);
  const { name = nameOf(file), resource, resolve = {}, allowHosts } = reading.file;
  return {
    record: {
      name: reading.name(name),
      file,
      sha256,
      resource: attributesOf(reading, resource, 'resource'),
      nodes: Object.fromEntries(records),
      flows: Object.fromEntries(flows.map(([flow, { record }]) => [flow, record])),
      hops: flows.flatMap(([, { hops }]) =>
        hops.map((hop) => withPolicy(reading, hop, (node) => records.get(node)?.kind)),
      ),
    },
    connections: Object.fromEntries([...nodes].map(([node, { connection }]) => [node, connection])),
    flows: Object.fromEntries(flows.flatMap(([flow, { config }]) => (config === undefined ? [] : [[flow, config]]))),
    isolation,
    sources,
    reach: { resolve, ...(allowHosts === undefined ? {} : { allowHosts: allowHosts.map(reading.name) }) },
    files: {},
  };
}

/** Reads a topology file (YAML or JSON). Pure: the environment is handed in, nothing is opened. */
export function readTopology(text: string, options: ReadOptions): ReadResult {
  const { file, env, unset = 'error' } = options;
  const problems = problemsOf(file);
  const { root, faults } = readYaml(text.replace(/^\uFEFF/, ''));
  for (const fault of faults) problems.add('error', fault);
  if (root === undefined || isOtherVersion(root, problems)) {
    return { problems: problems.sorted(), variables: [], files: [] };
  }

  const shape = shapeOf(root, (template) => expansionOf(template, env));
  for (const fault of shape.faults.filter(({ at }) => !isToldOf(at, faults))) problems.add('error', fault);
  const variables = checkVariables(root, shape.extensions, { problems, env, unset });
  const topology =
    shape.file === undefined
      ? undefined
      : compose(readingOf(root, { file: shape.file, whole: shape.whole }, problems, env), options);
  const sorted = problems.sorted();
  const sound = shape.whole && !sorted.some(({ severity }) => severity === 'error');
  const files = [...namedFiles(root, shape.extensions, env)];
  return { ...(sound && topology !== undefined ? { topology } : {}), problems: sorted, variables, files };
}
